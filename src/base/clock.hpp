// SPDX-License-Identifier: Apache-2.0
// The seam through which the agent sees time; tests and replay put their own behind it.
#pragma once

#include "base/time.hpp"

namespace monster {

class Clock {
public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual BootTime boot_now() const = 0;
  // Wall minus boot, both read as close together as the host allows.
  [[nodiscard]] virtual ClockOffset offset() const = 0;
};

// clock_gettime(CLOCK_BOOTTIME and CLOCK_REALTIME).
class SystemClock final : public Clock {
public:
  [[nodiscard]] BootTime boot_now() const override;
  [[nodiscard]] ClockOffset offset() const override;
};

} // namespace monster
