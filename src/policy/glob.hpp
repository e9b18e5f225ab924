// SPDX-License-Identifier: Apache-2.0
// Patterns for paths and names, over any bytes.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

enum class GlobCase : std::uint8_t { exact, ascii_folded };

// `*` is any bytes but `/`, `?` one byte but `/`, `**` any bytes. A part that is `**` alone stands for any
// number of parts, none too: `/a/**/b` matches /a/b. `/a/**` matches what is below /a, not /a. There is
// no escape. Matching takes at most (bytes of text) x (bytes between the first and last wildcard) steps.
class Glob {
public:
  // Between its first and its last wildcard a pattern may have this many bytes.
  static constexpr std::size_t middle_limit = 255;
  static constexpr std::size_t pattern_limit = 4096;

  // Refused: an empty pattern, one over a limit, one with a NUL, which no name has.
  [[nodiscard]] static Result<Glob> make(std::string_view pattern, GlobCase letters = GlobCase::exact);

  // The whole of `text`; allocates nothing.
  [[nodiscard]] bool matches(std::string_view text) const;

private:
  struct Token {
    enum class Kind : std::uint8_t { byte, any_byte, any_in_part, any, any_parts };
    Kind kind = Kind::byte;
    char byte = 0;
  };
  class States;

  Glob() = default;
  void take_wildcards(std::string_view pattern, std::size_t at);
  void add(States& states, std::size_t token) const;
  [[nodiscard]] bool same(char of_pattern, char of_text) const;
  [[nodiscard]] bool same(std::string_view of_pattern, std::string_view of_text) const;
  [[nodiscard]] bool middle_matches(std::string_view text) const;
  void step(const States& from, char c, States& to) const;

  std::string prefix_; // before the first wildcard
  std::string suffix_; // behind the last one
  std::vector<Token> middle_;
  bool folded_ = false;
};

} // namespace monster
