// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"

#include "config/source_text.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

namespace monster {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

std::string_view sequence_for(Color color) {
  switch (color) {
  case Color::plain:
    return "";
  case Color::bold:
    return "\x1b[1m";
  case Color::dim:
    return "\x1b[2m";
  case Color::red:
    return "\x1b[31m";
  case Color::green:
    return "\x1b[32m";
  case Color::yellow:
    return "\x1b[33m";
  }
  return "";
}

} // namespace

bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) == 1; }

bool wants_color(std::FILE* stream) {
  return is_terminal(stream) && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
}

std::string paint(Color color, std::string_view text, bool colored) {
  if (!colored || color == Color::plain)
    return std::string(text);
  return fmt::format("{}{}\x1b[0m", sequence_for(color), text);
}

std::string terminal_text(std::string_view message, bool keep_lines) {
  std::string out;
  out.reserve(message.size());
  for (std::size_t at = 0; at < message.size();) {
    const std::string_view one = message.substr(at, utf8_at(message, at).length);
    const bool stays = one == "\"" || one == "\\" || (keep_lines && one == "\n");
    out += stays ? std::string(one) : printable(one);
    at += one.size();
  }
  return out;
}

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); at += utf8_at(text, at).length)
    ++width;
  return width;
}

Result<> write_output(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written)
    return fail(system_error("write to", "standard output"));
  return {};
}

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void print_error(std::string_view message) { say(fmt::format("monster-agent: {}\n", terminal_text(message))); }

} // namespace monster
