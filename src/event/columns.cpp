// SPDX-License-Identifier: Apache-2.0
#include "event/columns.hpp"

#include "event/value_text.hpp"

#include <array>

namespace monster {

template <>
inline constexpr auto enum_names<ColumnType> =
    enum_table<ColumnType::json>("u16", "u32", "u64", "i64", "boolean", "text", "enum", "time", "key", "hex64",
                                 "sha256", "text_list", "named_texts", "writer_list", "json");
template <>
inline constexpr auto enum_names<Unit> = enum_table<Unit::count>("", "bytes", "nanoseconds", "count");
template <> inline constexpr auto enum_names<EventClass> = enum_table<EventClass::detail>("statistics", "detail");

namespace {

template <class T> constexpr ColumnType type_of = [] {
  static_assert(std::is_enum_v<T>, "a field type that no schema knows: add it here and to the encoders");
  return ColumnType::constant;
}();
template <class T> constexpr ColumnType type_of<std::optional<T>> = type_of<T>;
template <class Tag> constexpr ColumnType type_of<Key<Tag>> = ColumnType::key;
template <> constexpr ColumnType type_of<std::string_view> = ColumnType::constant;
template <> constexpr ColumnType type_of<std::uint16_t> = ColumnType::u16;
template <> constexpr ColumnType type_of<std::uint32_t> = ColumnType::u32;
template <> constexpr ColumnType type_of<std::uint64_t> = ColumnType::u64;
template <> constexpr ColumnType type_of<std::int64_t> = ColumnType::i64;
template <> constexpr ColumnType type_of<Pid> = ColumnType::u32;
template <> constexpr ColumnType type_of<bool> = ColumnType::boolean;
template <> constexpr ColumnType type_of<Text> = ColumnType::text;
template <> constexpr ColumnType type_of<WallTime> = ColumnType::time;
template <> constexpr ColumnType type_of<Hex64> = ColumnType::hex64;
template <> constexpr ColumnType type_of<Sha256> = ColumnType::sha256;
template <> constexpr ColumnType type_of<TextList> = ColumnType::text_list;
template <> constexpr ColumnType type_of<NamedTexts> = ColumnType::named_texts;
template <> constexpr ColumnType type_of<WriterList> = ColumnType::writer_list;
template <> constexpr ColumnType type_of<Json> = ColumnType::json;
template <> constexpr ColumnType type_of<RawBytes> = ColumnType::json;

template <class T> constexpr std::span<const std::string_view> values_of() {
  if constexpr (is_optional<T>)
    return values_of<typename T::value_type>();
  else if constexpr (std::is_enum_v<T>)
    return enum_names<T>;
  else
    return {};
}

template <class T> constexpr bool can_be_null = is_null(T{});

template <class T, class Entry> constexpr Column column_of(const Entry& entry) {
  return {entry.name, type_of<T>, entry.unit, can_be_null<T>, entry.meaning, entry.names, values_of<T>()};
}

template <class Entry> constexpr Column common_to_column(const Entry& entry) {
  return column_of<typename Entry::Value>(entry);
}

template <class Event, class T> constexpr Column own_to_column(const Field<Event, T>& entry) {
  return column_of<T>(entry);
}

template <class E> constexpr auto columns_of = [] {
  const auto common = [](const auto&... entry) { return std::array{common_to_column(entry)...}; };
  const auto own = [](const auto&... entry) { return std::array{own_to_column(entry)...}; };
  const auto first = std::apply(common, common_columns);
  const auto then = std::apply(own, Describe<E>::fields);
  std::array<Column, first.size() + then.size()> all{};
  std::ranges::copy(then, std::ranges::copy(first, all.begin()).out);
  return all;
}();

template <class List> constexpr auto events_of = nullptr;
template <class... E>
constexpr auto events_of<std::variant<E...>> = std::array{EventColumns{Describe<E>::info, columns_of<E>}...};

} // namespace

std::string_view name_of(ColumnType type) { return enum_name(type); }
std::string_view name_of(Unit unit) { return enum_name(unit); }
std::string_view name_of(EventClass event_class) { return enum_name(event_class); }

std::span<const Column> EventColumns::own() const { return columns.subspan(common_column_count); }

std::span<const EventColumns> catalogue() { return events_of<Payload>; }

} // namespace monster
