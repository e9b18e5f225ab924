// SPDX-License-Identifier: Apache-2.0
// What the agent tells of itself: 9900 and 9901.
#pragma once

#include "agent/event_writer.hpp"
#include "base/named_count.hpp"

namespace monster {

class SelfReports {
public:
  // All four must outlive it.
  SelfReports(const RunFacts& facts, ProcessTable& processes, Ledger& ledger, EventWriter& writer)
      : facts_(facts), processes_(processes), ledger_(ledger), writer_(writer) {}

  // The kernel's counters were read; what was lost since the last time is told. `now` is the pipeline's time.
  void counters(const CountersNotice& notice, BootTime now);
  void loss(const LossNotice& notice, BootTime now);
  // `counts`: of the pipeline itself, beside those that were measured.
  void health(const HealthReport& report, std::span<const NamedCount> counts, BootTime now);
  // The wall clock was set, by this much.
  void clock_stepped(Duration step) { clock_step_.ns += step.ns; }

private:
  struct Lost {
    Family family;
    LossCause cause;
    std::uint64_t count;
    BootTime since;
  };
  void tell_losses(const Lost& lost, std::span<const ProcessLoss> processes, BootTime now);
  void tell_loss(const Lost& lost, std::uint64_t count, BootTime now, const ProcessIdentity* whose);

  const RunFacts& facts_;
  ProcessTable& processes_;
  Ledger& ledger_;
  EventWriter& writer_;
  CountersNotice counters_;
  std::vector<ProcessLoss> ahead_; // of the sums that were read with them
  Duration clock_step_{};
};

} // namespace monster
