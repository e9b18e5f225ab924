// SPDX-License-Identifier: Apache-2.0
// Reads a TSV file of ours that may have been cut, or written by someone else, in constant memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace monster {

struct ScannedRows {
  std::uint64_t rows = 0;      // whole and well-formed
  std::uint64_t malformed = 0; // whole lines with another number of columns, a NUL, or no valid seq, run_id, time_ns
  std::uint64_t whole_end = 0; // offset after the last newline
  std::string run_id;          // of the first well-formed row; rows of any other run are malformed
  std::int64_t last_seq = 0;
  std::int64_t last_time_ns = 0;
};

class RowScanner {
public:
  static constexpr std::size_t max_header = 64 * 1024;

  // `run` is the first 8 digits that every run_id must have. False unless `line`, without its newline, is a
  // header that starts with stream_seq and names seq, run_id and time_ns.
  [[nodiscard]] bool read_header(std::string_view line, std::string_view run);
  // The bytes after the header's newline, in any pieces. `offset` is where the piece begins in the file.
  void feed(std::string_view bytes, std::uint64_t offset);
  [[nodiscard]] const ScannedRows& result() const { return result_; }

private:
  struct Wanted {
    std::size_t column = 0;
    std::string text;
  };
  static constexpr std::size_t max_text = 40; // longer than any valid value
  enum Which : std::size_t { seq, run_id, time_ns };

  void start_column(std::size_t column);
  void end_row();
  [[nodiscard]] bool row_is_valid(std::int64_t& seq_value, std::int64_t& time_value) const;

  std::string run_;
  std::array<Wanted, 3> wanted_;
  Wanted* capture_ = nullptr;
  std::size_t columns_ = 0;
  std::size_t column_ = 0;
  bool broken_ = false;
  ScannedRows result_;
};

} // namespace monster
