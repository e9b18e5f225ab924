// SPDX-License-Identifier: Apache-2.0
// What reaches the user's terminal. Text that an attacker may have written goes through printable()
// (config/source_text.hpp) where it stands as a name, and the line made with it through terminal_text().
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace monster {

[[nodiscard]] bool is_terminal(std::FILE* stream);
// On a terminal, unless NO_COLOR is set and not empty (no-color.org) or TERM is "dumb".
[[nodiscard]] bool wants_color(std::FILE* stream);

enum class Color : std::uint8_t { plain, bold, dim, red, green, yellow };
// `text` as it is, between the sequences for `color` when `colored`.
[[nodiscard]] std::string paint(Color color, std::string_view text, bool colored);

// A whole message with everything that a terminal would act on, hides or turns around as escapes; quotes and
// backslashes stay. Newlines stay only with `keep_lines`. Nothing is cut off.
[[nodiscard]] std::string terminal_text(std::string_view message, bool keep_lines = false);

// How many columns the text takes, if every character takes one.
[[nodiscard]] std::size_t text_width(std::string_view text);

// Writes all of `text` to standard output and flushes.
[[nodiscard]] Result<> write_output(std::string_view text);

// To standard error, as it is; one that takes nothing (closed, full) is not worth an end.
void say(std::string_view text);

// "monster-agent: MESSAGE" on standard error, through terminal_text().
void print_error(std::string_view message);

} // namespace monster
