// SPDX-License-Identifier: Apache-2.0
#include "host/linux/cached_directory.hpp"

#include "base/fd.hpp"

#include <climits>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

namespace monster {
namespace {

UniqueFd open_root(Pid process) {
  const std::string path = fmt::format("/proc/{}/root", process.value);
  return UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::optional<std::string> true_path(int fd) {
  char path[PATH_MAX];
  const std::string link = fmt::format("/proc/self/fd/{}", fd);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path);
  if (size <= 0 || size == sizeof path || path[0] != '/')
    return std::nullopt;
  return std::string(path, static_cast<std::size_t>(size));
}

} // namespace

std::optional<HostAnswers::Directory> find_cached_directory(Pid process, const std::string& path) {
  const UniqueFd root = open_root(process);
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_CACHED | RESOLVE_NO_MAGICLINKS;
  const UniqueFd found(static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how)));
  struct stat status{};
  if (!found || ::fstat(found.get(), &status) != 0)
    return std::nullopt;
  const std::optional<std::string> name = true_path(found.get());
  if (!name)
    return std::nullopt;
  const std::uint64_t device = (static_cast<std::uint64_t>(major(status.st_dev)) << 20) | minor(status.st_dev);
  struct statfs system{};
  const bool stacked = ::fstatfs(found.get(), &system) == 0 &&
                       (system.f_type == OVERLAYFS_SUPER_MAGIC || system.f_type == ECRYPTFS_SUPER_MAGIC);
  return HostAnswers::Directory{*name, device, status.st_ino, stacked};
}

const std::optional<HostAnswers::Directory>& RecentDirectories::find(Pid process, const std::string& path) {
  if (known_.size() >= most)
    known_.clear();
  const auto [place, is_new] = known_.try_emplace({process, path});
  if (is_new)
    place->second = find_cached_directory(process, path);
  return place->second;
}

} // namespace monster
