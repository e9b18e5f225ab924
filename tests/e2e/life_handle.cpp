// SPDX-License-Identifier: Apache-2.0
// Handle: the truth of one open file description.
#include "life.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace monster::e2e {

namespace {

constexpr std::string_view deleted_mark = " (deleted)";

Value disposition(int flags) {
  if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0)
    return text("FILE_CREATE");
  if ((flags & O_CREAT) != 0)
    return text((flags & O_TRUNC) != 0 ? "FILE_OVERWRITE_IF" : "FILE_OPEN_IF");
  return text((flags & O_TRUNC) != 0 ? "FILE_OVERWRITE" : "FILE_OPEN");
}

Value access_name(int flags) {
  switch (flags & O_ACCMODE) {
  case O_RDONLY:
    return text("read");
  case O_WRONLY:
    return text("write");
  default:
    return text("read_write");
  }
}

void add_range(Tally& tally, std::uint64_t offset, std::uint64_t end) {
  for (std::uint64_t old = tally.lowest_offset;
       offset < old && !tally.lowest_offset.compare_exchange_weak(old, offset);) {
  }
  for (std::uint64_t old = tally.highest_end; end > old && !tally.highest_end.compare_exchange_weak(old, end);) {
  }
}

Value number_of(const std::atomic<std::uint64_t>& counter) { return number(counter.load()); }
Value number_of(mode_t value) { return number(std::uint64_t{value}); }

} // namespace

Handle::Handle(Life& life, const std::string& path, int flags, mode_t mode)
    : Handle{life, opening(path, flags), must_fd(::open(path.c_str(), flags, mode), "open " + path)} {
} // braces: in order

Handle::Handle(Life& life, const Opening& before, int fd)
    : life_(life), tallies_(life.next_tallies()), fd_(fd), opened_from_(before.time), opened_to_(wall_now()) {
  const std::string self = "self/fd/" + std::to_string(fd);
  witness_ = must_fd(openat(proc_directory(), self.c_str(), O_PATH | O_CLOEXEC), "open " + self);
  created_ = !before.existed && (before.flags & O_CREAT) != 0;
  path_ = link_of_fd(fd);
  if (path_.ends_with(deleted_mark))
    path_.resize(path_.size() - deleted_mark.size());
  must(fstat(fd, &begin_), "fstat");
  identity_ = identity_of_fd(fd, life.place().ext4);
  describe_open(before);
}

Handle::~Handle() {
  if (!printed_) {
    errno = EINVAL;
    fail("a handle's truth was never printed");
  }
}

void Handle::describe_open(const Opening& before) {
  const Value flags = number(std::int64_t{fcntl(fd_, F_GETFL)});
  const bool truncated = before.existed && (before.flags & O_TRUNC) != 0;
  expect_.set("path", text(life_.place().shown + path_))
      .set("file_kind", text("regular"))
      .set("created", flag(created_));
  expect_.set("access", access_name(before.flags)).set("open_flags", flags);
  expect_.set("truncated_to", truncated ? any_of({null(), number(std::int64_t{0})}) : null());
  expect_.set("size_at_open", number(std::int64_t{begin_.st_size}));
  expect_.set("mapped_writable", flag(false)).set("operation", null()).set("link_target", null());
  create_detail_.set("path", text(life_.place().shown + path_)).set("open_flags", flags);
  create_detail_.set("create_disposition", disposition(before.flags));
  create_detail_.set("create_result", text(created_ ? "FILE_CREATED" : truncated ? "FILE_OVERWRITTEN" : "FILE_OPENED"));
  create_detail_.set("mode", number_of(begin_.st_mode & 07777)).set("owner_uid", number_of(begin_.st_uid));
  create_detail_.set("owner_gid", number_of(begin_.st_gid)).set("result", text("ok"));
  line_ = life_.line("file");
  line_.set("path", text(life_.place().shown + path_));
  life_.expect_process(expect_);
  opened_by(getpid(), number(std::int64_t{syscall(SYS_gettid)}));
}

void Handle::opened_by(pid_t pid, const Value& tid) {
  line_.set("pid", number(std::int64_t{pid}));
  expect_.set("pid", number(std::int64_t{pid})).set("tid", tid);
}

Tally& Handle::tally(pid_t pid) {
  for (Tally& slot : tallies_) {
    pid_t nobody = 0;
    if (slot.pid == pid || slot.pid.compare_exchange_strong(nobody, pid) || nobody == pid)
      return slot;
  }
  errno = ENOSPC;
  fail("more processes on one handle than slots");
}

std::uint64_t Handle::bytes_written() const {
  std::uint64_t sum = 0;
  for (const Tally& slot : tallies_)
    sum += slot.bytes_written;
  return sum;
}

void Handle::write(std::size_t size, int fd) {
  const int through = fd < 0 ? fd_ : fd;
  const std::int64_t n = must(::write(through, some_bytes(), std::min(size, some_bytes_size)), "write");
  const std::int64_t end = must(lseek(through, 0, SEEK_CUR), "lseek");
  wrote(n, static_cast<std::uint64_t>(end - n));
}

void Handle::read(std::size_t size, int fd) {
  std::vector<char> into(size);
  did_read(::read(fd < 0 ? fd_ : fd, into.data(), into.size()));
}

void Handle::wrote(std::int64_t result, std::uint64_t offset) {
  if (must(result, "a write") == 0)
    return;
  const auto n = static_cast<std::uint64_t>(result);
  add_writer(getpid(), n, 1, offset);
}

