// SPDX-License-Identifier: Apache-2.0
#include "base/path_text.hpp"

#include <algorithm>

namespace monster {
namespace {

// Takes the first part and the slash behind it.
std::string_view take_part(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

void append_parts(std::string& path, std::string_view text) {
  while (!text.empty()) {
    const std::string_view part = take_part(text);
    if (part.empty() || part == ".")
      continue;
    if (part != "..")
      path.append(1, '/').append(part);
    else if (!path.empty())
      path.resize(path.rfind('/'));
  }
}

} // namespace

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view directory_part(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

std::string absolute_path(std::string_view base, std::string_view argument) {
  const bool relative = !argument.starts_with('/');
  if (relative && base.empty())
    return std::string(argument);
  std::string path;
  if (relative)
    append_parts(path, base);
  append_parts(path, argument);
  return path.empty() ? "/" : path;
}

bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/') || path.ends_with('/'))
    return false;
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::string_view part = take_part(path);
    if (part.empty() || part == "." || part == "..")
      return false;
  }
  return true;
}

std::string plain_path(std::string_view path) {
  std::string plain;
  if (path.starts_with('/'))
    append_parts(plain, path);
  return plain;
}

} // namespace monster
