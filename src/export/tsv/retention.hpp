// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/file_api.hpp"

#include <cstdint>

namespace monster {

// Keeps the sum of our files in a directory below a limit: the oldest finished ones go first. Files of any
// other name, links and unfinished files are never touched.
class Retention {
public:
  Retention(FileApi& files, int directory, std::uint64_t keep_bytes)
      : files_(&files), directory_(directory), keep_bytes_(keep_bytes) {}

  // Cheap until `grown` bytes (all that this exporter has written so far) may have passed the limit; only
  // then is the directory read. Returns how many files it deleted.
  [[nodiscard]] std::uint64_t enforce(std::uint64_t grown);

private:
  FileApi* files_;
  int directory_;
  std::uint64_t keep_bytes_;
  std::uint64_t read_at_ = 0; // the value of `grown` from which on the directory is to be read again
};

} // namespace monster
