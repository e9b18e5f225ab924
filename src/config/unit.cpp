// SPDX-License-Identifier: Apache-2.0
#include "config/unit.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <span>

namespace monster {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t worth;
};

// The largest first: format_* takes the first that divides the value.
constexpr Unit size_units[] = {
    {"TiB", 1LL << 40}, {"GiB", 1LL << 30}, {"MiB", 1LL << 20}, {"KiB", 1LL << 10}, {"B", 1}};
constexpr Unit duration_units[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}};
constexpr std::int64_t ns_per_ms = 1'000'000;

std::optional<std::int64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_whole_number(text.substr(0, digits));
  if (!number)
    return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != text.substr(digits))
      continue;
    if (*number > std::numeric_limits<std::int64_t>::max() / unit.worth)
      return std::nullopt;
    return *number * unit.worth;
  }
  return std::nullopt;
}

std::string format_with_unit(std::int64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units)
    if (value != 0 && value % unit.worth == 0)
      return fmt::format("{}{}", value / unit.worth, unit.name);
  return fmt::format("{}{}", value, units.back().name);
}

} // namespace

std::optional<std::int64_t> parse_whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* begin = text.data();
  const char* end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  if (text.empty() || error != std::errc() || stop != end)
    return std::nullopt;
  return number;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto bytes = parse_with_unit(text, size_units);
  if (!bytes)
    return std::nullopt;
  return static_cast<std::uint64_t>(*bytes);
}

std::optional<Duration> parse_duration(std::string_view text) {
  const auto ms = parse_with_unit(text, duration_units);
  if (!ms || *ms > std::numeric_limits<std::int64_t>::max() / ns_per_ms)
    return std::nullopt;
  return Duration{*ms * ns_per_ms};
}

std::string format_size(std::uint64_t bytes) {
  if (bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return fmt::format("{}B", bytes);
  return format_with_unit(static_cast<std::int64_t>(bytes), size_units);
}

std::string format_duration(Duration duration) { return format_with_unit(duration.ns / ns_per_ms, duration_units); }

} // namespace monster
