// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace monster {

// That of the CMake project: "0.1.0".
[[nodiscard]] std::string_view agent_version();

} // namespace monster
