// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/file_name.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <fmt/format.h>

namespace monster {
namespace {

constexpr std::string_view finished_suffix = ".tsv";
constexpr std::string_view part_suffix = ".tsv.part";

bool digit(char c) { return c >= '0' && c <= '9'; }
bool lower_hex(char c) { return digit(c) || (c >= 'a' && c <= 'f'); }
bool event_letter(char c) { return digit(c) || (c >= 'a' && c <= 'z') || c == '_'; }

// Decimal without sign or leading zero, so that a number has one spelling.
template <class Number> bool read_number(std::string_view text, Number& number) {
  if (text.empty() || !std::ranges::all_of(text, digit) || (text.front() == '0' && text.size() > 1))
    return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// Takes the part up to the next dash off the front of `rest`.
std::string_view take_part(std::string_view& rest) {
  const std::size_t dash = std::min(rest.find('-'), rest.size());
  const std::string_view part = rest.substr(0, dash);
  rest.remove_prefix(std::min(dash + 1, rest.size()));
  return part;
}

bool is_start(std::string_view text) {
  return text.size() == 16 && text[8] == 'T' && text[15] == 'Z' && std::ranges::all_of(text.substr(0, 8), digit) &&
         std::ranges::all_of(text.substr(9, 6), digit);
}

std::optional<TsvFileName> parse(std::string_view name, std::string_view suffix) {
  if (name.size() > 255 || !name.ends_with(suffix))
    return std::nullopt;
  name.remove_suffix(suffix.size());
  const std::string_view event = take_part(name);
  const std::string_view schema = take_part(name);
  const std::string_view start = take_part(name);
  const std::string_view run = take_part(name);
  TsvFileName parsed;
  if (event.size() < 6 || event[4] != '_' || !read_number(event.substr(0, 4), parsed.event_id) ||
      !std::ranges::all_of(event.substr(5), event_letter))
    return std::nullopt;
  if (!schema.starts_with('s') || !read_number(schema.substr(1), parsed.schema) || !is_start(start))
    return std::nullopt;
  if (run.size() != 8 || !std::ranges::all_of(run, lower_hex) || !read_number(name, parsed.number))
    return std::nullopt;
  parsed.event = event.substr(5);
  parsed.start = start;
  parsed.run = run;
  return parsed;
}

} // namespace

std::string TsvFileName::finished() const {
  return fmt::format("{}_{}-s{}-{}-{}-{}{}", event_id, event, schema, start, run, number, finished_suffix);
}

TsvFileName tsv_file_name(const EventInfo& event, WallTime start, RunId run, std::uint32_t number) {
  const std::time_t second = static_cast<std::time_t>(start.ns / 1'000'000'000);
  std::tm utc{};
  ::gmtime_r(&second, &utc);
  const std::string text = fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {event.id, std::string(event.name), schema_version, text, run.hex().substr(0, 8), number};
}

std::optional<TsvFileName> parse_finished_name(std::string_view name) { return parse(name, finished_suffix); }

std::optional<TsvFileName> parse_part_name(std::string_view name) { return parse(name, part_suffix); }

} // namespace monster
