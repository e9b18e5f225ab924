// SPDX-License-Identifier: Apache-2.0
// Paths as text: what an argument means where it was used.
#pragma once

#include <string>
#include <string_view>

namespace monster {

// `argument` as an absolute path without "." and "..", relative ones from `base`. Symbolic links are not
// followed: it is what the caller wrote, not what the kernel found. A relative one without a base stays as
// it is: no root that nobody named is put before it.
[[nodiscard]] std::string absolute_path(std::string_view base, std::string_view argument);

// The last part; empty for "/".
[[nodiscard]] std::string_view base_name(std::string_view path);

} // namespace monster
