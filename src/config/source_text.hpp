// SPDX-License-Identifier: Apache-2.0
// A text with its line numbers, and the one reading of UTF-8 that checking and printing share.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

// Both from 1; the column counts bytes. A line ends with its '\n'.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Utf8Step {
  std::size_t length = 1; // of an invalid sequence: 1
  bool valid = false;
  std::uint32_t code_point = 0;
};

// The sequence that starts at `at` < bytes.size(); overlong forms and surrogates are invalid (RFC 3629).
[[nodiscard]] Utf8Step utf8_at(std::string_view bytes, std::size_t at);
[[nodiscard]] bool is_utf8(std::string_view bytes);

// At most `longest` bytes of hostile text so that a terminal takes them for text: control, invisible
// and direction-changing characters and bad UTF-8 as escapes. What is left out is said, not hidden.
[[nodiscard]] std::string printable(std::string_view bytes, std::size_t longest = 120);

// Does not own the text, which must be below 4 GiB.
class SourceText {
public:
  explicit SourceText(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  // `offset` may be one past the last byte: where the text ends.
  [[nodiscard]] Position position(std::size_t offset) const;
  // The first byte that is not UTF-8, or is a control character other than tab, CR and LF.
  [[nodiscard]] std::optional<std::size_t> first_bad_byte() const;

private:
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

} // namespace monster
