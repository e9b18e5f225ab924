// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace monster {

// What this process used so far.
struct SelfUse {
  std::uint64_t cpu_user_ns = 0;
  std::uint64_t cpu_system_ns = 0;
  std::uint64_t rss_anon = 0; // bytes, from /proc/self/status
};

[[nodiscard]] SelfUse self_use();

} // namespace monster
