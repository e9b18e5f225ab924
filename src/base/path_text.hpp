// SPDX-License-Identifier: Apache-2.0
// Paths as text: what they say by themselves. Nothing is looked up, symbolic links are not followed: it is
// what a caller wrote, not what the kernel found.
#pragma once

#include <string>
#include <string_view>

namespace monster {

// The last part; empty for "/" and for what ends with a slash.
[[nodiscard]] std::string_view base_name(std::string_view path);

// What stands before the last part, with its slash; empty where there is no slash.
[[nodiscard]] std::string_view directory_part(std::string_view path);

// `argument` as an absolute path without "." and "..", relative ones from `base`. A relative one without a base
// stays as it is: no root that nobody named is put before it.
[[nodiscard]] std::string absolute_path(std::string_view base, std::string_view argument);

// Absolute, and no part is empty, `.` or `..`: only such a path can be compared with a pattern. A final
// `/` is an empty part, so that `/` itself is not plain.
[[nodiscard]] bool is_plain_path(std::string_view path);

// The same path made plain, `..` above the root stays there. Empty when `path` is not absolute or leads to
// the root.
[[nodiscard]] std::string plain_path(std::string_view path);

} // namespace monster
