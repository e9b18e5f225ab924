// SPDX-License-Identifier: Apache-2.0
// Runs a program as often and as fast as it goes, in several processes at once, for at most some seconds.
// Every second turn is a fork that ends without an exec. Prints how many of each there were.
#include "../truth.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace monster::e2e {

namespace {

struct Counts {
  std::atomic<std::int64_t> begun;
  std::atomic<std::int64_t> executions;
  std::atomic<std::int64_t> forks;
};

void wait_for(pid_t child) {
  int status = 0;
  must(waitpid(child, &status, 0), "waitpid");
  if (status != 0)
    fail("a child did not end with 0");
}

void execute(const char* program) {
  const pid_t child = vfork();
  if (child == 0) {
    execl(program, program, static_cast<char*>(nullptr));
    _exit(1);
  }
  wait_for(child);
}

void fork_only() {
  const pid_t child = fork();
  if (child == 0)
    _exit(0);
  wait_for(child);
}

void turns(Counts& counts, const char* program, std::int64_t wanted, std::int64_t until) {
  for (std::int64_t turn = 0; wall_now() < until && counts.begun++ < wanted; ++turn) {
    if (turn % 2 == 0) {
      execute(program);
      ++counts.executions;
    } else {
      fork_only();
      ++counts.forks;
    }
  }
}

int run(const char* program, std::int64_t wanted, std::int64_t seconds, int jobs) {
  Counts& counts = *static_cast<Counts*>(shared_memory(sizeof(Counts)));
  const std::int64_t until = wall_now() + seconds * 1'000'000'000;
  const int status = in_children(jobs, [&](int) { turns(counts, program, wanted, until); });
  Object line;
  line.set("executions", number(counts.executions.load())).set("forks", number(counts.forks.load()));
  std::printf("%s\n", line.value().json.c_str());
  return status;
}

} // namespace

} // namespace monster::e2e

int main(int count, char** arguments) {
  if (count != 5) {
    std::fputs("usage: execute_many PROGRAM COUNT SECONDS JOBS\n", stderr);
    return 2;
  }
  return monster::e2e::run(arguments[1], std::atoll(arguments[2]), std::atoll(arguments[3]), std::atoi(arguments[4]));
}
