// SPDX-License-Identifier: Apache-2.0
#include "host/command_line.hpp"

namespace monster {
namespace {

bool needs_quotes(std::string_view argument) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  return argument.empty() || argument.find_first_not_of(plain) != std::string_view::npos;
}

void append_quoted(std::string& line, std::string_view argument) {
  line += '\'';
  for (const char c : argument) {
    if (c == '\'')
      line += "'\\''";
    else
      line += c;
  }
  line += '\'';
}

} // namespace

std::vector<std::string_view> split_at_nul(std::string_view block) {
  std::vector<std::string_view> parts;
  while (!block.empty()) {
    const std::size_t end = block.find('\0');
    parts.push_back(block.substr(0, end));
    block = end == std::string_view::npos ? std::string_view{} : block.substr(end + 1);
  }
  return parts;
}

std::string join_arguments(std::string_view block) {
  std::string line;
  line.reserve(block.size() + 16);
  for (const std::string_view argument : split_at_nul(block)) {
    if (!line.empty())
      line += ' ';
    if (needs_quotes(argument))
      append_quoted(line, argument);
    else
      line += argument;
  }
  return line;
}

} // namespace monster
