// SPDX-License-Identifier: Apache-2.0
#include "config/outline.hpp"

#include "base/nearest_word.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace monster {

std::string join_path(std::string_view group, std::string_view name) {
  return group.empty() ? std::string(name) : fmt::format("{}.{}", group, name);
}

const Option* find_option(std::string_view path) {
  const auto options = config_options();
  const auto place = std::ranges::find(options, path, &Option::path);
  return place == options.end() ? nullptr : &*place;
}

bool is_group(std::string_view path) {
  return path.empty() || std::ranges::any_of(config_options(), [path](const Option& option) {
           return option.path.size() > path.size() && option.path.starts_with(path) && option.path[path.size()] == '.';
         });
}

std::vector<std::string_view> names_below(std::string_view group) {
  std::vector<std::string_view> names;
  for (const Option& option : config_options()) {
    std::string_view rest = option.path;
    if (!group.empty()) {
      if (rest.size() <= group.size() || !rest.starts_with(group) || rest[group.size()] != '.')
        continue;
      rest.remove_prefix(group.size() + 1);
    }
    const std::string_view name = rest.substr(0, rest.find('.'));
    if (names.empty() || names.back() != name)
      names.push_back(name);
  }
  return names;
}

std::optional<std::string_view> similar_name(std::string_view group, std::string_view name) {
  return nearest_word(names_below(group), name);
}

} // namespace monster
