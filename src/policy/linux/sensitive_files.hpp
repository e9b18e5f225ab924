// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace monster {

struct SensitiveFile {
  std::uint64_t device = 0; // super_block::s_dev: (major << 20) | minor
  std::uint64_t inode = 0;
  std::string path; // by which it was looked for
};

struct SensitiveFiles {
  std::vector<SensitiveFile> files;     // each inode once
  std::uint64_t files_cut = 0;          // files beyond the limit
  std::uint64_t directories_cut = 0;    // directories with more entries than were read
  std::uint64_t globs_cut = 0;          // globs given up because they took more than their share of the search
  std::uint64_t globs_refused = 0;      // not absolute and plain, or with `**`
  std::uint64_t links_not_followed = 0; // symbolic links that others than root may have made
  std::uint64_t waits_avoided = 0;      // network, FUSE and automounts that were not entered
  std::uint64_t unreadable = 0;         // names that were there and could not be looked at
};

struct SensitiveSearchLimits {
  std::size_t files = 4096;
  std::size_t entries_of_directory = 1024;
  std::size_t look_ups = 1'000'000;   // names looked at, of all globs together
  std::size_t look_ups_of_glob = 256; // that each has for itself, while there are any
};

// The regular files of this mount namespace that the globs of Policy::sensitive_globs() name. Opens
// directories only, and enters no mount that could wait. A symbolic link is followed where only root can
// have made it: a user could else have any file of the host called sensitive. The globs share the limits fairly:
// whoever makes many files or directories takes nothing from what others have.
[[nodiscard]] SensitiveFiles find_sensitive_files(std::span<const std::string> globs,
                                                  const SensitiveSearchLimits& limits = {},
                                                  const std::string& mountinfo = "/proc/self/mountinfo");

} // namespace monster
