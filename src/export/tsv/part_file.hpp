// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/file_api.hpp"
#include "export/tsv/file_name.hpp"

#include <cstdint>
#include <string_view>

namespace monster {

// One file while it is written, `….tsv.part`. It holds whole rows only, whatever the disk does; should it
// ever end in half a row that the disk will not cut, it keeps its .part for the next start to cut.
class PartFile {
public:
  struct Appended {
    std::size_t bytes = 0; // taken; what is left must be given first in the next append
    int error = 0;
  };

  // With its header. Takes the next free number if the name is taken.
  [[nodiscard]] static OsResult<PartFile> create(FileApi& files, int directory, TsvFileName name,
                                                 std::string_view header);
  // `rows` ends with a newline.
  [[nodiscard]] Appended append(std::string_view rows);
  [[nodiscard]] OsResult<> sync() { return files_->sync_data(fd_.get()); }
  // Renames and syncs the directory. Call sync() before. The lock goes with the object.
  [[nodiscard]] OsResult<> finish();

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const TsvFileName& name() const { return name_; }

private:
  PartFile(FileApi& files, int directory, UniqueFd fd, TsvFileName name)
      : files_(&files), directory_(directory), fd_(std::move(fd)), name_(std::move(name)) {}
  [[nodiscard]] std::size_t cut_to_row(std::string_view rows, std::size_t written);

  FileApi* files_;
  int directory_; // owned by the exporter
  UniqueFd fd_;
  TsvFileName name_;
  std::uint64_t size_ = 0;
  std::uint64_t half_row_ = 0; // bytes at the end that belong to a row not yet whole
};

// Numbers tried when names are taken; only a stranger in the directory makes that happen.
inline constexpr int name_attempts = 64;

// Gives a whole `.part` its final name, or the next free number's, and syncs the directory.
[[nodiscard]] OsResult<> finish_part(FileApi& files, int directory, const std::string& part, TsvFileName& name);

} // namespace monster
