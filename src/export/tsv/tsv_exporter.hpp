// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/exporter.hpp"
#include "export/file_api.hpp"
#include "export/intake.hpp"
#include "export/latency.hpp"
#include "export/tsv/tsv_options.hpp"
#include "export/tsv/tsv_writer.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace monster {

// The TSV files' events directory below the data directory, made and checked; see open_private_directory.
[[nodiscard]] Result<UniqueFd> open_events_directory(const std::string& data_directory);

// Rows that are written but not yet synced are `unconfirmed`, after fdatasync `acknowledged`.
class TsvExporter final : public Exporter {
public:
  static constexpr std::string_view kind = "tsv";
  using Options = TsvOptions;

  // Opens the directory; does not recover what a dead run left (recover_parts does).
  [[nodiscard]] static Result<std::unique_ptr<TsvExporter>> make(const Options& options, const ExportContext& context);
  TsvExporter(const Options& options, const ExportContext& context, UniqueFd directory, std::unique_ptr<FileApi> files);
  TsvExporter(const TsvExporter&) = delete;
  TsvExporter& operator=(const TsvExporter&) = delete;
  ~TsvExporter() override;

  [[nodiscard]] std::string_view name() const override { return kind; }
  bool offer(SharedBatch batch) override { return intake_.offer(batch); }
  [[nodiscard]] bool is_behind() const override { return intake_.is_behind(); }
  [[nodiscard]] Result<> start() override;
  // The last offer must have returned before.
  [[nodiscard]] Result<> stop(Duration patience) override;
  [[nodiscard]] ExporterLedger ledger() const override;
  [[nodiscard]] std::vector<LossReport> take_losses() override;
  [[nodiscard]] LatencySummary latency() const override { return latency_.summary(); }
  [[nodiscard]] std::vector<NamedCount> counters() const override;

private:
  void run();
  void handle(const QueueItem& item);
  void publish();

  const Options options_;
  const std::string host_;
  const Clock& clock_;
  const UniqueFd directory_;
  const std::unique_ptr<FileApi> files_;
  LatencyHistogram latency_;
  Intake intake_;
  TsvWriter writer_; // the thread's
  std::jthread thread_;
  bool stopped_ = false;
  std::atomic<std::int64_t> deadline_{INT64_MAX}; // boot time until which a stop waits for the queue

  mutable std::mutex mutex_; // held for copies only, never across a write
  TsvCounters published_;
  std::vector<LossReport> losses_;
};

} // namespace monster
