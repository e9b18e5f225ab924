// SPDX-License-Identifier: Apache-2.0
// Numbers with a unit: "64MiB", "15min". What format_* writes, parse_* reads back as the same value.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace monster {

// Decimal digits with an optional leading minus, nothing else; none when it does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_whole_number(std::string_view text);
// A whole number with B, KiB, MiB, GiB or TiB right behind it.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
// A whole number with ms, s, min, h or d right behind it.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

[[nodiscard]] std::string format_size(std::uint64_t bytes);
// `duration` is in whole milliseconds and not negative.
[[nodiscard]] std::string format_duration(Duration duration);

} // namespace monster
