// SPDX-License-Identifier: Apache-2.0
// For tests: the reference that the kernel would give for a file as it is now.
#pragma once

#include "host/linux/file_locate.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace monster {

// `on_disk` is looked at; `path` is the name that the event has.
inline FileReference reference_of(const std::string& on_disk, const std::string& path) {
  const UniqueFd fd(::open(on_disk.c_str(), O_PATH | O_CLOEXEC));
  const Result<FileVersion> version = version_of(fd.get());
  EXPECT_TRUE(version) << on_disk;
  FileReference file;
  if (version) {
    file.identity = {version->device, version->inode, 0};
    file.size = version->size;
    file.mtime_ns = version->mtime_ns;
    file.ctime_ns = version->ctime_ns;
  }
  file.pid = {static_cast<std::uint32_t>(::getpid())};
  file.path = path;
  struct stat mount_namespace{};
  EXPECT_EQ(::stat("/proc/self/ns/mnt", &mount_namespace), 0);
  file.mnt_ns = static_cast<std::uint32_t>(mount_namespace.st_ino);
  return file;
}
inline FileReference reference_of(const std::string& path) { return reference_of(path, path); }

} // namespace monster
