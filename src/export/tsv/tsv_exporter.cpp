// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/tsv_exporter.hpp"

#include "export/linux/files.hpp"

#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace monster {

Result<UniqueFd> open_events_directory(const std::string& data_directory) {
  return open_private_directory(data_directory, "events");
}

Result<std::unique_ptr<TsvExporter>> TsvExporter::make(const Options& options, const ExportContext& context) {
  Result<UniqueFd> directory = open_events_directory(options.data_directory);
  if (!directory)
    return fail(std::move(directory.error()));
  return std::make_unique<TsvExporter>(options, context, std::move(*directory), std::make_unique<LinuxFiles>());
}

TsvExporter::TsvExporter(const Options& options, const ExportContext& context, UniqueFd directory,
                         std::unique_ptr<FileApi> files)
    : options_(options), host_(context.origin.host), clock_(context.clock), directory_(std::move(directory)),
      files_(std::move(files)), intake_(options.queue, options.details),
      writer_(options_, {{context.origin.host_id, host_, context.origin.run_id}, context.clock}, *files_,
              directory_.get(), latency_) {}

TsvExporter::~TsvExporter() {
  if (thread_.joinable())
    static_cast<void>(stop(seconds(1)));
}

Result<> TsvExporter::start() {
  if (stopped_ || thread_.joinable())
    return fail({"start exporter", std::string(kind), "it was started before"});
  try {
    thread_ = std::jthread([this] { run(); });
  } catch (const std::system_error& error) {
    return fail({"start exporter", std::string(kind), error.what()});
  }
  return {};
}

Result<> TsvExporter::stop(Duration patience) {
  if (stopped_)
    return {};
  stopped_ = true;
  deadline_.store((clock_.boot_now() + patience).ns);
  intake_.close();
  if (thread_.joinable())
    thread_.join();
  else
    run();
  const TsvCounters& last = writer_.counters();
  const std::uint64_t undelivered = last.dropped + last.unsure;
  if (undelivered > 0 || last.files_left_part > 0)
    return fail({"write", options_.data_directory + "/events",
                 fmt::format("{} events are not on disk for sure, {} files were not renamed", undelivered,
                             last.files_left_part),
                 "look at free space and at the disk's health"});
  return {};
}

void TsvExporter::run() {
  while (true) {
    // Asked before the queue: what was offered before the closing is then seen below.
    const bool closing = intake_.closed();
    if (const QueueItem* item = intake_.front()) {
      handle(*item);
      intake_.pop();
    } else if (closing) {
      break;
    } else {
      intake_.wait(writer_.next_tick());
    }
    writer_.tick();
    publish();
  }
  writer_.close();
  publish();
}

void TsvExporter::handle(const QueueItem& item) {
  if (clock_.boot_now().ns <= deadline_.load())
    writer_.write(*item.batch, item.gap_before);
  else
    writer_.discard(*item.batch, "still queued when the time to stop had run out");
}

void TsvExporter::publish() {
  std::vector<LossReport> losses = writer_.take_losses();
  const std::lock_guard lock(mutex_);
  published_ = writer_.counters();
  for (const LossReport& loss : losses)
    merge_loss(losses_, loss);
}

ExporterLedger TsvExporter::ledger() const {
  TsvCounters out;
  {
    const std::lock_guard lock(mutex_);
    out = published_;
  }
  const IntakeCounts in = intake_.counts();
  ExporterLedger ledger;
  ledger.given = in.offered - in.filtered - out.filtered + out.carried;
  ledger.queued = in.offered - in.filtered - in.dropped - out.taken + out.carried + out.buffered;
  ledger.acknowledged = out.synced;
  ledger.unconfirmed = out.unsynced + out.unsure;
  ledger.dropped = in.dropped + out.dropped;
  return ledger;
}

std::vector<LossReport> TsvExporter::take_losses() {
  std::vector<LossReport> losses;
  {
    const std::lock_guard lock(mutex_);
    losses = std::exchange(losses_, {});
  }
  intake_.take_losses(kind, losses);
  return losses;
}

std::vector<NamedCount> TsvExporter::counters() const {
  const std::uint64_t filtered_in_queue = intake_.counts().filtered;
  const std::lock_guard lock(mutex_);
  return {
      {"filtered", published_.filtered + filtered_in_queue}, {"bytes_written", published_.bytes_written},
      {"files_finished", published_.files_finished},         {"files_left_part", published_.files_left_part},
      {"files_deleted", published_.files_deleted},           {"write_failures", published_.write_failures},
      {"sync_failures", published_.sync_failures},           {"processes_carried", published_.carried},
      {"processes_not_carried", published_.not_carried},
  };
}

} // namespace monster
