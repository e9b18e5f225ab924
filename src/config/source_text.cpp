// SPDX-License-Identifier: Apache-2.0
#include "config/source_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace monster {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Controls, and the characters that are invisible or turn the direction of text (Unicode TR36).
constexpr Range unprintable[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},      {0x61c, 0x61c},
                                 {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},  {0x2060, 0x206f},
                                 {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff}};

struct Utf8Lead {
  std::uint8_t first;
  std::uint8_t last;
  std::size_t length;
  std::uint32_t smallest; // below it the form is overlong
};
constexpr Utf8Lead leads[] = {{0xc2, 0xdf, 2, 0x80}, {0xe0, 0xef, 3, 0x800}, {0xf0, 0xf4, 4, 0x10000}};

std::string escape(std::string_view sequence, const Utf8Step& step) {
  if (!step.valid)
    return fmt::format("\\x{:02x}", static_cast<unsigned char>(sequence.front()));
  if (step.code_point == '"' || step.code_point == '\\')
    return fmt::format("\\{}", sequence);
  const bool hidden = std::ranges::any_of(
      unprintable, [&](const Range& r) { return step.code_point >= r.first && step.code_point <= r.last; });
  return hidden ? fmt::format("\\u{:04x}", step.code_point) : std::string(sequence);
}

} // namespace

Utf8Step utf8_at(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[at + i]); };
  if (byte(0) < 0x80)
    return {1, true, byte(0)};
  const auto* lead =
      std::ranges::find_if(leads, [&](const Utf8Lead& l) { return byte(0) >= l.first && byte(0) <= l.last; });
  if (lead == std::end(leads) || bytes.size() - at < lead->length)
    return {};
  std::uint32_t code_point = byte(0) & (0x7fU >> lead->length);
  for (std::size_t i = 1; i < lead->length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80)
      return {};
    code_point = (code_point << 6) | (byte(i) & 0x3fU);
  }
  if (code_point < lead->smallest || code_point > 0x10ffff || (code_point >= 0xd800 && code_point <= 0xdfff))
    return {};
  return {lead->length, true, code_point};
}

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const Utf8Step step = utf8_at(bytes, at);
    if (!step.valid)
      return false;
    at += step.length;
  }
  return true;
}

std::string printable(std::string_view bytes, std::size_t longest) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const Utf8Step step = utf8_at(bytes, at);
    if (at + step.length > longest)
      return fmt::format("{}... ({} bytes)", out, bytes.size());
    out += escape(bytes.substr(at, step.length), step);
    at += step.length;
  }
  return out;
}

SourceText::SourceText(std::string_view text) : text_(text), line_starts_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    line_starts_.push_back(at + 1);
}

Position SourceText::position(std::size_t offset) const {
  const auto behind = std::ranges::upper_bound(line_starts_, std::min(offset, text_.size()));
  const std::size_t start = *std::prev(behind);
  return {static_cast<std::uint32_t>(behind - line_starts_.begin()),
          static_cast<std::uint32_t>(std::min(offset, text_.size()) - start + 1)};
}

std::optional<std::size_t> SourceText::first_bad_byte() const {
  for (std::size_t at = 0; at < text_.size();) {
    const Utf8Step step = utf8_at(text_, at);
    const bool blank = step.code_point == '\t' || step.code_point == '\n' || step.code_point == '\r';
    if (!step.valid || (step.code_point < 0x20 && !blank))
      return at;
    at += step.length;
  }
  return std::nullopt;
}

} // namespace monster
