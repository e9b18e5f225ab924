// SPDX-License-Identifier: Apache-2.0
// The tree of names that the options' dotted paths make.
#pragma once

#include "config/option.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

// "export.tsv" and "enabled" are "export.tsv.enabled"; the root is "".
[[nodiscard]] std::string join_path(std::string_view group, std::string_view name);

[[nodiscard]] const Option* find_option(std::string_view path);
[[nodiscard]] bool is_group(std::string_view path);
// The names right below a group, in the order of the options.
[[nodiscard]] std::vector<std::string_view> names_below(std::string_view group);
// The name below `group` that somebody who wrote `name` is likely to have meant.
[[nodiscard]] std::optional<std::string_view> similar_name(std::string_view group, std::string_view name);

} // namespace monster
