// SPDX-License-Identifier: Apache-2.0
#include "export/linux/files.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace monster {
namespace {

OsResult<> checked(int result) {
  if (result != 0)
    return std::unexpected(errno);
  return {};
}

OsResult<> lock(int fd) {
  int result = 0;
  do
    result = ::flock(fd, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR);
  return checked(result);
}

OsResult<UniqueFd> open_checked(int directory, const std::string& name, int access) {
  // O_NONBLOCK: a fifo planted under the name must not hang the agent.
  UniqueFd fd(::openat(directory, name.c_str(), access | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0)
    return std::unexpected(errno);
  // A second name means that someone linked another file here, or kept a way to ours.
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || status.st_uid != ::geteuid())
    return std::unexpected(EPERM);
  return fd;
}

bool names(int directory, const std::string& name, int fd) {
  struct stat by_name{};
  struct stat by_fd{};
  return ::fstatat(directory, name.c_str(), &by_name, AT_SYMLINK_NOFOLLOW) == 0 && ::fstat(fd, &by_fd) == 0 &&
         by_name.st_ino == by_fd.st_ino && by_name.st_dev == by_fd.st_dev;
}

} // namespace

OsResult<UniqueFd> LinuxFiles::create_locked(int directory, const std::string& name) {
  UniqueFd fd(::openat(directory, name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                       S_IRUSR | S_IWUSR));
  if (!fd)
    return std::unexpected(errno);
  const OsResult<> locked = lock(fd.get());
  if (!locked)
    return std::unexpected(locked.error());
  return fd;
}

OsResult<UniqueFd> LinuxFiles::open_read(int directory, const std::string& name) { return open_own(directory, name); }

OsResult<std::size_t> LinuxFiles::read(int fd, std::span<char> buffer) {
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  if (got < 0)
    return std::unexpected(errno);
  return static_cast<std::size_t>(got);
}

OsResult<std::size_t> LinuxFiles::write(int fd, std::string_view bytes) {
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  if (written < 0)
    return std::unexpected(errno);
  return static_cast<std::size_t>(written);
}

OsResult<> LinuxFiles::truncate(int fd, std::uint64_t size) {
  return checked(::ftruncate(fd, static_cast<off_t>(size)));
}

OsResult<> LinuxFiles::sync_data(int fd) { return checked(::fdatasync(fd)); }

OsResult<> LinuxFiles::sync_directory(int directory) { return checked(::fsync(directory)); }

OsResult<> LinuxFiles::rename_new(int directory, const std::string& from, const std::string& to) {
  if (::renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0)
    return {};
  if (errno != EINVAL && errno != ENOSYS)
    return std::unexpected(errno);
  // File systems without the flag: a link never replaces anything either.
  if (::linkat(directory, from.c_str(), directory, to.c_str(), 0) != 0)
    return std::unexpected(errno);
  return checked(::unlinkat(directory, from.c_str(), 0));
}

OsResult<> LinuxFiles::remove(int directory, const std::string& name) {
  return checked(::unlinkat(directory, name.c_str(), 0));
}

OsResult<std::uint64_t> LinuxFiles::free_bytes(int directory) {
  struct statvfs status{};
  if (::fstatvfs(directory, &status) != 0)
    return std::unexpected(errno);
  return static_cast<std::uint64_t>(::geteuid() == 0 ? status.f_bfree : status.f_bavail) * status.f_frsize;
}

OsResult<std::vector<ListedFile>> LinuxFiles::list(int directory, bool (*wanted)(std::string_view)) {
  UniqueFd again(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!again)
    return std::unexpected(errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(again.get()), &::closedir);
  if (!stream)
    return std::unexpected(errno);
  static_cast<void>(again.release());
  std::vector<ListedFile> files;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    struct stat status{};
    if (wanted(entry->d_name) && ::fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode))
      files.push_back({entry->d_name, static_cast<std::uint64_t>(status.st_size)});
    errno = 0;
  }
  if (errno != 0)
    return std::unexpected(errno);
  return files;
}

OsResult<UniqueFd> open_own_locked(int directory, const std::string& name) {
  OsResult<UniqueFd> fd = open_checked(directory, name, O_RDWR);
  if (!fd)
    return fd;
  if (const OsResult<> locked = lock(fd->get()); !locked)
    return std::unexpected(locked.error());
  // Its owner may have renamed it between our open and our lock.
  if (!names(directory, name, fd->get()))
    return std::unexpected(EWOULDBLOCK);
  return fd;
}

OsResult<UniqueFd> open_own(int directory, const std::string& name) { return open_checked(directory, name, O_RDONLY); }

Result<UniqueFd> open_private_directory(const std::string& path, const std::string& name) {
  // "link/" would follow the link in spite of O_NOFOLLOW.
  std::string trimmed = path;
  while (trimmed.size() > 1 && trimmed.back() == '/')
    trimmed.pop_back();
  const std::string whole = trimmed + "/" + name;
  if (::mkdir(trimmed.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return fail(system_error("create directory", trimmed));
  const UniqueFd above(::open(trimmed.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!above)
    return fail(system_error("open directory", trimmed));
  if (::mkdirat(above.get(), name.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return fail(system_error("create directory", whole));
  UniqueFd fd(::openat(above.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0)
    return fail(system_error("open directory", whole));
  if (status.st_uid != ::geteuid())
    return fail({"use directory", whole, "it belongs to another user", "choose another data directory"});
  if ((status.st_mode & 07777) != S_IRWXU && ::fchmod(fd.get(), S_IRWXU) != 0)
    return fail(system_error("make private", whole));
  return fd;
}

} // namespace monster
