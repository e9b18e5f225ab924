// SPDX-License-Identifier: Apache-2.0
// Finding the file that an event spoke of, and proving that it is that one.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"
#include "host/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace monster {

enum class FileSystemKind : std::uint8_t { local, remote, pseudo };
// By super_block::s_magic. remote: a read may wait for a network or for somebody's process.
[[nodiscard]] FileSystemKind file_system_kind(std::uint32_t magic);

// What stat says of a file; device in the kernel's own encoding, as FileIdentity has it.
struct FileVersion {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  bool regular = false;
  friend bool operator==(const FileVersion&, const FileVersion&) = default;
};
// Of an open descriptor (O_PATH too), without asking a remote file system's server.
[[nodiscard]] Result<FileVersion> version_of(int fd);

struct FileRoots {
  std::string proc = "/proc";
  std::string host = ""; // before our own namespace's paths; tests put a made-up root there
};

struct LocatedFile {
  UniqueFd fd; // O_PATH: nothing was opened yet as far as the file system knows
  FileVersion version;
  // In our own mount namespace the path names this very inode: the host's packages speak of it.
  bool on_host_path = false;
};

struct LocateOutcome {
  HashStatus status = HashStatus::gone; // ok with `file`; gone, remote or unreadable without
  std::optional<LocatedFile> file = std::nullopt;
};

// Tries /proc/PID/exe (use_exe), /proc/PID/fd (descriptor), /proc/PID/root + path, then the path in our own namespace, and takes
// the first that is the referenced inode with the referenced size and mtime. Where st_dev is not
// s_dev (overlayfs, btrfs) the device is not compared.
[[nodiscard]] LocateOutcome locate(const FileReference& file, const FileRoots& roots);

// Whether our own namespace's path names the same inode.
[[nodiscard]] bool is_on_host_path(const FileReference& file, const FileVersion& version, const FileRoots& roots);

// Opens for reading what O_PATH found; leaves the access time alone where it is allowed to. Fails too
// when the file system says that the inode number was reused (another generation).
[[nodiscard]] Result<UniqueFd> open_for_reading(const FileReference& file, const LocatedFile& located,
                                                const FileRoots& roots);

} // namespace monster
