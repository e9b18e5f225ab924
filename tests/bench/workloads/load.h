/* SPDX-License-Identifier: Apache-2.0 */
/* What every load shares: it does a bounded number of operations and prints one line of JSON about them. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* The timed part of a load. cpu is that of the process and of the children that it waited for. */
struct stopwatch {
  double wall;
  double cpu;
};

struct outcome {
  long operations;
  long failed;
  long bytes;
  struct stopwatch spent;
};

double seconds_now(void);
struct stopwatch start(void);
struct stopwatch elapsed_since(struct stopwatch begin);

/* Prints the line without its end, so that a load can add its own; close_line ends it. */
void print_outcome(const struct outcome* outcome);
void close_line(void);

/* A number within 1 .. most, or the program ends with status 2. */
long number(const char* text, long most);

/* Each load: arguments after its name; the exit status. */
int load_sysc(int count, char** arguments);
int load_enoent(int count, char** arguments);
int load_mmap(int count, char** arguments);
int load_unixsock(int count, char** arguments);
int load_tcp(int count, char** arguments);
int load_exec(int count, char** arguments);
int load_open(int count, char** arguments);
int load_reopen(int count, char** arguments);
int load_write(int count, char** arguments);
int load_pathop(int count, char** arguments);
int load_held(int count, char** arguments);
