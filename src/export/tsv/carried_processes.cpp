// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/carried_processes.hpp"

#include "export/tsv/file_name.hpp"

#include <array>
#include <charconv>
#include <variant>
#include <vector>

namespace monster {
namespace {

constexpr std::size_t piece = std::size_t{256} << 10; // bytes read at a time
constexpr std::size_t most_of_a_row = std::size_t{16} << 20;

std::string start_of_file_at(WallTime time) {
  return tsv_file_name(Describe<ProcessCreate>::info, time, RunId{}, 1).start;
}

// Both ends of the column `wanted` in a row without its newline.
std::pair<std::size_t, std::size_t> column_at(std::string_view row, std::size_t wanted) {
  std::size_t begin = 0;
  for (std::size_t column = 0; begin != std::string_view::npos; ++column) {
    const std::size_t end = std::min(row.find('\t', begin), row.size());
    if (column == wanted)
      return {begin, end};
    begin = end == row.size() ? std::string_view::npos : end + 1;
  }
  return {row.size(), row.size()};
}

std::optional<ProcessKey> read_key(std::string_view hex) {
  ProcessKey key;
  const auto read = [](std::string_view digits, std::uint64_t& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  if (hex.size() != 32 || !read(hex.substr(0, 16), key.high) || !read(hex.substr(16), key.low))
    return std::nullopt;
  return key;
}

// Whole lines of a file, one after the other, without their newline.
template <class TakeLine> bool read_lines(FileApi& files, int fd, const TakeLine& take) {
  std::string text;
  std::vector<char> buffer(piece);
  for (;;) {
    const OsResult<std::size_t> got = files.read(fd, buffer);
    if (!got || text.size() > most_of_a_row)
      return false;
    if (*got == 0)
      return true;
    text.append(buffer.data(), *got);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
      take(std::string_view(text).substr(begin, end - begin));
    text.erase(0, begin);
  }
}

} // namespace

void CarriedProcesses::wrote(const Event& event, std::uint32_t file) {
  const std::optional<ProcessKey>& key = event.common.process_key;
  if (!key)
    return;
  if (std::holds_alternative<ProcessCreate>(event.payload)) {
    if (followed_.size() >= max_followed)
      ++not_followed_;
    else
      followed_[*key] = {file, std::nullopt};
  } else if (std::holds_alternative<ProcessExit>(event.payload)) {
    if (const auto followed = followed_.find(*key); followed != followed_.end()) {
      followed->second.ended = event.common.time;
      just_ended_.emplace_back(*key, event.common.time);
    }
  }
  forget_short_lived(event.common.time, file);
}

// A process that ended while its row's file was still written has no rows in files that were begun later.
void CarriedProcesses::forget_short_lived(WallTime now, std::uint32_t file) {
  for (; !just_ended_.empty() && now - just_ended_.front().second > rows_come_late; just_ended_.pop_front()) {
    const auto followed = followed_.find(just_ended_.front().first);
    if (followed != followed_.end() && followed->second.ended && followed->second.file == file)
      followed_.erase(followed);
  }
}

void CarriedProcesses::forget_ended_before(const std::string& oldest_kept) {
  std::erase_if(followed_, [&](const auto& entry) {
    const std::optional<WallTime>& ended = entry.second.ended;
    return ended && start_of_file_at(WallTime{ended->ns + rows_come_late.ns}) < oldest_kept;
  });
}

std::optional<CarriedProcesses::Columns> CarriedProcesses::find_columns(std::string_view header) {
  std::optional<std::size_t> key, source;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= header.size(); ++count) {
    const std::size_t end = std::min(header.find('\t', begin), header.size());
    const std::string_view name = header.substr(begin, end - begin);
    if (name == "process_key")
      key = count;
    else if (name == "source")
      source = count;
    begin = end + 1;
  }
  if (!key || !source)
    return std::nullopt;
  return Columns{*key, *source, count};
}

std::optional<std::string> CarriedProcesses::carried(std::string_view row, const Columns& columns) const {
  const auto [key_begin, key_end] = column_at(row, columns.key);
  const std::optional<ProcessKey> key = read_key(row.substr(key_begin, key_end - key_begin));
  if (!key || !followed_.contains(*key))
    return std::nullopt;
  const auto [begin, end] = column_at(row, columns.source);
  const std::size_t after_seq = std::min(row.find('\t'), begin);
  std::string out(row.substr(after_seq, begin - after_seq));
  out += name_of(ProcessSource::carried);
  out += row.substr(end);
  return out;
}

bool CarriedProcesses::carry(FileApi& files, int directory, const std::string& name, const std::string& oldest_kept,
                             const TakeRow& take) {
  forget_ended_before(oldest_kept);
  if (followed_.empty())
    return true;
  const OsResult<UniqueFd> fd = files.open_read(directory, name);
  if (!fd)
    return false;
  bool is_header = true;
  std::optional<Columns> columns;
  const bool whole = read_lines(files, fd->get(), [&](std::string_view line) {
    if (std::exchange(is_header, false))
      columns = find_columns(line);
    else if (const auto row = columns ? carried(line, *columns) : std::nullopt)
      take(*row);
  });
  return whole && columns.has_value();
}

} // namespace monster
