// SPDX-License-Identifier: Apache-2.0
// The conservation law of what is observed, per family:
//   observed = suppressed + condensed + filtered + emitted + lost + pending.
// The kernel counts acts at its hooks, the pipeline counts records and rows; neither derives from the other,
// so a balance that holds says that nothing went missing in between.
#pragma once

#include "event/field.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace monster {

struct FamilyLedger {
  std::uint64_t observed = 0;
  std::uint64_t suppressed = 0;
  std::uint64_t condensed = 0;
  std::uint64_t filtered = 0;
  std::uint64_t emitted = 0;
  std::uint64_t lost = 0;
  std::uint64_t pending = 0;

  [[nodiscard]] bool balances() const {
    return observed == suppressed + condensed + filtered + emitted + lost + pending;
  }
};

// What the kernel programs counted of one family since they were loaded.
struct KernelCounts {
  std::uint64_t seen = 0;
  std::uint64_t suppressed = 0;
  std::uint64_t condensed = 0;
  std::uint64_t sent = 0;
  std::uint64_t lost_ring = 0;
  std::uint64_t lost_map = 0;
  std::uint64_t lost_scratch = 0;
  std::uint64_t lost_end = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t lost_blocks = 0; // beyond what one process may have open
  std::uint64_t lost_share = 0;  // beyond one process's share of a filling ring

  [[nodiscard]] std::uint64_t lost() const {
    return lost_ring + lost_map + lost_scratch + lost_end + lost_blocks + lost_share;
  }
};

class Ledger {
public:
  // Rows (kept or filtered) that the input which is being handled gives; record() or no_record() ends it.
  void row(Family family, std::uint64_t rows = 1) { of(family).rows += rows; }
  // The input was a record of `family`. One that gave no row of its family was folded into what is known;
  // of other families its rows are extra: a fork told because it wrote.
  void record(Family family) {
    ++of(family).received;
    if (std::exchange(of(family).rows, of(family).rows == 0 ? 0 : of(family).rows - 1) == 0)
      ++of(family).condensed;
    no_record();
  }
  // No record gave those rows.
  void no_record() {
    for (Sums& sums : sums_)
      sums.expanded += std::exchange(sums.rows, 0);
  }
  // Rows that no record gave: reports.
  void extra(Family family, std::uint64_t rows) { of(family).expanded += rows; }
  void emitted(Family family) { ++of(family).emitted; }
  void filtered(Family family, std::uint64_t rows = 1) { of(family).filtered += rows; }
  void lost(Family family, std::uint64_t records) { of(family).lost += records; }
  // A record that could not be read, or was the twin of another.
  void unusable(Family family) {
    ++of(family).received;
    ++of(family).lost;
  }
  void waits(Family family) { ++of(family).waiting; }
  void waits_no_more(Family family) { --of(family).waiting; }
  void kernel(Family family, const KernelCounts& counts) { of(family).kernel = counts; }

  [[nodiscard]] FamilyLedger balance(Family family) const;
  [[nodiscard]] const KernelCounts& kernel(Family family) const { return sums_[index(family)].kernel; }
  [[nodiscard]] std::uint64_t lost_total() const;
  // {"process": {"observed": 1, ...}, ...}
  [[nodiscard]] std::string json() const;

private:
  struct Sums {
    KernelCounts kernel;
    std::uint64_t received = 0, condensed = 0, expanded = 0, filtered = 0, emitted = 0, lost = 0, waiting = 0;
    std::uint64_t rows = 0; // of the input that is being handled
  };
  static std::size_t index(Family family) { return static_cast<std::size_t>(family); }
  Sums& of(Family family) { return sums_[index(family)]; }

  std::array<Sums, family_count> sums_;
};

} // namespace monster
