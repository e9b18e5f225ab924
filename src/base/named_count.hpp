// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace monster {

// A counter that 9900 tells when it is not zero; its name is a literal.
struct NamedCount {
  std::string_view name;
  std::uint64_t count = 0;
};

} // namespace monster
