// SPDX-License-Identifier: Apache-2.0
// Opens files for writing in several processes, and holds them all open until every process has its own; then all are
// closed, one process after the other, so that the ring for ended blocks is not what is too small. The first four of each
// process are written to, before and while the others are open.
// Prints one line: how many were open at the same time.
#include "../truth.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <pthread.h>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace monster::e2e {

namespace {

constexpr int written_files = 4;

struct Shared {
  pthread_barrier_t some_open;
  pthread_barrier_t all_open;
  std::atomic<std::int64_t> opened;
};

void allow_files(rlim_t files) {
  rlimit limit{};
  must(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  limit.rlim_cur = files;
  limit.rlim_max = std::max(limit.rlim_max, files);
  must(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

int open_one(const std::string& directory, int number) {
  const std::string path = directory + "/" + std::to_string(number);
  return must_fd(open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600), "open " + path);
}

void open_files(Shared& shared, const std::string& directory, int files, std::chrono::milliseconds hold) {
  must(mkdir(directory.c_str(), 0700), "mkdir " + directory);
  int descriptors[written_files];
  for (int i = 0; i < written_files; ++i) {
    descriptors[i] = open_one(directory, i);
    must(write(descriptors[i], "before", 6), "write");
  }
  pthread_barrier_wait(&shared.some_open);
  for (int i = written_files; i < files; ++i)
    open_one(directory, i);
  shared.opened += files;
  pthread_barrier_wait(&shared.all_open);
  for (const int descriptor : descriptors)
    must(write(descriptor, "while", 5), "write");
  std::this_thread::sleep_for(hold);
}

void make_barrier(pthread_barrier_t& barrier, unsigned processes) {
  pthread_barrierattr_t attributes;
  pthread_barrierattr_init(&attributes);
  pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&barrier, &attributes, processes);
}

int run(const std::string& directory, int processes, int files) {
  constexpr rlim_t beside = 16; // standard streams and what else is inherited
  constexpr std::chrono::milliseconds turn(50);
  allow_files(static_cast<rlim_t>(files) + beside);
  Shared& shared = *static_cast<Shared*>(shared_memory(sizeof(Shared)));
  make_barrier(shared.some_open, static_cast<unsigned>(processes));
  make_barrier(shared.all_open, static_cast<unsigned>(processes));
  const int status = in_children(processes, [&](int process) {
    open_files(shared, directory + "/" + std::to_string(process), files, process * turn);
  });
  Object line;
  line.set("opened", number(shared.opened.load())).set("written", number(std::int64_t{processes} * written_files));
  line.set("bytes_each", number(std::int64_t{11}));
  std::printf("%s\n", line.value().json.c_str());
  return status;
}

} // namespace

} // namespace monster::e2e

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: open_many DIR PROCESSES FILES\n", stderr);
    return 2;
  }
  return monster::e2e::run(arguments[1], std::atoi(arguments[2]), std::atoi(arguments[3]));
}
