// SPDX-License-Identifier: Apache-2.0
// How each value type reads as text; what TSV and JSON share.
#pragma once

#include "event/common_columns.hpp"
#include "event/escape.hpp"
#include "event/names.hpp"
#include "event/row_buffer.hpp"

#include <bit>
#include <charconv>
#include <concepts>
#include <cstring>
#include <optional>
#include <type_traits>

namespace monster {

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;
template <class T> inline constexpr bool is_key = false;
template <class Tag> inline constexpr bool is_key<Key<Tag>> = true;

// Values whose text is short, plain ASCII and the same everywhere, but for JSON's quotes.
template <class T>
concept Token =
    (std::integral<T> && !std::same_as<T, bool>) || std::is_enum_v<T> || is_key<T> || std::same_as<T, Pid> ||
    std::same_as<T, Hex64> || std::same_as<T, Sha256> || std::same_as<T, WallTime> || std::same_as<T, std::string_view>;

template <class T>
concept List = std::same_as<T, TextList> || std::same_as<T, NamedTexts> || std::same_as<T, WriterList>;

inline constexpr std::size_t longest_token = 64;
static_assert(longest_enum_name <= longest_token);

// JSON readers keep numbers exact up to 2^53 only, so nanoseconds are strings there.
template <Token T> constexpr bool is_quoted(Unit unit) {
  return unit == Unit::nanoseconds || !(std::integral<T> || std::same_as<T, Pid>);
}

// A list that was never set has no data(); one that is known to be empty has.
template <class T> [[nodiscard]] constexpr bool is_null(const T& value) {
  if constexpr (is_optional<T>)
    return !value.has_value();
  else if constexpr (std::same_as<T, Text>)
    return value.is_null();
  else if constexpr (List<T>)
    return value.data() == nullptr;
  else if constexpr (std::same_as<T, Json>)
    return value.text.bytes().empty();
  else
    return std::same_as<T, RawBytes>;
}

// The 32 lower-case hex digits of two numbers, most significant first: a row has five keys, and all digits of one
// are made at once.
inline char* write_hex(char* to, std::uint64_t high_word, std::uint64_t low_word) {
  using Words [[gnu::vector_size(16)]] = std::uint64_t;
  using Lanes [[gnu::vector_size(16)]] = std::uint8_t;
  constexpr std::uint8_t low_half = 15, nine = 9, zero = '0', letters = 'a' - 10;
  const auto bytes = std::bit_cast<Lanes>(Words{std::byteswap(high_word), std::byteswap(low_word)});
  const Lanes high = bytes >> 4;
  const Lanes low = bytes & low_half;
  const Lanes first = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const Lanes second = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  for (const Lanes digits : {first, second}) {
    const Lanes text = digits > nine ? digits + letters : digits + zero;
    std::memcpy(to, &text, sizeof text);
    to += sizeof text;
  }
  return to;
}

// ISO 8601 in UTC, always 30 bytes: 2026-11-24T11:22:33.123456789Z.
char* write_time(char* to, WallTime time);

// Writes at most longest_token bytes; answers their end.
template <Token T> char* write_token(char* to, const T& value) {
  if constexpr (std::integral<T>) {
    return std::to_chars(to, to + longest_token, value).ptr;
  } else if constexpr (std::same_as<T, Pid>) {
    return write_token(to, value.value);
  } else if constexpr (is_key<T>) {
    return write_hex(to, value.high, value.low);
  } else if constexpr (std::same_as<T, Hex64>) {
    return write_hex(to, value.value, 0) - 16;
  } else if constexpr (std::same_as<T, Sha256>) {
    std::uint64_t words[4];
    std::memcpy(words, value.bytes.data(), sizeof words);
    for (std::uint64_t& word : words)
      word = std::byteswap(word);
    return write_hex(write_hex(to, words[0], words[1]), words[2], words[3]);
  } else if constexpr (std::same_as<T, WallTime>) {
    return write_time(to, value);
  } else if constexpr (std::is_enum_v<T>) {
    return write_token(to, enum_name(value));
  } else {
    const std::size_t size = value.size() < longest_token ? value.size() : longest_token;
    std::memcpy(to, value.data(), size);
    return to + size;
  }
}

template <Token T> void put_token(RowBuffer& out, const T& value) {
  out.end_at(write_token(out.room(longest_token), value));
}

// The lists as JSON text, `style` being json or json_in_tsv; false when a text was not UTF-8.
template <Escape style> [[nodiscard]] bool append_list(RowBuffer& out, TextList list);
template <Escape style> [[nodiscard]] bool append_list(RowBuffer& out, NamedTexts list);
template <Escape style> [[nodiscard]] bool append_list(RowBuffer& out, WriterList list);

// Composed JSON as it is, made safe for one line: control characters, which valid JSON has only between
// its tokens, become spaces, and what is not UTF-8 becomes U+FFFD.
void append_composed(RowBuffer& out, const Json& json, bool in_tsv);

// The value of `raw`: {"path":"2f746d70ff"} for each text of the row that is not exact, by column name;
// items of lists as argv[3], named texts as environment.LD_PRELOAD.
[[nodiscard]] std::string raw_object(const Row& row, const Payload& payload);

// Calls step.operator()<i>() for i in 0..count-1, unrolled, so that each column is a constant inside.
template <std::size_t count, class Step> constexpr void for_each_index(Step&& step) {
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    (step.template operator()<i>(), ...);
  }(std::make_index_sequence<count>{});
}

template <class E>
inline constexpr std::size_t field_count = std::tuple_size_v<std::remove_cvref_t<decltype(Describe<E>::fields)>>;

} // namespace monster
