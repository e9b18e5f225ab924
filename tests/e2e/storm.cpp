// SPDX-License-Identifier: Apache-2.0
// Noise: opens, writes, renames, unlinks and execs as fast as they go, for some seconds. Prints how many.
#include "truth.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace monster::e2e {

namespace {

struct Counts {
  std::atomic<std::uint64_t> files;
  std::atomic<std::uint64_t> writes;
  std::atomic<std::uint64_t> renames;
  std::atomic<std::uint64_t> failed_opens;
  std::atomic<std::uint64_t> executions;
};

void one_file(Counts& counts, const std::string& path, const std::string& other) {
  const int fd = must_fd(open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600), "open " + path);
  for (int i = 0; i < 4; ++i, ++counts.writes)
    must(write(fd, "0123456789abcdef", 16), "write");
  close(fd);
  must(rename(path.c_str(), other.c_str()), "rename");
  must(unlink(other.c_str()), "unlink");
  if (open(path.c_str(), O_RDONLY) < 0)
    ++counts.failed_opens;
  ++counts.files;
  ++counts.renames;
}

void one_execution(Counts& counts) {
  const pid_t pid = vfork();
  if (pid == 0) {
    execl("/bin/true", "true", static_cast<char*>(nullptr));
    _exit(1);
  }
  int status = 0;
  must(waitpid(pid, &status, 0), "waitpid");
  ++counts.executions;
}

void blow(Counts& counts, const std::string& directory, std::int64_t until) {
  const std::string path = directory + "/storm_" + std::to_string(getpid());
  for (std::uint64_t turn = 0; wall_now() < until; ++turn) {
    one_file(counts, path, path + "_renamed");
    if (turn % 64 == 0)
      one_execution(counts);
  }
}

int run(const std::string& directory, std::int64_t seconds, int jobs) {
  Counts& counts = *static_cast<Counts*>(shared_memory(sizeof(Counts)));
  const std::int64_t until = wall_now() + seconds * 1'000'000'000;
  const int status = in_children(jobs, [&](int) { blow(counts, directory, until); });
  Object line;
  line.set("type", text("storm")).set("directory", text(directory)).set("files", number(counts.files.load()));
  line.set("writes", number(counts.writes.load())).set("renames", number(counts.renames.load()));
  line.set("failed_opens", number(counts.failed_opens.load())).set("executions", number(counts.executions.load()));
  std::printf("%s\n", line.value().json.c_str());
  return status;
}

} // namespace

} // namespace monster::e2e

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: storm DIR SECONDS JOBS\n", stderr);
    return 2;
  }
  return monster::e2e::run(arguments[1], std::atoll(arguments[2]), std::atoi(arguments[3]));
}
