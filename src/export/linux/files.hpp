// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "export/file_api.hpp"

namespace monster {

class LinuxFiles final : public FileApi {
public:
  [[nodiscard]] OsResult<UniqueFd> create_locked(int directory, const std::string& name) override;
  [[nodiscard]] OsResult<UniqueFd> open_read(int directory, const std::string& name) override;
  [[nodiscard]] OsResult<std::size_t> read(int fd, std::span<char> buffer) override;
  [[nodiscard]] OsResult<std::size_t> write(int fd, std::string_view bytes) override;
  [[nodiscard]] OsResult<> truncate(int fd, std::uint64_t size) override;
  [[nodiscard]] OsResult<> sync_data(int fd) override;
  [[nodiscard]] OsResult<> sync_directory(int directory) override;
  [[nodiscard]] OsResult<> rename_new(int directory, const std::string& from, const std::string& to) override;
  [[nodiscard]] OsResult<> remove(int directory, const std::string& name) override;
  [[nodiscard]] OsResult<std::uint64_t> free_bytes(int directory) override;
  [[nodiscard]] OsResult<std::vector<ListedFile>> list(int directory, bool (*wanted)(std::string_view)) override;
};

// An existing file of ours in `directory`, read-write and locked: regular, with one name, owned by this user.
// EWOULDBLOCK: a live process holds it. EPERM: it is not such a file. A link as the last name is ELOOP.
[[nodiscard]] OsResult<UniqueFd> open_own_locked(int directory, const std::string& name);
// The same file for reading, without the lock.
[[nodiscard]] OsResult<UniqueFd> open_own(int directory, const std::string& name);

// Opens `path`/`name`, making both (0700) where they are missing, not the folders above `path`. Refused:
// a link in place of either, a `name` that another user owns. A too open mode of `name` is set to 0700.
[[nodiscard]] Result<UniqueFd> open_private_directory(const std::string& path, const std::string& name);

} // namespace monster
