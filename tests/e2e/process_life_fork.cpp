// SPDX-License-Identifier: Apache-2.0
// Ways to be born and to end.
#include "process_life.hpp"

#include <sched.h>
#include <spawn.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

namespace monster::e2e {

namespace {

Object counts(std::int64_t created, std::int64_t written) {
  Object more;
  more.set("files_created", number(created)).set("files_written", number(written));
  return more;
}

void fork_with_work(Life& life) {
  const int code = some_code(life);
  const Lived lived = live([&] {
    make_file(life, life.path(), life.size());
    _exit(code);
  });
  print_image(life, forked_image(lived.pid));
  print_end(life, lived.pid, lived.end, counts(1, 1));
}

void fork_with_files(Life& life) {
  const Lived lived = live([&] {
    const std::string path = life.path();
    make_file(life, path, life.size());
    Act move(life, "rename", path);
    must(rename(path.c_str(), life.path("renamed").c_str()), "rename");
    move.moved_to(life.path("renamed"));
    move.done();
    life.renamed(path, life.path("renamed"), move.identity());
    Act removal(life, "unlink", life.path("renamed"));
    must(unlink(life.path("renamed").c_str()), "unlink");
    removal.deleted();
    removal.done();
    _exit(0);
  });
  print_image(life, forked_image(lived.pid));
  Object more = counts(1, 1);
  more.set("files_renamed", number(std::int64_t{1})).set("files_deleted", number(std::int64_t{1}));
  print_end(life, lived.pid, lived.end, more);
}

// Did nothing that is told: its rows are allowed, not asked for.
void fork_only(Life& life) {
  const int code = some_code(life);
  const Lived lived = live([&] { _exit(code); });
  Image image = forked_image(lived.pid);
  image.optional = true;
  print_image(life, image);
  print_end(life, lived.pid, lived.end, {}, true);
}

void fork_then_exec_with_work(Life& life) {
  const Arguments arguments{"--exit", std::to_string(some_code(life))};
  const Lived lived = live([&] {
    make_file(life, life.path(), life.size()); // before the exec: two images, two keys
    exec_self(arguments);
  });
  print_image(life, forked_image(lived.pid));
  print_image(life, self_image(lived.pid, arguments));
  Object more;
  more.set("files_created", anything()).set("files_written", anything());
  print_end(life, lived.pid, lived.end, more);
}

void vfork_exec(Life& life) {
  const Arguments arguments{"process_life", "--exit", std::to_string(some_code(life)), "by vfork"};
  const std::vector<char*> argv = pointers(arguments);
  const char* image = own_image().c_str();
  const pid_t pid = vfork();
  if (pid == 0) {
    execv(image, argv.data());
    _exit(failed_status);
  }
  const End end = wait_end(pid);
  print_image(life, {pid, own_image(), arguments});
  print_end(life, pid, end);
}

int exec_in_clone(void* argv) {
  execv(own_image().c_str(), static_cast<char**>(argv));
  return failed_status;
}

void clone_exec(Life& life) {
  const Arguments arguments{"process_life", "--exit", std::to_string(some_code(life)), "by clone"};
  std::vector<char*> argv = pointers(arguments);
  std::vector<char> stack(64 * 1024);
  const pid_t pid = static_cast<pid_t>(
      must(clone(exec_in_clone, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, argv.data()), "clone"));
  const End end = wait_end(pid);
  print_image(life, {pid, own_image(), arguments});
  print_end(life, pid, end);
}

void spawned(Life& life) {
  const Arguments arguments{"process_life", "--exit", std::to_string(some_code(life)), "by posix_spawn"};
  pid_t pid = 0;
  if (posix_spawn(&pid, own_image().c_str(), nullptr, nullptr, pointers(arguments).data(), environ) != 0)
    fail("posix_spawn");
  const End end = wait_end(pid);
  print_image(life, {pid, own_image(), arguments});
  print_end(life, pid, end);
}

void killed_by(Life& life, int number) {
  const Arguments arguments{"--signal", std::to_string(number)};
  const Lived lived = live([&] { exec_self(arguments); });
  print_image(life, self_image(lived.pid, arguments));
  print_end(life, lived.pid, lived.end);
}

void killed(Life& life) { killed_by(life, SIGKILL); }
void crashed(Life& life) { killed_by(life, SIGSEGV); }
void terminated(Life& life) { killed_by(life, SIGTERM); }

// Its parent is gone when it begins to work.
void orphaned_by_double_fork(Life& life) {
  int ends[2];
  must(pipe(ends), "pipe");
  const int code = some_code(life);
  const Lived between = live([&] {
    const pid_t middle = getpid();
    if (fork_or_fail() != 0)
      _exit(0);
    must(setsid(), "setsid");
    while (getppid() == middle)
      usleep(100);
    make_file(life, life.path(), life.size());
    const pid_t facts[2] = {getpid(), getppid()};
    must(write(ends[1], facts, sizeof facts), "write to a pipe");
    _exit(code);
  });
  close(ends[1]);
  pid_t facts[2] = {};
  must(read(ends[0], facts, sizeof facts), "read from a pipe");
  char byte = 0;
  must(read(ends[0], &byte, 1), "read from a pipe"); // 0 at its end
  close(ends[0]);
  Image image = forked_image(facts[0]);
  image.more.set("ppid", any_of({number(std::int64_t{facts[1]}), number(std::int64_t{between.pid})}));
  image.more.set("session_id", number(std::int64_t{facts[0]}));
  print_image(life, image);
  print_end_of_stranger(life, facts[0], code);
}

void many_threads(Life& life) {
  const Arguments arguments{"--threads", "24", std::to_string(some_code(life))};
  const Lived lived = live([&] { exec_self(arguments); });
  print_image(life, self_image(lived.pid, arguments));
  print_end(life, lived.pid, lived.end);
}

void counted_children(Life& life) {
  const Arguments arguments{"--children", "3"};
  const Lived lived = live([&] { exec_self(arguments); });
  print_image(life, self_image(lived.pid, arguments));
  Object more;
  more.set("children", number(std::int64_t{3}));
  more.set("cpu_user", anything()).set("cpu_system", anything()); // wait4 counts those of its children too
  print_end(life, lived.pid, lived.end, more);
}

void busy(Life& life) {
  const Arguments arguments{"--burn", std::to_string(some_code(life))};
  const Lived lived = live([&] { exec_self(arguments); });
  print_image(life, self_image(lived.pid, arguments));
  print_end(life, lived.pid, lived.end);
}

constexpr Kind kinds[] = {
    {"fork_with_work", fork_with_work},
    {"fork_with_files", fork_with_files},
    {"fork_only", fork_only},
    {"fork_then_exec_with_work", fork_then_exec_with_work},
    {"vfork_exec", vfork_exec},
    {"clone_exec", clone_exec},
    {"spawned", spawned},
    {"killed", killed},
    {"crashed", crashed},
    {"terminated", terminated},
    {"orphaned_by_double_fork", orphaned_by_double_fork},
    {"many_threads", many_threads},
    {"counted_children", counted_children},
    {"busy", busy},
};

} // namespace

std::span<const Kind> fork_kinds() { return kinds; }

} // namespace monster::e2e
