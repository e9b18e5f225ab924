// SPDX-License-Identifier: Apache-2.0
// Counting what an exporter could not deliver, until someone asks for it.
#pragma once

#include "export/exporter.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace monster {

[[nodiscard]] inline Family family_of(const Event& event) { return info_of(event.payload).family; }
[[nodiscard]] inline bool is_detail(const Event& event) {
  return info_of(event.payload).event_class == EventClass::detail;
}

// How many of one family were lost, and between which event times.
struct LossSpan {
  std::uint64_t count = 0;
  WallTime from{std::numeric_limits<std::int64_t>::max()};
  WallTime to{std::numeric_limits<std::int64_t>::min()};

  void add(WallTime at) { add({1, at, at}); }
  void add(const LossSpan& other) {
    count += other.count;
    from = std::min(from, other.from);
    to = std::max(to, other.to);
  }
};

using LossByFamily = std::array<LossSpan, family_count>;

// Written by the reader, which must not wait, and emptied by another thread. A taking that falls into an
// adding may widen the times of the next report; no count is ever missed or told twice.
class LossTally {
public:
  void add(const LossByFamily& losses);
  void take(std::string_view exporter, std::string_view stage, std::string_view reason, std::vector<LossReport>& out);

private:
  struct Cell {
    std::atomic<std::uint64_t> count{0};
    std::atomic<std::int64_t> from{std::numeric_limits<std::int64_t>::max()};
    std::atomic<std::int64_t> to{std::numeric_limits<std::int64_t>::min()};
    LossSpan last; // the taker's: times for a count whose own times went with the report before
  };
  std::array<Cell, family_count> cells_;
};

// Adds to the report of the same family, stage and reason, so that the list stays as short as there are reasons.
void merge_loss(std::vector<LossReport>& reports, const LossReport& loss);

} // namespace monster
