// SPDX-License-Identifier: Apache-2.0
// Loads on files. None of them cleans up: that would be a second load, and is done when nobody measures.
#define _GNU_SOURCE
#include "load.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { folders = 100, most_files = 20000000, page = 4096, rewind_after = 16384 };

static bool make_folders(const char* top) {
  char path[PATH_MAX];
  for (int i = 0; i < folders; ++i) {
    if (snprintf(path, sizeof path, "%s/d%02d", top, i) >= (int)sizeof path || mkdir(path, 0755) != 0)
      return false;
  }
  return true;
}

static void file_name(char (*path)[PATH_MAX], const char* top, long i, const char* suffix) {
  if (snprintf(*path, sizeof *path, "%s/d%02ld/f%ld%s", top, i % folders, i, suffix) >= (int)sizeof *path)
    _exit(2);
}

static int finish(struct outcome outcome, struct stopwatch begin) {
  outcome.spent = elapsed_since(begin);
  print_outcome(&outcome);
  close_line();
  return 0;
}

// Whether `bytes` bytes went into a file made for them.
static bool create(const char* path, size_t bytes) {
  static const char content[64];
  const int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return false;
  const bool written = write(fd, content, bytes) == (ssize_t)bytes;
  return close(fd) == 0 && written;
}

int load_open(int count, char** arguments) {
  (void)count;
  struct outcome outcome = {.operations = number(arguments[0], most_files)};
  char path[PATH_MAX];
  if (!make_folders(arguments[1]))
    return 1;
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i) {
    file_name(&path, arguments[1], i, "");
    outcome.failed += !create(path, 64);
  }
  outcome.bytes = 64 * (outcome.operations - outcome.failed);
  return finish(outcome, begin);
}

int load_pathop(int count, char** arguments) {
  (void)count;
  struct outcome outcome = {.operations = number(arguments[0], most_files)};
  char path[PATH_MAX];
  char renamed[PATH_MAX];
  if (!make_folders(arguments[1]))
    return 1;
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i) {
    file_name(&path, arguments[1], i, "");
    file_name(&renamed, arguments[1], i, ".new");
    outcome.failed +=
        !create(path, 64) || rename(path, renamed) != 0 || chmod(renamed, 0600) != 0 || unlink(renamed) != 0;
  }
  return finish(outcome, begin);
}

int load_reopen(int count, char** arguments) {
  (void)count;
  struct outcome outcome = {.operations = number(arguments[0], most_files)};
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i) {
    const int fd = open(arguments[1], O_RDONLY | O_CLOEXEC);
    outcome.failed += fd < 0 || close(fd) != 0;
  }
  return finish(outcome, begin);
}

int load_write(int count, char** arguments) {
  (void)count;
  static char content[page];
  struct outcome outcome = {.operations = number(arguments[0], most_files)};
  const int fd = open(arguments[1], O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0)
    return 1;
  const struct stopwatch begin = start();
  for (long i = 0; i < outcome.operations; ++i) {
    if (i % rewind_after == 0) // the file stays at 64 MiB
      lseek(fd, 0, SEEK_SET);
    const ssize_t written = write(fd, content, page);
    outcome.failed += written != page;
    outcome.bytes += written > 0 ? written : 0;
  }
  outcome.spent = elapsed_since(begin);
  close(fd);
  print_outcome(&outcome);
  close_line();
  return 0;
}

// Opens its part, says so by one byte on `told`, and holds on until `hold` ends.
static void hold_files(long first, long last, const char* top, int told, int hold) {
  char path[PATH_MAX];
  char byte = 'y';
  for (long i = first; i < last; ++i) {
    file_name(&path, top, i, "");
    const int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, "x", 1) != 1)
      byte = 'n';
  }
  if (write(told, &byte, 1) != 1)
    _exit(1);
  _exit(read(hold, &byte, 1) < 0);
}

int load_held(int count, char** arguments) {
  (void)count;
  const long files = number(arguments[0], most_files);
  const long each = number(arguments[1], 1000000);
  struct outcome outcome = {.operations = files};
  int told[2];
  int hold[2];
  if (!make_folders(arguments[2]) || pipe2(told, O_CLOEXEC) != 0 || pipe2(hold, O_CLOEXEC) != 0)
    return 1;
  const struct stopwatch begin = start();
  for (long first = 0; first < files; first += each) {
    const pid_t child = fork();
    if (child == 0) {
      close(hold[1]);
      hold_files(first, first + each < files ? first + each : files, arguments[2], told[1], hold[0]);
    }
    outcome.failed += child < 0 ? each : 0;
  }
  close(told[1]);
  char byte = 'n';
  for (long first = 0; first < files; first += each)
    outcome.failed += read(told[0], &byte, 1) != 1 || byte != 'y';
  finish(outcome, begin);
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  close(hold[1]);
  while (wait(NULL) > 0) {
  }
  return 0;
}
