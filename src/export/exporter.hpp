// SPDX-License-Identifier: Apache-2.0
// What every destination of events promises to the rest of the agent.
#pragma once

#include "base/clock.hpp"
#include "base/named_count.hpp"
#include "base/result.hpp"
#include "event/batch.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

// Events, not batches. What the exporter's own options filter out was never given to it to deliver.
struct ExporterLedger {
  std::uint64_t given = 0;
  std::uint64_t queued = 0;       // in memory
  std::uint64_t spooled = 0;      // on our disk, on the way to a server
  std::uint64_t acknowledged = 0; // the destination has it for good
  std::uint64_t unconfirmed = 0;  // handed over, and nothing says that it arrived
  std::uint64_t dropped = 0;

  [[nodiscard]] bool balances() const { return given == queued + spooled + acknowledged + unconfirmed + dropped; }
};

// One 9901 to be: what an exporter could not deliver. The sum over all reports is the ledger's `dropped`.
struct LossReport {
  std::string exporter;
  Family family = Family::agent;
  std::string stage; // "queue", "disk", "stop"
  std::string reason;
  std::uint64_t count = 0;
  WallTime from; // of the earliest event lost
  WallTime to;   // of the latest
};

// From an event's time to its hand-over to the sink (for files: write(2) returned).
struct LatencySummary {
  std::uint64_t count = 0;
  Duration p50;
  Duration p99;
  Duration max;
};

class Exporter {
public:
  virtual ~Exporter() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  // Called by the reader thread only. Never blocks; a system call only when the exporter sleeps.
  // False: the batch was dropped, counted, and its place in stream_seq stays empty.
  virtual bool offer(SharedBatch batch) = 0;
  // More than half of what may wait for it does. From the reader thread.
  [[nodiscard]] virtual bool is_behind() const = 0;
  // Once; after it the exporter's own thread runs.
  [[nodiscard]] virtual Result<> start() = 0;
  // Delivers what is queued for at most `patience`, drops and counts the rest, and joins the thread.
  // An error tells that something could not be delivered; the ledger is final either way.
  [[nodiscard]] virtual Result<> stop(Duration patience) = 0;
  // The rest from any thread, at any time.
  [[nodiscard]] virtual ExporterLedger ledger() const = 0;
  // What was lost since the last call.
  [[nodiscard]] virtual std::vector<LossReport> take_losses() = 0;
  [[nodiscard]] virtual LatencySummary latency() const = 0;
  [[nodiscard]] virtual std::vector<NamedCount> counters() const = 0;
};

// What an exporter needs to know of the run. `origin.host` is copied; the clock must outlive the exporter.
struct ExportContext {
  Origin origin;
  const Clock& clock;
};

} // namespace monster
