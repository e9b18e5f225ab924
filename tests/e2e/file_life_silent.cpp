// SPDX-License-Identifier: Apache-2.0
// What the built-in policy does not keep: each must leave no block beyond that of making the file.
#include "life.hpp"

#include <dirent.h>
#include <sys/mman.h>
#include <unistd.h>

namespace monster::e2e {

namespace {

int open_made(Life& life, int flags) {
  make_file(life, life.path(), 100);
  life.no_block(life.path());
  return must_fd(open(life.path().c_str(), flags), "open");
}

void read_only(Life& life) {
  const int fd = open_made(life, O_RDONLY);
  std::array<char, 64> into;
  must(read(fd, into.data(), into.size()), "read");
  close(fd);
}

void unused_read_write(Life& life) { close(open_made(life, O_RDWR)); }
void create_flag_but_there(Life& life) { close(open_made(life, O_WRONLY | O_CREAT)); }

void write_of_nothing(Life& life) {
  const int fd = open_made(life, O_WRONLY);
  must(write(fd, "", 0), "write of nothing");
  close(fd);
}

void failed_write(Life& life) {
  const int fd = open_made(life, O_RDONLY);
  if (write(fd, "x", 1) >= 0)
    fail("a write to a read-only handle worked");
  close(fd);
}

void failed_open(Life& life) {
  life.no_block(life.path("absent"));
  if (open(life.path("absent").c_str(), O_WRONLY) >= 0)
    fail("an absent file was opened");
}

void failed_exclusive(Life& life) {
  close(open_made(life, O_RDONLY));
  if (open(life.path().c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600) >= 0)
    fail("O_EXCL opened a file that is there");
}

void failed_rename(Life& life) {
  life.no_block(life.path("absent"));
  if (rename(life.path("absent").c_str(), life.path("other").c_str()) == 0 || unlink(life.path("absent").c_str()) == 0)
    fail("an absent file was renamed");
}

void private_mapping(Life& life) {
  const int fd = open_made(life, O_RDWR);
  void* memory = mmap(nullptr, 100, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  if (memory == MAP_FAILED)
    fail("mmap");
  *static_cast<char*>(memory) = 1; // stays private
  munmap(memory, 100);
  close(fd);
}

void looked_at(Life& life) {
  close(open_made(life, O_PATH));
  struct stat info{};
  must(lstat(life.path().c_str(), &info), "lstat");
  must(access(life.path().c_str(), R_OK), "access");
  DIR* directory = opendir(life.place().directory.c_str());
  while (readdir(directory) != nullptr) {
  }
  closedir(directory);
}

constexpr Kind kinds[] = {
    {"silent_read_only", read_only},
    {"silent_unused_read_write", unused_read_write},
    {"silent_create_flag_but_there", create_flag_but_there},
    {"silent_write_of_nothing", write_of_nothing},
    {"silent_failed_write", failed_write},
    {"silent_failed_open", failed_open},
    {"silent_failed_exclusive", failed_exclusive},
    {"silent_failed_rename", failed_rename},
    {"silent_private_mapping", private_mapping},
    {"silent_looked_at", looked_at},
};

} // namespace

std::span<const Kind> silent_kinds() { return kinds; }

} // namespace monster::e2e
