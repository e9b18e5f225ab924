// SPDX-License-Identifier: Apache-2.0
#include "policy/process_names.hpp"

#include <algorithm>

namespace monster {
namespace {

constexpr std::string_view separators = "/\\";

std::string with_slashes(std::string_view path) {
  std::string slashes(path);
  std::ranges::replace(slashes, '\\', '/');
  return slashes;
}

bool any_matches(const std::vector<Glob>& globs, std::string_view text) {
  return std::ranges::any_of(globs, [text](const Glob& glob) { return glob.matches(text); });
}

} // namespace

Result<ProcessNames> ProcessNames::make(std::span<const std::string> entries) {
  ProcessNames made;
  for (const std::string& entry : entries) {
    Result<Glob> glob = Glob::make(with_slashes(entry), GlobCase::ascii_folded);
    if (!glob)
      return fail(std::move(glob.error()));
    const bool path = entry.find_first_of(separators) != std::string::npos;
    (path ? made.paths_ : made.names_).push_back(std::move(*glob));
  }
  return made;
}

bool ProcessNames::contains(std::string_view image) const {
  const std::size_t last = image.find_last_of(separators);
  if (any_matches(names_, last == std::string_view::npos ? image : image.substr(last + 1)))
    return true;
  return !paths_.empty() && any_matches(paths_, with_slashes(image));
}

} // namespace monster
