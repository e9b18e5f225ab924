// SPDX-License-Identifier: Apache-2.0
// Mode, owner, times, flags and extended attributes, with and without a handle.
#include "life.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

namespace monster::e2e {

namespace {

constexpr std::int64_t long_ago = 1'000'000'000; // September 2001

Value seconds_as_ns(std::int64_t seconds) { return number(seconds * 1'000'000'000); }

void chmod_path(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size(), 0644);
  Act act(life, "chmod", path);
  must(chmod(path.c_str(), 0755), "chmod");
  act.done();
}

void chmod_setuid(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size(), 0755);
  Act act(life, "chmod", path);
  must(chmod(path.c_str(), 04755), "chmod");
  act.done();
}

void chmod_while_open(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY, 0600);
  file.write(life.size());
  Act act(life, "chmod", life.path());
  must(chmod(life.path().c_str(), 0711), "chmod");
  act.optional().done();
  file.close();
}

void fchmod_written(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY, 0600);
  file.write(life.size());
  must(fchmod(file.fd(), 0750), "fchmod");
  file.close();
}

// A handle that only reads is not followed until it changes its file: what the open was is not known then.
void first_seen_at_change(Handle& file) {
  file.expect("source", text("lazy"))
      .detail_expect("create_disposition", null())
      .detail_expect("create_result", null());
}

// Only read, yet changed: kept. What was before is known from the block that made the file.
void fchmod_read_only(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size(), 0644);
  Handle file(life, path, O_RDONLY);
  must(fchmod(file.fd(), 02711), "fchmod");
  first_seen_at_change(file);
  file.detail_expect("mode", any_of({number(std::int64_t{0644}), number(std::int64_t{02711})}));
  file.close();
}

void chown_path(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  Act act(life, "chown", path);
  must(chown(path.c_str(), 1234, 4321), "chown");
  act.done();
}

void fchown_handle(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  must(fchown(file.fd(), 1234, static_cast<gid_t>(-1)), "fchown");
  file.close();
}

void times_set_back(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  const timespec times[2] = {{long_ago, 5}, {long_ago, 0}};
  Act act(life, "utimes", path);
  must(utimensat(AT_FDCWD, path.c_str(), times, 0), "utimensat");
  act.expect("attributes_changed", flag(true)).expect("time_set_back", flag(true));
  act.expect("mtime_after", seconds_as_ns(long_ago)).done();
}

void times_set_back_handle(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  const timespec times[2] = {{0, UTIME_OMIT}, {long_ago, 0}};
  must(futimens(file.fd(), times), "futimens");
  file.expect("attributes_changed", flag(true)).expect("time_set_back", flag(true));
  file.expect("mtime_after", seconds_as_ns(long_ago));
  file.close();
}

void times_touched(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  Act act(life, "utimes", path);
  must(utimensat(AT_FDCWD, path.c_str(), nullptr, 0), "utimensat"); // to now
  act.expect("attributes_changed", flag(true)).expect("time_set_back", flag(false)).done();
}

// trusted.* where the file system has no user.*
const char* settable_attribute(const std::string& path) {
  const bool user = setxattr(path.c_str(), "user.e2e", "", 0, XATTR_REPLACE) == 0 || errno != EOPNOTSUPP;
  return user ? "user.e2e" : "trusted.e2e";
}

void xattr_path(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  const char* name = settable_attribute(path);
  Act set(life, "setxattr", path);
  must(setxattr(path.c_str(), name, "value", 5, 0), "setxattr");
  set.expect("attributes_changed", flag(true)).expect("xattrs_changed", contains(text(name))).done();
  Act removal(life, "removexattr", path);
  must(removexattr(path.c_str(), name), "removexattr");
  removal.expect("attributes_changed", flag(true)).expect("xattrs_changed", contains(text(name))).done();
}

void xattr_handle(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  const char* name = settable_attribute(life.path());
  must(fsetxattr(file.fd(), name, "value", 5, 0), "fsetxattr");
  must(fremovexattr(file.fd(), name), "fremovexattr");
  file.expect("attributes_changed", flag(true)).expect("xattrs_changed", contains(text(name)));
  file.close();
}

// chattr +d: FS_NODUMP_FL needs no privilege and hinders nobody.
void inode_flags(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  Handle file(life, path, O_RDONLY);
  int flags = 0;
  must(ioctl(file.fd(), FS_IOC_GETFLAGS, &flags), "FS_IOC_GETFLAGS");
  flags |= FS_NODUMP_FL;
  must(ioctl(file.fd(), FS_IOC_SETFLAGS, &flags), "FS_IOC_SETFLAGS");
  first_seen_at_change(file);
  file.expect("attributes_changed", flag(true));
  file.close();
}

void inode_immutable(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  Handle file(life, path, O_RDONLY);
  int before = 0;
  must(ioctl(file.fd(), FS_IOC_GETFLAGS, &before), "FS_IOC_GETFLAGS");
  int flags = before | FS_IMMUTABLE_FL;
  must(ioctl(file.fd(), FS_IOC_SETFLAGS, &flags), "FS_IOC_SETFLAGS");
  first_seen_at_change(file);
  file.expect("attributes_changed", flag(true)).detail_expect("immutable", anything());
  file.close();
  Handle again(life, path, O_RDONLY);
  must(ioctl(again.fd(), FS_IOC_SETFLAGS, &before), "FS_IOC_SETFLAGS");
  first_seen_at_change(again);
  again.expect("attributes_changed", flag(true)).detail_expect("immutable", anything());
  again.close();
}

constexpr Kind kinds[] = {
    {"chmod_path", chmod_path},
    {"chmod_setuid", chmod_setuid},
    {"chmod_while_open", chmod_while_open},
    {"fchmod_written", fchmod_written},
    {"fchmod_read_only", fchmod_read_only},
    {"chown_path", chown_path, Needs::root},
    {"fchown_handle", fchown_handle, Needs::root},
    {"times_set_back", times_set_back},
    {"times_set_back_handle", times_set_back_handle},
    {"times_touched", times_touched},
    {"xattr_path", xattr_path},
    {"xattr_handle", xattr_handle},
    {"inode_flags", inode_flags, Needs::ext4},
    {"inode_immutable", inode_immutable, Needs::root},
};

} // namespace

std::span<const Kind> attribute_kinds() { return kinds; }

} // namespace monster::e2e