void Handle::add_writer(pid_t pid, std::uint64_t bytes, std::uint64_t count, std::uint64_t offset) {
  Tally& slot = tally(pid);
  slot.bytes_written += bytes;
  slot.write_count += count;
  add_range(slot, offset, offset + bytes);
}

void Handle::did_read(std::int64_t result) {
  if (must(result, "a read") == 0)
    return;
  Tally& slot = tally(getpid());
  slot.bytes_read += static_cast<std::uint64_t>(result);
  ++slot.read_count;
}

Handle& Handle::expect(std::string_view name, const Value& value) {
  overrides_.emplace_back(name, value);
  return *this;
}

Handle& Handle::detail_expect(std::string_view name, const Value& value) {
  create_detail_.set(name, value);
  return *this;
}

Handle& Handle::optional() {
  optional_ = true;
  return *this;
}

void Handle::seal() {
  if (witness_ < 0)
    return;
  struct stat end{};
  must(fstat(witness_, &end), "fstat at the end");
  final_path_ = link_of_fd(witness_);
  ::close(witness_);
  witness_ = -1;
  describe_end(end);
}

void Handle::describe_end(const struct stat& end) {
  const bool deleted = final_path_.ends_with(deleted_mark);
  if (deleted)
    final_path_.resize(final_path_.size() - deleted_mark.size());
  const bool renamed = final_path_ != path_;
  expect_.set("final_path", renamed ? text(life_.place().shown + final_path_) : null());
  expect_.set("renamed", flag(renamed)).set("deleted", flag(deleted)).set("nlink", number(std::uint64_t{end.st_nlink}));
  expect_.set("size_at_close", number(std::int64_t{end.st_size}));
  const mode_t was = begin_.st_mode & 07777;
  const mode_t is = end.st_mode & 07777;
  expect_.set("made_executable", flag((is & 0111 & ~was) != 0)).set("setuid_given", flag((is & 06000 & ~was) != 0));
  if (is != was)
    expect_.set("mode_before", number_of(was)).set("mode_after", number_of(is));
  if (end.st_uid != begin_.st_uid)
    expect_.set("owner_uid_before", number_of(begin_.st_uid)).set("owner_uid_after", number_of(end.st_uid));
  if (end.st_gid != begin_.st_gid)
    expect_.set("owner_gid_before", number_of(begin_.st_gid)).set("owner_gid_after", number_of(end.st_gid));
  expect_.set("attributes_changed", flag(is != was || end.st_uid != begin_.st_uid || end.st_gid != begin_.st_gid));
  expect_.set("time_set_back", flag(false)).set("completions_suppressed", flag(false));
}

void Handle::close() {
  seal();
  const std::int64_t closing = wall_now();
  must(::close(fd_), "close");
  finish(closing);
}

void Handle::describe_io() {
  std::uint64_t written = 0, writes = 0, got = 0, reads = 0, lowest = UINT64_MAX, highest = 0;
  std::size_t processes = 0;
  for (const Tally& slot : tallies_) {
    written += slot.bytes_written;
    writes += slot.write_count;
    got += slot.bytes_read;
    reads += slot.read_count;
    lowest = std::min(lowest, slot.lowest_offset.load());
    highest = std::max(highest, slot.highest_end.load());
    processes += slot.pid != 0 ? 1 : 0;
  }
  expect_.set("bytes_written", number(written)).set("write_count", number(writes));
  expect_.set("bytes_read", number(got)).set("read_count", number(reads));
  expect_.set("lowest_offset", writes > 0 ? number(lowest) : null());
  expect_.set("highest_end", writes > 0 ? number(highest) : null());
  expect_.set("writers_truncated", flag(processes > 8));
}

Value Handle::writers() const {
  std::vector<Value> out;
  for (const Tally& slot : tallies_) {
    if (slot.pid == 0)
      continue;
    Object writer;
    writer.set("pid", number(std::int64_t{slot.pid})).set("bytes_read", number_of(slot.bytes_read));
    out.push_back(writer.set("bytes_written", number_of(slot.bytes_written)).value());
  }
  return list(out);
}

Value Handle::details() const {
  const Value path = text(life_.place().shown + path_);
  std::vector<Value> out;
  const auto add = [&out](std::int64_t id, const Object& expect) {
    out.push_back(Object().set("id", number(id)).set("expect", expect.value()).value());
  };
  add(2012, create_detail_);
  add(2014, Object().set("path", text(life_.place().shown + final_path_)));
  if (created_)
    add(2030, Object().set("path", path));
  return list(out);
}

void Handle::finish(std::int64_t closing) {
  seal();
  print(list(std::array<Value, 2>{number(closing), number(wall_now())}));
}

void Handle::finish_whenever(std::int64_t closing) {
  seal();
  print(list(std::array<Value, 2>{number(closing), null()}));
}

void Handle::leave_open() {
  seal();
  print(list(std::array<Value, 2>{number(wall_now()), null()}));
}

void Handle::print(const Value& closed) {
  describe_io();
  const std::array<Value, 2> opened{number(opened_from_), number(opened_to_)};
  Object& line = line_;
  expect_.set("state", text("final")).set("complete", flag(true));
  if (std::ranges::none_of(overrides_, [](const auto& each) { return each.first == "source"; }))
    expect_.set("source", text("open"));
  for (const auto& [name, value] : overrides_)
    expect_.set(name, value);
  line.set("optional", flag(optional_)).set("file", identity_).set("expect", expect_.value());
  line.set("opened", list(opened)).set("closed", closed).set("writers", writers()).set("details", details());
  life_.emit(line);
  printed_ = true;
}

} // namespace monster::e2e
