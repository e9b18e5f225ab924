// SPDX-License-Identifier: Apache-2.0
#include "policy/path_text.hpp"

#include <algorithm>

namespace monster {
namespace {

// Takes the part behind the slash that `rest` begins with.
std::string_view take_part(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/', 1), rest.size());
  const std::string_view part = rest.substr(1, end - 1);
  rest.remove_prefix(end);
  return part;
}

} // namespace

bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/'))
    return false;
  while (!path.empty()) {
    const std::string_view part = take_part(path);
    if (part.empty() || part == "." || part == "..")
      return false;
  }
  return true;
}

std::string plain_path(std::string_view path) {
  std::string plain;
  if (!path.starts_with('/'))
    return plain;
  while (!path.empty()) {
    const std::string_view part = take_part(path);
    if (part == "..")
      plain.resize(plain.empty() ? 0 : plain.rfind('/'));
    else if (!part.empty() && part != ".")
      plain.append(1, '/').append(part);
  }
  return plain;
}

} // namespace monster
