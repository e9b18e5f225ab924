// SPDX-License-Identifier: Apache-2.0
// Act: the truth of one act on a path without a handle.
#include "life.hpp"

#include <sys/syscall.h>
#include <unistd.h>

namespace monster::e2e {

namespace {

Value kind_name(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFDIR:
    return text("directory");
  case S_IFLNK:
    return text("symlink");
  case S_IFIFO:
    return text("fifo");
  default:
    return text("regular");
  }
}

Value maybe(std::uint64_t value) { return any_of({null(), number(value)}); }

} // namespace

Act::Act(Life& life, std::string_view operation, const std::string& path)
    : life_(life), path_(path), path_after_(path), existed_(exists(path)) {
  if (existed_) {
    must(lstat(path.c_str(), &before_), "lstat " + path);
    identity_ = identity_of(path, life.place().ext4);
  }
  expect_.set("path", text(life.place().shown + path)).set("operation", text(operation)).set("source", text("path"));
  expect_.set("pid", number(std::int64_t{getpid()})).set("tid", number(std::int64_t{syscall(SYS_gettid)}));
  life.expect_process(expect_);
  time_ = wall_now();
}

Act& Act::expect(std::string_view name, const Value& value) {
  overrides_.emplace_back(name, value);
  return *this;
}

Act& Act::optional() {
  optional_ = true;
  return *this;
}

Act& Act::no_identity() {
  identified_ = false;
  return *this;
}

void Act::created() { created_ = true; }
void Act::deleted() { deleted_ = true; }
void Act::moved_to(const std::string& path_after) { path_after_ = path_after; }

// Before-values are only what the recorder happened to see earlier: null is right too.
void Act::describe_attributes(const struct stat& after) {
  const mode_t was = before_.st_mode & 07777;
  const mode_t is = after.st_mode & 07777;
  const bool owner = before_.st_uid != after.st_uid || before_.st_gid != after.st_gid;
  const bool changed = existed_ && !deleted_ && (was != is || owner);
  expect_.set("attributes_changed", flag(changed));
  expect_.set("made_executable", flag(changed && (is & 0111 & ~was) != 0));
  expect_.set("setuid_given", flag(changed && (is & 06000 & ~was) != 0));
  if (changed && was != is)
    expect_.set("mode_before", maybe(was)).set("mode_after", number(std::uint64_t{is}));
  if (changed && before_.st_uid != after.st_uid)
    expect_.set("owner_uid_before", maybe(before_.st_uid)).set("owner_uid_after", number(std::uint64_t{after.st_uid}));
  if (changed && before_.st_gid != after.st_gid)
    expect_.set("owner_gid_before", maybe(before_.st_gid)).set("owner_gid_after", number(std::uint64_t{after.st_gid}));
}

void Act::done() {
  struct stat after = before_;
  if (deleted_) {
    const bool directory = S_ISDIR(before_.st_mode);
    expect_.set("nlink", number(std::uint64_t{directory ? 0 : before_.st_nlink - 1}));
  } else {
    must(lstat(path_after_.c_str(), &after), "lstat " + path_after_);
    if (created_ || !existed_)
      identity_ = identity_of(path_after_, life_.place().ext4);
    expect_.set("nlink", number(std::uint64_t{after.st_nlink}));
  }
  const bool moved = path_after_ != path_;
  expect_.set("final_path", moved ? text(life_.place().shown + path_after_) : null())
      .set("file_kind", kind_name(after.st_mode));
  expect_.set("renamed", flag(moved))
      .set("deleted", flag(deleted_))
      .set("created", flag(created_))
      .set("link_target", null());
  describe_attributes(after);
  for (const std::string_view name : {"bytes_written", "write_count", "bytes_read", "read_count"})
    expect_.set(name, number(std::int64_t{0}));
  for (const std::string_view name :
       {"mapped_writable", "time_set_back", "writers_truncated", "completions_suppressed"})
    expect_.set(name, flag(false));
  expect_.set("truncated_to", null()).set("state", text("final")).set("complete", flag(true));
  print();
}

void Act::print() {
  if (!identified_)
    identity_ = null();
  for (const auto& [name, value] : overrides_)
    expect_.set(name, value);
  std::vector<Value> details;
  if (created_) {
    Object expect;
    expect.set("path", text(life_.place().shown + path_));
    Object detail;
    detail.set("id", number(std::int64_t{2030})).set("optional", flag(true)).set("expect", expect.value());
    details.push_back(detail.value());
  }
  const std::array<Value, 2> when{number(time_), number(wall_now())};
  Object line = life_.line("file");
  line.set("path", text(life_.place().shown + path_))
      .set("optional", flag(optional_))
      .set("file", identity_.json.empty() ? null() : identity_);
  line.set("expect", expect_.value()).set("opened", list(when)).set("details", list(details));
  life_.emit(line);
}

} // namespace monster::e2e
