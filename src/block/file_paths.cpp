// SPDX-License-Identifier: Apache-2.0
#include "block/file_paths.hpp"

namespace monster {
namespace {

void append_parts(std::string& path, std::string_view text) {
  while (!text.empty()) {
    const std::size_t slash = text.find('/');
    const std::string_view part = text.substr(0, slash);
    text = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
    if (part.empty() || part == ".")
      continue;
    if (part != "..")
      path.append("/").append(part);
    else if (const std::size_t last = path.rfind('/'); last != std::string::npos)
      path.resize(last);
  }
}

} // namespace

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

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

} // namespace monster
