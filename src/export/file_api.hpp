// SPDX-License-Identifier: Apache-2.0
// The seam through which exporters write files; tests put a disk that fails behind it.
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

// The error is an errno value.
template <class T = void> using OsResult = std::expected<T, int>;

struct ListedFile {
  std::string name;
  std::uint64_t size = 0;
};

// All names are single components relative to a directory's fd; no link is ever followed.
class FileApi {
public:
  virtual ~FileApi() = default;
  // A new file, 0600, for appending, locked (flock) as long as it is open. EEXIST if anything has that name.
  [[nodiscard]] virtual OsResult<UniqueFd> create_locked(int directory, const std::string& name) = 0;
  // A file of ours, for reading.
  [[nodiscard]] virtual OsResult<UniqueFd> open_read(int directory, const std::string& name) = 0;
  // How many bytes were there; 0 at the end.
  [[nodiscard]] virtual OsResult<std::size_t> read(int fd, std::span<char> buffer) = 0;
  [[nodiscard]] virtual OsResult<std::size_t> write(int fd, std::string_view bytes) = 0;
  [[nodiscard]] virtual OsResult<> truncate(int fd, std::uint64_t size) = 0;
  [[nodiscard]] virtual OsResult<> sync_data(int fd) = 0;
  [[nodiscard]] virtual OsResult<> sync_directory(int directory) = 0;
  // EEXIST if anything has the new name.
  [[nodiscard]] virtual OsResult<> rename_new(int directory, const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual OsResult<> remove(int directory, const std::string& name) = 0;
  // Bytes that this process could still write.
  [[nodiscard]] virtual OsResult<std::uint64_t> free_bytes(int directory) = 0;
  // The regular files whose name `wanted` accepts.
  [[nodiscard]] virtual OsResult<std::vector<ListedFile>> list(int directory, bool (*wanted)(std::string_view)) = 0;
};

} // namespace monster
