// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <ctime>

namespace monster {
namespace {

std::int64_t read_ns(clockid_t id) {
  timespec now{};
  ::clock_gettime(id, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

} // namespace

BootTime SystemClock::boot_now() const { return {read_ns(CLOCK_BOOTTIME)}; }

// The wall clock is read between two readings of the boot clock, whose middle is its partner.
ClockOffset SystemClock::offset() const {
  const std::int64_t before = read_ns(CLOCK_BOOTTIME);
  const std::int64_t wall = read_ns(CLOCK_REALTIME);
  const std::int64_t after = read_ns(CLOCK_BOOTTIME);
  return {wall - (before + (after - before) / 2)};
}

} // namespace monster
