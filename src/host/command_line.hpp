// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace monster {

// Strings that each end with a NUL, as the kernel keeps arguments and environment; a last one that was cut
// has none.
[[nodiscard]] std::vector<std::string_view> split_at_nul(std::string_view block);

// Arguments as one line that a shell would take apart the same way: quoted where needed.
[[nodiscard]] std::string join_arguments(std::string_view block);

} // namespace monster
