// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"
#include "sensor/recording/format.hpp"
#include "sensor/recording/input.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace monster {

// Writes one recording, as `path`.part until finish() names it `path`. Nothing is ever overwritten:
// either name already there is an Error. Blocking writes, one for each chunk, in the caller's thread;
// holds at most about 2.5 MiB. The first Error is final: every later call returns it again, since a
// recording with a hole cannot be replayed.
class RecordingWriter {
public:
  // `wire_version` is that of the records of the kernel; only a reader that names the same opens it.
  [[nodiscard]] static Result<RecordingWriter> create(const std::string& path, std::uint32_t wire_version);

  // Copies the input. Errors: larger than 1 MiB, an unknown kind, what the file system says.
  [[nodiscard]] Result<> append(Input input);
  // Hands what was appended so far to the file system, so that it outlives a crash of the agent.
  [[nodiscard]] Result<> flush();
  // Writes the end, syncs and renames. Without it the .part file stays and reads as torn, without
  // what was appended after the last full chunk or flush().
  [[nodiscard]] Result<> finish();

  // Bytes of the file so far, compressed, without those of the chunk that is being filled.
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

private:
  RecordingWriter(std::string path, UniqueFd directory, UniqueFd file);

  Result<> remember(Result<> result);
  Result<> add(Input input);
  Result<> write_chunk();
  Result<> close();
  Result<> write(std::span<const std::byte> bytes);

  std::string path_;
  UniqueFd directory_; // the names are taken and given relative to it
  UniqueFd file_;
  std::vector<std::byte> raw_; // memory of the chunk being filled, of which raw_size_ bytes are in use
  std::size_t raw_size_ = 0;
  std::uint32_t chunk_inputs_ = 0;
  std::vector<std::byte> packed_;
  recording::Totals totals_;
  std::uint64_t bytes_written_ = 0;
  std::optional<Error> failure_;
};

} // namespace monster
