// SPDX-License-Identifier: Apache-2.0
// What a file is: which one was meant, what it contained, and whose it is.
#pragma once

#include "base/key.hpp"
#include "event/process_events.hpp"
#include "event/value.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace monster {

struct Md5 {
  Bytes16 bytes{};
  friend bool operator==(const Md5&, const Md5&) = default;
};

// Of one reading of a file. MD5 is there only where a package database may have to be compared.
struct FileDigests {
  Sha256 sha256;
  std::optional<Md5> md5;
  friend bool operator==(const FileDigests&, const FileDigests&) = default;
};

// A file as the kernel saw it at the moment of the event; what is read later must still be that.
struct FileReference {
  FileIdentity identity;                                  // device in the kernel's own encoding: major << 20 | minor
  std::uint64_t size = 0;                                 // bytes
  std::int64_t mtime_ns = 0;                              // since 1970
  std::int64_t ctime_ns = 0;                              // since 1970
  std::uint32_t mnt_ns = 0;                               // inode number of the process's mount namespace
  Pid pid;                                                // through whose /proc directory the file is reached
  std::string path;                                       // absolute, in that mount namespace
  bool use_exe = false;                                   // the file is the image of `pid`: try /proc/PID/exe first
  std::optional<std::uint32_t> descriptor = std::nullopt; // by which `pid` may have it open: tried next
  std::uint32_t fs_magic = 0;                             // super_block::s_magic; 0 when not known
  // Digests of this very version from an earlier answer: then nothing is read again.
  std::optional<FileDigests> known = std::nullopt;
};

struct FileFacts {
  HashStatus status = HashStatus::pending;
  std::optional<Sha256> sha256;
  SignatureState signature = SignatureState::not_checked;
  std::string digest_algorithm;   // "md5"; empty when nothing was compared
  std::string not_checked_reason; // empty unless signature is not_checked
  std::string signer;             // "bash 5.2.15-2+b7 (Debian)"; empty when no package owns the path
  std::string version;            // of that package
  // The inode's ctime moved between the event and the read: a chmod, an unlink, or a write whose
  // mtime was set back. The hash is of what was there at the read.
  bool touched_since = false;
  std::optional<Md5> md5;
  std::uint64_t packages_generation = 0; // of the package database that `signature` rests on
};

} // namespace monster
