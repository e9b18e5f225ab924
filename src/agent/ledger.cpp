// SPDX-License-Identifier: Apache-2.0
#include "agent/ledger.hpp"

#include "event/agent_events.hpp"

#include <fmt/format.h>

namespace monster {

FamilyLedger Ledger::balance(Family family) const {
  const Sums& s = sums_[index(family)];
  FamilyLedger b;
  b.observed = s.kernel.seen + s.expanded;
  b.suppressed = s.kernel.suppressed;
  b.condensed = s.kernel.condensed + s.condensed;
  b.filtered = s.filtered;
  b.emitted = s.emitted;
  b.lost = s.kernel.lost() + s.lost;
  // What the kernel sent and nobody read yet is on its way; counters are read before the rings, so it may
  // also be the other way round for a moment.
  b.pending = s.waiting + s.kernel.sent - s.received;
  return b;
}

std::uint64_t Ledger::lost_total() const {
  std::uint64_t sum = 0;
  for (const Sums& s : sums_)
    sum += s.kernel.lost() + s.lost;
  return sum;
}

std::string Ledger::json() const {
  std::string text = "{";
  for (std::size_t i = 0; i < family_count; ++i) {
    const auto family = static_cast<Family>(i);
    const FamilyLedger b = balance(family);
    text += fmt::format(
        R"({}"{}":{{"observed":{},"suppressed":{},"condensed":{},"filtered":{},"emitted":{},"lost":{},"pending":{}}})",
        i == 0 ? "" : ",", name_of(family), b.observed, b.suppressed, b.condensed, b.filtered, b.emitted, b.lost,
        static_cast<std::int64_t>(b.pending));
  }
  return text + "}";
}

} // namespace monster
