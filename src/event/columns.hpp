// SPDX-License-Identifier: Apache-2.0
// The catalogue as data: every event's columns, for what is written about events (schemas, reference page).
#pragma once

#include "event/event.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace monster {

enum class ColumnType : std::uint8_t {
  u16,
  u32,
  u64,
  i64,
  boolean,
  text,
  constant, // an enumeration, or the event's name: ASCII words
  time,
  key,
  hex64,
  sha256,
  text_list,
  named_texts,
  writer_list,
  json,
};

[[nodiscard]] std::string_view name_of(ColumnType type);
[[nodiscard]] std::string_view name_of(Unit unit); // empty for Unit::none
[[nodiscard]] std::string_view name_of(EventClass event_class);

struct Column {
  std::string_view name;
  ColumnType type;
  Unit unit;
  bool nullable;
  std::string_view meaning;
  OtherNames names;
  std::span<const std::string_view> values; // all that an enumeration can be; empty for other types
};

struct EventColumns {
  const EventInfo& info;
  std::span<const Column> columns; // in column order, the common ones first

  [[nodiscard]] std::span<const Column> own() const;
};

// One element for each alternative of Payload, in its order.
[[nodiscard]] std::span<const EventColumns> catalogue();

} // namespace monster
