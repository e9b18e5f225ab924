// SPDX-License-Identifier: Apache-2.0
#include "event/escape.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace monster {
namespace {

static_assert(std::endian::native == std::endian::little,
              "plain_length() takes the lowest byte of a word as the first");

constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

struct Escaped {
  char text[7] = {};
  std::uint8_t size = 0;
};

constexpr void add(Escaped& escaped, char byte, bool double_backslash) {
  escaped.text[escaped.size++] = byte;
  if (byte == '\\' && double_backslash)
    escaped.text[escaped.size++] = byte;
}

constexpr char letter_of(int byte) {
  return byte == '\t' ? 't' : byte == '\n' ? 'n' : byte == '\r' ? 'r' : byte == '\\' ? '\\' : '\0';
}

// JSON strings may not hold control characters (RFC 8259, section 7); TSV loaders take them as they are.
constexpr Escaped escape_byte(int byte, Escape style) {
  constexpr char digits[] = "0123456789abcdef";
  const bool twice = style == Escape::json_in_tsv;
  Escaped escaped;
  const char letter = byte == '"' && style != Escape::tsv ? '"' : letter_of(byte);
  if (letter != '\0') {
    add(escaped, '\\', twice);
    add(escaped, letter, twice);
  } else if (byte < 0x20 && style != Escape::tsv) {
    add(escaped, '\\', twice);
    for (const char c : {'u', '0', '0', digits[byte >> 4], digits[byte & 15]})
      add(escaped, c, false);
  } else {
    add(escaped, static_cast<char>(byte), false);
  }
  return escaped;
}

constexpr std::array<Escaped, 128> make_escapes(Escape style) {
  std::array<Escaped, 128> table{};
  for (int byte = 0; byte < 128; ++byte)
    table[static_cast<std::size_t>(byte)] = escape_byte(byte, style);
  return table;
}

// NOLINTNEXTLINE(google-readability-casting): clang-tidy 19 takes a template's value argument for a cast
template <Escape style> constexpr std::array<Escaped, 128> escapes = make_escapes(style);

constexpr std::uint64_t each_byte(std::uint8_t byte) { return 0x0101010101010101U * byte; }

// High bit set in the lowest byte of `word` that equals `byte`; bytes above it may be wrong.
constexpr std::uint64_t equal_bytes(std::uint64_t word, std::uint8_t byte) {
  const std::uint64_t difference = word ^ each_byte(byte);
  return (difference - each_byte(1)) & ~difference & each_byte(0x80);
}

template <bool quote_too> constexpr std::uint64_t bytes_in_need(std::uint64_t word) {
  const std::uint64_t controls = (word - each_byte(0x20)) & ~word & each_byte(0x80);
  std::uint64_t found = controls | equal_bytes(word, '\\') | (word & each_byte(0x80));
  if constexpr (quote_too)
    found |= equal_bytes(word, '"');
  return found;
}

// How many bytes from `at` on are printable ASCII that needs no escape.
template <bool quote_too> std::size_t plain_length(std::string_view bytes, std::size_t at) {
  const std::size_t start = at;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    if (const std::uint64_t found = bytes_in_need<quote_too>(word); found != 0)
      return at - start + static_cast<std::size_t>(std::countr_zero(found)) / 8;
  }
  std::uint64_t word = each_byte(' ');
  std::memcpy(&word, bytes.data() + at, bytes.size() - at);
  const std::uint64_t found = bytes_in_need<quote_too>(word);
  const std::size_t last = found == 0 ? bytes.size() - at : static_cast<std::size_t>(std::countr_zero(found)) / 8;
  return at - start + last;
}

// U+0080..U+009F at `at`: JSON allows them, but a terminal that shows the JSON obeys U+009B as it does ESC [.
bool is_c1_control(std::string_view bytes, std::size_t at) {
  return bytes.size() - at > 1 && bytes[at] == '\xc2' && (static_cast<std::uint8_t>(bytes[at + 1]) & 0xe0) == 0x80;
}

void put_c1_control(RowBuffer& out, char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = static_cast<std::uint8_t>(byte);
  const char text[] = {'\\', 'u', '0', '0', digits[value >> 4], digits[value & 15]};
  out.put(std::string_view(text, sizeof text));
}

// The first byte from `at` on that cannot be copied as it is.
template <Escape style> std::size_t copyable_until(std::string_view bytes, std::size_t at) {
  while (at < bytes.size()) {
    at += plain_length < style != Escape::tsv > (bytes, at);
    if (at == bytes.size() || static_cast<std::uint8_t>(bytes[at]) < 0x80)
      return at;
    const Utf8Sequence sequence = utf8_sequence(bytes.substr(at));
    if (!sequence.valid || (style == Escape::json && is_c1_control(bytes, at)))
      return at;
    at += sequence.length;
  }
  return at;
}

} // namespace

// The well-formed sequences: Unicode, table 3-7.
Utf8Sequence utf8_sequence(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80)
    return {1, true};
  if (lead < 0xc2 || lead > 0xf4)
    return {1, false};
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  std::uint8_t lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  std::uint8_t highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == bytes.size() || byte(i) < lowest || byte(i) > highest)
      return {i, false};
    lowest = 0x80;
    highest = 0xbf;
  }
  return {length, true};
}

template <Escape style> bool append_text(RowBuffer& out, std::string_view bytes) {
  bool exact = true;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = copyable_until<style>(bytes, at);
    out.put(bytes.substr(at, end - at));
    if (end == bytes.size())
      break;
    at = end;
    const auto byte = static_cast<std::uint8_t>(bytes[at]);
    if (style == Escape::json && is_c1_control(bytes, at)) {
      put_c1_control(out, bytes[at + 1]);
      at += 2;
    } else if (byte == 0 || byte >= 0x80) {
      exact = false;
      out.put(replacement);
      at += utf8_sequence(bytes.substr(at)).length;
    } else {
      const Escaped& escaped = escapes<style>.at(byte); // NOLINT(google-readability-casting): see escapes
      out.put(std::string_view(escaped.text, escaped.size));
      ++at;
    }
  }
  return exact;
}

template bool append_text<Escape::tsv>(RowBuffer&, std::string_view);
template bool append_text<Escape::json>(RowBuffer&, std::string_view);
template bool append_text<Escape::json_in_tsv>(RowBuffer&, std::string_view);

bool is_exact(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    at = copyable_until<Escape::tsv>(bytes, at);
    if (at == bytes.size())
      return true;
    const auto byte = static_cast<std::uint8_t>(bytes[at]);
    if (byte == 0 || byte >= 0x80)
      return false;
    ++at;
  }
  return true;
}

} // namespace monster
