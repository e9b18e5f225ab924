// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace monster {

// Absolute, and no part is empty, `.` or `..`: only such a path can be compared with a pattern. A final
// `/` is an empty part, so that `/` itself is not plain.
[[nodiscard]] bool is_plain_path(std::string_view path);

// The same path made plain by its text alone: links are not asked, `..` above the root stays there.
// Empty when `path` is not absolute or leads to the root.
[[nodiscard]] std::string plain_path(std::string_view path);

} // namespace monster
