// SPDX-License-Identifier: Apache-2.0
// What the agent tells of itself: 9900 and 9901.
#pragma once

#include "agent/event_writer.hpp"
#include "base/named_count.hpp"

namespace monster {

class SelfReports {
public:
  // All three must outlive it.
  SelfReports(const RunFacts& facts, Ledger& ledger, EventWriter& writer)
      : facts_(facts), ledger_(ledger), writer_(writer) {}

  // The kernel's counters were read; what was lost since the last time is told. `now` is the pipeline's time.
  void counters(const CountersNotice& notice, BootTime now);
  void loss(const LossNotice& notice, BootTime now);
  // `counts`: of the pipeline itself, beside those that were measured.
  void health(const HealthReport& report, std::span<const NamedCount> counts, BootTime now);
  // The wall clock was set, by this much.
  void clock_stepped(Duration step) { clock_step_.ns += step.ns; }

private:
  const RunFacts& facts_;
  Ledger& ledger_;
  EventWriter& writer_;
  CountersNotice counters_;
  Duration clock_step_{};
};

} // namespace monster
