// SPDX-License-Identifier: Apache-2.0
// Everything of the TSV exporter but its thread: batches in, files out.
#pragma once

#include "export/tsv/carried_processes.hpp"
#include "export/tsv/retention.hpp"
#include "export/tsv/row_stream.hpp"

#include <cstdint>
#include <vector>

namespace monster {

// Not thread-safe. Options, clock, files and the directory's fd outlive it; origin.host too.
class TsvWriter {
public:
  TsvWriter(const TsvOptions& options, const ExportContext& context, FileApi& files, int directory,
            LatencyHistogram& latency);
  TsvWriter(const TsvWriter&) = delete;
  TsvWriter& operator=(const TsvWriter&) = delete;

  // `gap_before`: events to deliver that were lost before this batch; their numbers stay unused.
  void write(const Batch& batch, std::uint64_t gap_before);
  // As write(), but everything counts as lost: the time to stop has run out.
  void discard(const Batch& batch, std::string_view reason);
  // Does what is due; call it after every batch and at next_tick().
  void tick();
  [[nodiscard]] Duration next_tick() const;
  void close();

  [[nodiscard]] const TsvCounters& counters() const { return sink_.counters; }
  [[nodiscard]] std::vector<LossReport> take_losses() { return std::exchange(sink_.losses, {}); }

private:
  void write_row(const Event& event);
  void enforce_retention();
  void save_processes(const TsvFileName& file, const std::string& oldest_kept);
  void carry_row(RowStream& stream, std::string_view row);

  TsvSink sink_;
  Origin origin_;
  Retention retention_;
  CarriedProcesses carried_;
  std::vector<RowStream> streams_; // by index in Payload
  std::int64_t stream_seq_ = 0;
  BootTime retention_at_;
  std::uint64_t unread_ = 0; // 1500 files that went without their processes
};

} // namespace monster
