// SPDX-License-Identifier: Apache-2.0
// Connections to a child on 127.0.0.1: one byte there and back. They end by RST, so that no TIME_WAIT piles up.
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void serve(int listener, long connections) {
  for (long i = 0; i < connections; ++i) {
    char byte;
    const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
      continue;
    while (read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1) {
    }
    close(fd);
  }
  _exit(0);
}

static bool talk(const struct sockaddr_in* server) {
  const struct linger reset = {1, 0};
  char byte = 'x';
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return false;
  const bool worked = connect(fd, (const struct sockaddr*)server, sizeof *server) == 0 && write(fd, &byte, 1) == 1 &&
                      read(fd, &byte, 1) == 1;
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(fd);
  return worked;
}

int load_tcp(int count, char** arguments) {
  (void)count;
  struct outcome outcome = {.operations = number(arguments[0], 1000000)};
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof server;
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr*)&server, length) != 0 || listen(listener, 128) != 0 ||
      getsockname(listener, (struct sockaddr*)&server, &length) != 0)
    return 1;
  const pid_t child = fork();
  if (child == 0)
    serve(listener, outcome.operations);
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i)
    outcome.failed += !talk(&server);
  outcome.spent = elapsed_since(begin);
  outcome.bytes = 2 * (outcome.operations - outcome.failed);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  print_outcome(&outcome);
  close_line();
  return 0;
}
