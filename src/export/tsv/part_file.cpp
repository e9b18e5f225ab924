// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/part_file.hpp"

#include <cerrno>

namespace monster {

OsResult<PartFile> PartFile::create(FileApi& files, int directory, TsvFileName name, std::string_view header) {
  OsResult<UniqueFd> fd = std::unexpected(EEXIST);
  for (int attempt = 0; attempt < name_attempts; ++attempt, ++name.number) {
    fd = files.create_locked(directory, name.part());
    // EWOULDBLOCK: a recovery just found our new, still unlocked file; it is welcome to it.
    if (fd || (fd.error() != EEXIST && fd.error() != EWOULDBLOCK))
      break;
  }
  if (!fd)
    return std::unexpected(fd.error());
  PartFile file(files, directory, std::move(*fd), std::move(name));
  const Appended header_written = file.append(header);
  if (header_written.error != 0) {
    static_cast<void>(files.remove(directory, file.name_.part()));
    return std::unexpected(header_written.error);
  }
  return file;
}

PartFile::Appended PartFile::append(std::string_view rows) {
  std::size_t done = 0;
  int error = 0;
  while (done < rows.size() && error == 0) {
    const OsResult<std::size_t> written = files_->write(fd_.get(), rows.substr(done));
    if (written && *written > 0)
      done += *written;
    else if (written || written.error() != EINTR)
      error = written ? EIO : written.error();
  }
  size_ += done;
  if (error != 0)
    return {cut_to_row(rows, done), error};
  half_row_ = 0;
  return {done, 0};
}

std::size_t PartFile::cut_to_row(std::string_view rows, std::size_t written) {
  const std::size_t newline = rows.substr(0, written).rfind('\n');
  const std::size_t whole = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t excess = written - whole;
  if (whole > 0)
    half_row_ = 0;
  if (excess == 0)
    return written;
  if (files_->truncate(fd_.get(), size_ - excess)) {
    size_ -= excess;
    return whole;
  }
  half_row_ += excess;
  return written;
}

OsResult<> PartFile::finish() {
  if (half_row_ > 0) {
    if (const OsResult<> cut = files_->truncate(fd_.get(), size_ - half_row_); !cut)
      return cut;
    size_ -= half_row_;
    half_row_ = 0;
  }
  return finish_part(*files_, directory_, name_.part(), name_);
}

OsResult<> finish_part(FileApi& files, int directory, const std::string& part, TsvFileName& name) {
  OsResult<> renamed = std::unexpected(EEXIST);
  for (int attempt = 0; attempt < name_attempts; ++attempt) {
    renamed = files.rename_new(directory, part, name.finished());
    if (renamed || renamed.error() != EEXIST)
      break;
    ++name.number;
  }
  if (!renamed)
    return renamed;
  return files.sync_directory(directory);
}

} // namespace monster
