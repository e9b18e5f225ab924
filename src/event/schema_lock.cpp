// SPDX-License-Identifier: Apache-2.0
#include "event/columns.hpp"
#include "event/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace monster {
namespace {

struct LockLine {
  std::uint16_t event_id = 0;
  std::size_t position = 0; // from 1
  std::string_view name;
  std::string_view type;
};

template <class Number> bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<LockLine> parse_line(std::string_view line) {
  std::array<std::string_view, 4> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t tab = line.find('\t');
    if ((tab == std::string_view::npos) != (i == parts.size() - 1))
      return std::nullopt;
    parts[i] = line.substr(0, tab);
    line.remove_prefix(std::min(line.size(), parts[i].size() + 1));
  }
  LockLine parsed{.name = parts[2], .type = parts[3]};
  if (!parse(parts[0], parsed.event_id) || !parse(parts[1], parsed.position) || parsed.position == 0)
    return std::nullopt;
  return parsed;
}

const EventColumns* find_event(std::uint16_t id) {
  const auto found = std::ranges::find_if(catalogue(), [&](const EventColumns& e) { return e.info.id == id; });
  return found == catalogue().end() ? nullptr : &*found;
}

// The sentence for a released column that is no longer what it was.
std::optional<std::string> breach(const LockLine& released) {
  const EventColumns* event = find_event(released.event_id);
  if (event == nullptr)
    return fmt::format("event {} was removed", released.event_id);
  const auto columns = event->columns;
  const auto now = std::ranges::find(columns, released.name, &Column::name);
  const std::string what = fmt::format("{} {}: column {}", event->info.id, event->info.name, released.name);
  if (now == columns.end()) {
    if (released.position > columns.size())
      return fmt::format("{} was removed", what);
    return fmt::format("{} was renamed or removed; {} stands in its place", what, columns[released.position - 1].name);
  }
  const auto position = static_cast<std::size_t>(now - columns.begin()) + 1;
  if (position != released.position)
    return fmt::format("{} was moved from {} to {}; new columns go last", what, released.position, position);
  if (name_of(now->type) != released.type)
    return fmt::format("{} was {} and is now {}", what, released.type, name_of(now->type));
  return std::nullopt;
}

} // namespace

std::string schema_lock() {
  std::string out = "# What was ever released: event id, position, column, type. Columns are only added, at the end.\n"
                    "# Made by: monster-agent schema --format lock\n";
  for (const EventColumns& event : catalogue())
    for (std::size_t i = 0; i < event.columns.size(); ++i)
      out +=
          fmt::format("{}\t{}\t{}\t{}\n", event.info.id, i + 1, event.columns[i].name, name_of(event.columns[i].type));
  return out;
}

std::vector<std::string> lock_breaches(std::string_view released) {
  std::vector<std::string> breaches;
  for (std::size_t number = 1; !released.empty(); ++number) {
    const std::string_view line = released.substr(0, released.find('\n'));
    released.remove_prefix(std::min(released.size(), line.size() + 1));
    if (line.empty() || line.front() == '#')
      continue;
    const std::optional<LockLine> parsed = parse_line(line);
    if (!parsed)
      breaches.push_back(fmt::format("line {} is not: event id, position, column, type", number));
    else if (std::optional<std::string> sentence = breach(*parsed))
      breaches.push_back(std::move(*sentence));
  }
  return breaches;
}

} // namespace monster
