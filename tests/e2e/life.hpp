// SPDX-License-Identifier: Apache-2.0
// One life of a file: a kind's function does something to files through Handle and Act, and these say
// what a recorder must have seen of it.
#pragma once

#include "truth.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace monster::e2e {

// What one process did through one handle. Lies in shared memory: forked children add to it.
struct Tally {
  std::atomic<pid_t> pid;
  std::atomic<std::uint64_t> bytes_written;
  std::atomic<std::uint64_t> write_count;
  std::atomic<std::uint64_t> bytes_read;
  std::atomic<std::uint64_t> read_count;
  std::atomic<std::uint64_t> lowest_offset;
  std::atomic<std::uint64_t> highest_end;
};
using HandleTallies = std::array<Tally, 16>;
inline constexpr std::size_t max_handles = 12; // of one life
using LifeTallies = std::array<HandleTallies, max_handles>;

// Where all lives of one worker process happen.
struct Place {
  Sink& sink;
  std::string directory; // real path, no symbolic links
  std::string shown;     // before paths that a chroot shortens; else empty
  bool ext4 = false;
  LifeTallies* tallies = nullptr;
  std::uint64_t mount_namespace = 0;
};
[[nodiscard]] std::uint64_t mount_namespace();

// device, inode, generation; the generation is null where the file system keeps none.
[[nodiscard]] Value identity_of(const std::string& path, bool ext4);
[[nodiscard]] Value identity_of_fd(int fd, bool ext4);
// /proc as it was at the start; also within a chroot that has none.
[[nodiscard]] int proc_directory();
[[nodiscard]] std::string link_of_fd(int fd);
[[nodiscard]] bool exists(const std::string& path);
// Bytes to write; the content does not matter.
[[nodiscard]] const char* some_bytes();
inline constexpr std::size_t some_bytes_size = 64 * 1024;

class Life {
public:
  Life(Place& place, std::string_view kind, std::uint64_t number, std::mt19937_64& random)
      : place_(place), kind_(kind), number_(number), random_(random) {}

  // A new absolute path, unique to this life.
  [[nodiscard]] std::string path(std::string_view stem = "f") const;
  [[nodiscard]] std::size_t size(std::size_t highest = 20000);
  [[nodiscard]] Place& place() const { return place_; }
  [[nodiscard]] HandleTallies& next_tallies();
  // The members every line of this life begins with.
  [[nodiscard]] Object line(std::string_view type) const;
  void emit(const Object& object) const { place_.sink.line(object); }
  // The process columns that any event of this process has.
  void expect_process(Object& expect) const;
  void skip(std::string_view reason) const;
  // Nothing that this life did to `path` may give a further block.
  void no_block(const std::string& path) const;
  // A rename that must be told as one 2027, whichever block it belongs to.
  void renamed(const std::string& from, const std::string& to, const Value& file, const Value& replaced = null(),
               bool exchange = false) const;

private:
  Place& place_;
  std::string kind_;
  std::uint64_t number_;
  std::mt19937_64& random_;
  std::size_t handles_ = 0;
};

// Taken before an open: what only that moment shows.
struct Opening {
  std::string path;
  int flags = 0;
  bool existed = false;
  std::int64_t time = 0;
};
[[nodiscard]] Opening opening(const std::string& path, int flags);

// One open file description: counts what is done through it and, when it is closed, prints its block.
class Handle {
public:
  Handle(Life& life, const std::string& path, int flags, mode_t mode = 0600);
  Handle(Life& life, const Opening& before, int fd);
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const Value& identity() const { return identity_; }
  [[nodiscard]] std::uint64_t bytes_written() const;

  // write(2) and read(2) through `fd`, or through the handle's own; offsets from the file position.
  void write(std::size_t size, int fd = -1);
  void read(std::size_t size, int fd = -1);
  // A write or read that the caller made; its result, and for writes where it began.
  void wrote(std::int64_t result, std::uint64_t offset);
  void did_read(std::int64_t result);
  // For a process that cannot count for itself (after exec, or about to be killed).
  void add_writer(pid_t pid, std::uint64_t bytes, std::uint64_t count, std::uint64_t offset);

