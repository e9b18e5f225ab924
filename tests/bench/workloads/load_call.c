// SPDX-License-Identifier: Apache-2.0
// Loads that no event comes of: what they get slower by is the tax of our hooks on everybody.
#define _GNU_SOURCE
#include "load.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { most_calls = 1000000000 };

static int finish(struct outcome outcome, struct stopwatch begin) {
  outcome.spent = elapsed_since(begin);
  print_outcome(&outcome);
  close_line();
  return 0;
}

int load_sysc(int count, char** arguments) {
  (void)count;
  struct outcome outcome = {.operations = number(arguments[0], most_calls)};
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i)
    syscall(SYS_getppid);
  return finish(outcome, begin);
}

int load_enoent(int count, char** arguments) {
  (void)count;
  struct outcome outcome = {.operations = number(arguments[0], most_calls)};
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i)
    if (open(arguments[1], O_RDONLY | O_CLOEXEC) >= 0)
      return 1;
  return finish(outcome, begin);
}

int load_mmap(int count, char** arguments) {
  (void)count;
  struct outcome outcome = {.operations = number(arguments[0], most_calls)};
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i) {
    void* page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    outcome.failed += page == MAP_FAILED || munmap(page, 4096) != 0;
  }
  return finish(outcome, begin);
}

int load_unixsock(int count, char** arguments) {
  (void)count;
  struct outcome outcome = {.operations = number(arguments[0], most_calls)};
  int ends[2];
  char byte = 'x';
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return 1;
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i)
    for (int from = 0; from < 2; ++from)
      outcome.failed += write(ends[from], &byte, 1) != 1 || read(ends[1 - from], &byte, 1) != 1;
  return finish(outcome, begin);
}
