// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/row_scanner.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace monster {
namespace {

std::optional<std::int64_t> positive_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0)
    return std::nullopt;
  return number;
}

bool lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

} // namespace

bool RowScanner::read_header(std::string_view line, std::string_view run) {
  run_ = run;
  constexpr std::array<std::string_view, 3> names{"seq", "run_id", "time_ns"};
  std::array<bool, 3> found{};
  bool first_is_ours = false;
  columns_ = 0;
  for (std::size_t begin = 0; begin <= line.size(); ++columns_) {
    const std::size_t end = std::min(line.find('\t', begin), line.size());
    const std::string_view name = line.substr(begin, end - begin);
    first_is_ours = first_is_ours || (columns_ == 0 && name == "stream_seq");
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (name != names[i] || found[i])
        continue;
      found[i] = true;
      wanted_[i].column = columns_;
    }
    begin = end + 1;
  }
  start_column(0);
  return first_is_ours && std::ranges::all_of(found, [](bool is) { return is; });
}

void RowScanner::feed(std::string_view bytes, std::uint64_t offset) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '\n') {
      end_row();
      result_.whole_end = offset + i + 1;
    } else if (c == '\t') {
      start_column(column_ + 1);
    } else if (c == '\0') {
      broken_ = true;
    } else if (capture_ != nullptr && capture_->text.size() < max_text) {
      capture_->text.push_back(c);
    }
  }
}

void RowScanner::start_column(std::size_t column) {
  column_ = column;
  capture_ = nullptr;
  for (Wanted& wanted : wanted_) {
    if (wanted.column != column)
      continue;
    capture_ = &wanted;
    wanted.text.clear();
  }
}

void RowScanner::end_row() {
  std::int64_t seq_value = 0;
  std::int64_t time_value = 0;
  if (row_is_valid(seq_value, time_value)) {
    ++result_.rows;
    result_.run_id = wanted_[run_id].text;
    result_.last_seq = std::max(result_.last_seq, seq_value);
    result_.last_time_ns = std::max(result_.last_time_ns, time_value);
  } else {
    ++result_.malformed;
  }
  broken_ = false;
  start_column(0);
}

bool RowScanner::row_is_valid(std::int64_t& seq_value, std::int64_t& time_value) const {
  const std::string& run = wanted_[run_id].text;
  if (broken_ || column_ + 1 != columns_ || run.size() != 32 || !run.starts_with(run_) ||
      !std::ranges::all_of(run, lower_hex) || (!result_.run_id.empty() && run != result_.run_id))
    return false;
  const auto seq_read = positive_number(wanted_[seq].text);
  const auto time_read = positive_number(wanted_[time_ns].text);
  seq_value = seq_read.value_or(0);
  time_value = time_read.value_or(0);
  return seq_read && time_read;
}

} // namespace monster
