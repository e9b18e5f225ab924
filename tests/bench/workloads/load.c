// SPDX-License-Identifier: Apache-2.0
// bench_load NAME ARGUMENTS...: does one load and prints what it did.
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct load {
  const char* name;
  int (*run)(int count, char** arguments);
  int arguments;
  const char* usage;
};

static const struct load loads[] = {
    {"sysc", load_sysc, 1, "sysc N: getppid"},
    {"enoent", load_enoent, 2, "enoent N FILE: open of FILE, which is not there"},
    {"mmap", load_mmap, 1, "mmap N: mmap and munmap of 4 KiB"},
    {"unixsock", load_unixsock, 1, "unixsock N: one byte there and back over a socket pair"},
    {"tcp", load_tcp, 1, "tcp N: connect, one byte there and back, close, on 127.0.0.1"},
    {"exec", load_exec, 2, "exec RATE SECONDS: /bin/true started RATE times a second"},
    {"open", load_open, 2, "open N DIR: create, write 64 B, close"},
    {"reopen", load_reopen, 2, "reopen N FILE: open for reading, close"},
    {"write", load_write, 2, "write N FILE: N writes of 4 KiB through one handle"},
    {"pathop", load_pathop, 2, "pathop N DIR: create, rename, chmod, unlink by path"},
    {"held", load_held, 3, "held N EACH DIR: N files held open for writing, EACH a process, until stdin ends"},
};
enum { load_count = sizeof loads / sizeof loads[0] };

double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double cpu_of(int who) {
  struct rusage usage;
  getrusage(who, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

struct stopwatch start(void) {
  return (struct stopwatch){.cpu = cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN), .wall = seconds_now()};
}

struct stopwatch elapsed_since(struct stopwatch begin) {
  const struct stopwatch end = start();
  return (struct stopwatch){.wall = end.wall - begin.wall, .cpu = end.cpu - begin.cpu};
}

void print_outcome(const struct outcome* o) {
  printf("{\"operations\":%ld,\"failed\":%ld,\"bytes\":%ld,\"wall\":%.6f,\"cpu\":%.6f", o->operations, o->failed,
         o->bytes, o->spent.wall, o->spent.cpu);
}

void close_line(void) {
  printf("}\n");
  fflush(stdout);
}

long number(const char* text, long most) {
  char* end = NULL;
  errno = 0;
  const long value = strtol(text, &end, 10);
  if (errno != 0 || end == text || *end != '\0' || value < 1 || value > most) {
    fprintf(stderr, "%s: not a number from 1 to %ld\n", text, most);
    exit(2);
  }
  return value;
}

int main(int count, char** arguments) {
  for (int i = 0; count > 1 && i < load_count; ++i)
    if (strcmp(loads[i].name, arguments[1]) == 0 && loads[i].arguments == count - 2)
      return loads[i].run(count - 2, arguments + 2);
  fprintf(stderr, "usage:\n");
  for (int i = 0; i < load_count; ++i)
    fprintf(stderr, "  bench_load %s\n", loads[i].usage);
  return 2;
}
