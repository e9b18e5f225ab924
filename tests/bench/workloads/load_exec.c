// SPDX-License-Identifier: Apache-2.0
// Processes started at a fixed pace, each waited for.
#define _GNU_SOURCE
#include "load.h"

#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static void sleep_until(double due) {
  const double rest = due - seconds_now();
  if (rest <= 0)
    return;
  const time_t whole = (time_t)rest;
  const struct timespec pause = {whole, (long)((rest - (double)whole) * 1e9)};
  nanosleep(&pause, NULL);
}

static bool run_true(void) {
  char program[] = "/bin/true";
  char* arguments[] = {program, NULL};
  pid_t child;
  int status;
  return posix_spawn(&child, program, NULL, NULL, arguments, environ) == 0 && waitpid(child, &status, 0) == child &&
         status == 0;
}

static int by_size(const void* left, const void* right) {
  const double a = *(const double*)left;
  const double b = *(const double*)right;
  return (a > b) - (a < b);
}

int load_exec(int count, char** arguments) {
  (void)count;
  const long rate = number(arguments[0], 100000);
  struct outcome outcome = {.operations = rate * number(arguments[1], 600)};
  double* took = calloc((size_t)outcome.operations, sizeof *took);
  if (took == NULL)
    return 1;
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i) {
    sleep_until(begin.wall + (double)i / (double)rate);
    const double from = seconds_now();
    outcome.failed += !run_true();
    took[i] = seconds_now() - from;
  }
  outcome.spent = elapsed_since(begin);
  qsort(took, (size_t)outcome.operations, sizeof *took, by_size);
  print_outcome(&outcome);
  printf(",\"p50_us\":%.1f,\"p99_us\":%.1f", took[outcome.operations / 2] * 1e6,
         took[outcome.operations * 99 / 100] * 1e6);
  close_line();
  free(took);
  return 0;
}
