// SPDX-License-Identifier: Apache-2.0
#include "life.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace monster::e2e {

const char* some_bytes() {
  static const std::vector<char> bytes(some_bytes_size, 'm');
  return bytes.data();
}

bool exists(const std::string& path) {
  struct stat info{};
  return lstat(path.c_str(), &info) == 0;
}

int proc_directory() {
  static const int fd = must_fd(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), "open /proc");
  return fd;
}

namespace {

std::string link_in_proc(const std::string& name) {
  std::array<char, PATH_MAX> target;
  const std::int64_t n =
      must(readlinkat(proc_directory(), name.c_str(), target.data(), target.size()), "readlink " + name);
  return {target.data(), static_cast<std::size_t>(n)};
}

} // namespace

std::string link_of_fd(int fd) { return link_in_proc("self/fd/" + std::to_string(fd)); }

std::uint64_t mount_namespace() {
  const std::string name = link_in_proc("self/ns/mnt"); // mnt:[4026531841]
  return std::stoull(name.substr(name.find('[') + 1));
}

Value identity_of_fd(int fd, bool ext4) {
  struct stat info{};
  must(fstat(fd, &info), "fstat");
  Value generation = null();
  if (ext4) {
    int answer = 0;
    if (ioctl(fd, FS_IOC_GETVERSION, &answer) != 0)
      return null();
    generation = number(std::uint64_t{static_cast<std::uint32_t>(answer)});
  }
  const std::array<Value, 3> parts{number(std::uint64_t{info.st_dev}), number(std::uint64_t{info.st_ino}), generation};
  return list(parts);
}

// Only what can be opened without side effects and asked for its generation has an identity.
Value identity_of(const std::string& path, bool ext4) {
  struct stat info{};
  if (lstat(path.c_str(), &info) != 0 || (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)))
    return null();
  const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return null();
  const Value identity = identity_of_fd(fd, ext4);
  ::close(fd);
  return identity;
}

std::string Life::path(std::string_view stem) const {
  return place_.directory + '/' + kind_ + '_' + std::to_string(number_) + '_' + std::string(stem);
}

std::size_t Life::size(std::size_t highest) { return std::uniform_int_distribution<std::size_t>(1, highest)(random_); }

HandleTallies& Life::next_tallies() {
  if (handles_ == max_handles)
    fail("too many handles in one life");
  HandleTallies& tallies = (*place_.tallies)[handles_++];
  for (Tally& tally : tallies) {
    tally.pid = 0;
    tally.bytes_written = tally.write_count = tally.bytes_read = tally.read_count = tally.highest_end = 0;
    tally.lowest_offset = UINT64_MAX;
  }
  return tallies;
}

Object Life::line(std::string_view type) const {
  Object object;
  object.set("type", text(type)).set("kind", text(kind_)).set("life", number(number_));
  object.set("pid", number(std::int64_t{getpid()})).set("time", number(wall_now()));
  return object;
}

void Life::expect_process(Object& expect) const {
  static const std::string image = link_in_proc("self/exe");
  expect.set("image", text(image)).set("uid", number(std::uint64_t{geteuid()}));
  expect.set("mnt_ns", number(place_.mount_namespace));
}

void Life::skip(std::string_view reason) const { emit(line("skipped").set("reason", text(reason))); }

void Life::no_block(const std::string& path) const { emit(line("none").set("path", text(path))); }

void Life::renamed(const std::string& from, const std::string& to, const Value& file, const Value& replaced,
                   bool exchange) const {
  Object expect;
  expect.set("path", text(place_.shown + from))
      .set("new_path", text(place_.shown + to))
      .set("exchange", flag(exchange));
  if (replaced.json == "null" && !exchange)
    expect.set("replaced_file_key", null());
  emit(line("detail")
           .set("id", number(std::int64_t{2027}))
           .set("expect", expect.value())
           .set("file", file)
           .set("replaced", replaced));
}

Opening opening(const std::string& path, int flags) { return {path, flags, exists(path), wall_now()}; }

pid_t fork_or_fail() {
  const pid_t pid = fork();
  if (pid < 0)
    fail("fork");
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  must(waitpid(pid, &status, 0), "waitpid");
  return status;
}

void expect_exit(pid_t pid, int code) {
  const int status = wait_for(pid);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != code) {
    errno = ECHILD;
    fail("a child did not end as it should");
  }
}

void make_file(Life& life, const std::string& path, std::size_t size, mode_t mode) {
  Handle file(life, path, O_CREAT | O_EXCL | O_WRONLY, mode);
  file.write(size);
  file.close();
}

void make_directory(Life& life, const std::string& path) {
  Act act(life, "mkdir", path);
  must(mkdir(path.c_str(), 0755), "mkdir " + path);
  act.created();
  act.done();
}

} // namespace monster::e2e