  Handle& expect(std::string_view name, const Value& value);
  Handle& detail_expect(std::string_view name, const Value& value); // of the 2012
  Handle& optional();
  // The opener is another process than the one that prints.
  void opened_by(pid_t pid, const Value& tid);
  // stat(2) shows another inode than the one the kernel works on (overlayfs).
  void no_identity() { identity_ = null(); }

  // Looks at the file a last time; from here on nothing of this program but the handle keeps it alive.
  void seal();
  // seal, close, print.
  void close();
  // The last close was done elsewhere; `closing` is a time before it.
  void finish(std::int64_t closing);
  // The same, and how long after it nobody can say.
  void finish_whenever(std::int64_t closing);
  // Prints now; the end of this process will close it.
  void leave_open();

private:
  void print(const Value& closed);
  Tally& tally(pid_t pid);
  void describe_open(const Opening& before);
  void describe_io();
  void describe_end(const struct stat& end);
  [[nodiscard]] Value writers() const;
  [[nodiscard]] Value details() const;

  Life& life_;
  HandleTallies& tallies_;
  int fd_;
  int witness_ = -1; // O_PATH: sees the name and inode, is no handle of the description
  bool created_ = false;
  bool optional_ = false;
  bool printed_ = false;
  std::string path_;
  std::string final_path_;
  struct stat begin_{};
  std::int64_t opened_from_ = 0;
  std::int64_t opened_to_ = 0;
  Value identity_;
  Object expect_;
  Object line_;
  std::vector<std::pair<std::string, Value>> overrides_;
  Object create_detail_;
};

// An act on a path without a handle: a block of its own. Construct, act, then done().
class Act {
public:
  Act(Life& life, std::string_view operation, const std::string& path);

  [[nodiscard]] const Value& identity() const { return identity_; }
  [[nodiscard]] const struct stat& before() const { return before_; }
  Act& expect(std::string_view name, const Value& value);
  // A handle to the same file is open: the act may stand in that block instead.
  Act& optional();
  // The recorder cannot know which file it is.
  Act& no_identity();
  // The act made the file, or removed the name; else the file is looked at under `path_after`.
  void created();
  void deleted();
  void moved_to(const std::string& path_after);
  void done();

private:
  void describe_attributes(const struct stat& after);
  void print();

  Life& life_;
  std::string path_;
  std::string path_after_;
  bool existed_ = false;
  bool optional_ = false;
  bool identified_ = true;
  bool created_ = false;
  bool deleted_ = false;
  struct stat before_{};
  std::int64_t time_;
  Value identity_;
  Object expect_;
  std::vector<std::pair<std::string, Value>> overrides_;
};

// Creates a file of that size, with its truth.
void make_file(Life& life, const std::string& path, std::size_t size, mode_t mode = 0600);
void make_directory(Life& life, const std::string& path);
// Runs `child` in a forked process, waits, returns the wait status.
template <class Child> int in_child(Child&& child);
[[nodiscard]] pid_t fork_or_fail();
int wait_for(pid_t pid);
void expect_exit(pid_t pid, int code);

template <class Child> int in_child(Child&& child) {
  const pid_t pid = fork_or_fail();
  if (pid == 0) {
    child();
    _exit(0);
  }
  const int status = wait_for(pid);
  if (WIFEXITED(status) && WEXITSTATUS(status) == failed_status)
    std::_Exit(failed_status); // the child said why
  return status;
}

enum class Needs : std::uint8_t { nothing, root, ext4, io_uring, root_uring, mount };

struct Kind {
  std::string_view name;
  void (*run)(Life&);
  Needs needs = Needs::nothing;
};

[[nodiscard]] std::span<const Kind> open_kinds();
[[nodiscard]] std::span<const Kind> share_kinds();
[[nodiscard]] std::span<const Kind> io_kinds();
[[nodiscard]] std::span<const Kind> path_kinds();
[[nodiscard]] std::span<const Kind> attribute_kinds();
[[nodiscard]] std::span<const Kind> uring_kinds();
[[nodiscard]] std::span<const Kind> name_kinds();
[[nodiscard]] std::span<const Kind> mount_kinds();
[[nodiscard]] std::span<const Kind> silent_kinds();
[[nodiscard]] std::span<const Kind> limit_kinds();
[[nodiscard]] std::span<const Kind> call_kinds();
[[nodiscard]] std::span<const Kind> race_kinds();

} // namespace monster::e2e
