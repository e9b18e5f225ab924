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
#include <string_view>
#include <vector>

namespace monster {

// Reads a recording from front to back and trusts nothing in it. Holds one chunk: at most 2.1 MiB.
class RecordingReader {
public:
  // Errors: not a regular file, not a recording, another format or wire version.
  [[nodiscard]] static Result<RecordingReader> open(const std::string& path, std::uint32_t wire_version);
  // `file` must outlive the reader.
  [[nodiscard]] static Result<RecordingReader> from_memory(std::span<const std::byte> file, std::uint32_t wire_version);

  // The next input, its bytes 8-aligned and valid until the next call; nothing at the end. A damaged
  // recording is an Error that names the offset, and stays one; what was whole before it was given.
  [[nodiscard]] Result<std::optional<Input>> next();

  // After next() gave nothing: whether the recording was finished, and if not, where it breaks off.
  [[nodiscard]] bool ended_cleanly() const { return state_ == State::ended; }
  [[nodiscard]] std::string_view torn_reason() const { return torn_reason_; }

  // What was handed out so far.
  [[nodiscard]] std::uint64_t inputs() const { return totals_.inputs; }
  [[nodiscard]] std::uint64_t input_bytes() const { return totals_.input_bytes; }

private:
  enum class State : std::uint8_t { reading, ended, torn };

  RecordingReader(std::string name, UniqueFd file, std::span<const std::byte> memory);

  Result<> read_file_header(std::uint32_t wire_version);
  Result<> read_chunk();
  Result<> unpack(const recording::ChunkHeader& header);
  Result<> check_end(const recording::Totals& end);
  Result<Input> take_input();
  Result<std::size_t> read(std::span<std::byte> to);
  [[nodiscard]] Error damaged(std::uint64_t offset, std::string_view reason) const;
  [[nodiscard]] Error damaged_input(std::string_view reason) const;

  std::string name_;
  UniqueFd file_;
  std::span<const std::byte> memory_; // what is left of it, where there is no file
  std::uint64_t offset_ = 0;          // in the file, of what is read next
  std::uint64_t chunk_offset_ = 0;
  std::vector<std::byte> packed_;
  std::vector<std::byte> raw_;
  std::size_t raw_size_ = 0; // of the chunk in raw_
  std::size_t position_ = 0; // in raw_, of the next input
  std::uint32_t inputs_left_ = 0;
  recording::Totals totals_;
  State state_ = State::reading;
  std::string torn_reason_;
  std::optional<Error> failure_;
};

} // namespace monster
