// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/file_api.hpp"
#include "export/tsv/file_name.hpp"

#include <cstdint>
#include <functional>

namespace monster {

// Keeps the sum of our files in a directory below a limit: the oldest finished ones go first. Files of any
// other name, links and unfinished files are never touched. A file with processes is as old as its last row, not
// its first: as long as it stays, so do the rows of what ended while it was written.
class Retention {
public:
  Retention(FileApi& files, int directory, std::uint64_t keep_bytes)
      : files_(&files), directory_(directory), keep_bytes_(keep_bytes) {}

  // Called before a file with 1500 rows is deleted; `oldest_kept` is when the oldest file that stays was begun.
  using SaveProcesses = std::function<void(const TsvFileName& file, const std::string& oldest_kept)>;

  // Cheap until `grown` bytes (all that this exporter has written so far) may have passed the limit; only
  // then is the directory read. Returns how many files it deleted.
  [[nodiscard]] std::uint64_t enforce(std::uint64_t grown, const SaveProcesses& save);

private:
  FileApi* files_;
  int directory_;
  std::uint64_t keep_bytes_;
  std::uint64_t read_at_ = 0; // the value of `grown` from which on the directory is to be read again
};

} // namespace monster
