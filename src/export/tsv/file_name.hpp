// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key.hpp"
#include "event/event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace monster {

// 2500_file_block-s1-20260102T030405Z-0a1b2c3d-1.tsv; `.part` after it while it is written.
struct TsvFileName {
  std::uint16_t event_id = 0;
  std::string event;
  std::uint32_t schema = 0;
  std::string start; // of the file, UTC
  std::string run;   // the first 8 digits of the run_id
  std::uint32_t number = 0;

  [[nodiscard]] std::string finished() const;
  [[nodiscard]] std::string part() const { return finished() + ".part"; }
};

[[nodiscard]] TsvFileName tsv_file_name(const EventInfo& event, WallTime start, RunId run, std::uint32_t number);

// Null for every name that tsv_file_name could not have made (any event and schema version, of other releases too).
[[nodiscard]] std::optional<TsvFileName> parse_finished_name(std::string_view name);
[[nodiscard]] std::optional<TsvFileName> parse_part_name(std::string_view name);

} // namespace monster
