// SPDX-License-Identifier: Apache-2.0
// Two clocks, two types: what the kernel stamps, and what a reader of the events sees.
#pragma once

#include <compare>
#include <cstdint>

namespace monster {

// Nanoseconds of CLOCK_BOOTTIME: bpf_ktime_get_boot_ns(), task_struct::start_boottime.
struct BootTime {
  std::int64_t ns = 0;
  friend auto operator<=>(BootTime, BootTime) = default;
};

// Nanoseconds since 1970-01-01 UTC.
struct WallTime {
  std::int64_t ns = 0;
  friend auto operator<=>(WallTime, WallTime) = default;
};

struct Duration {
  std::int64_t ns = 0;
  friend auto operator<=>(Duration, Duration) = default;
};

constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000'000}; }

constexpr BootTime operator+(BootTime t, Duration d) { return {t.ns + d.ns}; }
constexpr BootTime operator-(BootTime t, Duration d) { return {t.ns - d.ns}; }
constexpr Duration operator-(BootTime a, BootTime b) { return {a.ns - b.ns}; }
constexpr Duration operator-(WallTime a, WallTime b) { return {a.ns - b.ns}; }

// Wall clock minus boot clock at one moment; measured again and told when it changes.
struct ClockOffset {
  std::int64_t ns = 0;
  friend auto operator<=>(ClockOffset, ClockOffset) = default;
  [[nodiscard]] constexpr WallTime to_wall(BootTime t) const { return {t.ns + ns}; }
};

} // namespace monster
