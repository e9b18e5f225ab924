// SPDX-License-Identifier: Apache-2.0
// Whose acts were lost in the kernel, and why.
#pragma once

#include "base/key.hpp"
#include "event/field.hpp"

#include <cstdint>

namespace monster {

enum class LossCause : std::uint8_t { ring, map, memory, end, blocks, share };

struct ProcessLoss {
  ProcessIdentity process; // the image that ran when the last of them was lost
  Family family = Family::process;
  LossCause cause = LossCause::ring;
  std::uint64_t count = 0;
  friend bool operator==(const ProcessLoss&, const ProcessLoss&) = default;
};

} // namespace monster
