// SPDX-License-Identifier: Apache-2.0
// The rows of one event type, from the buffer into one file after another.
#pragma once

#include "base/clock.hpp"
#include "export/latency.hpp"
#include "export/losses.hpp"
#include "export/tsv/part_file.hpp"
#include "export/tsv/tsv_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace monster {

// Rows by where they are, and what happened to files. The writer's thread counts; others see copies.
struct TsvCounters {
  std::uint64_t taken = 0;    // = buffered + unsynced + unsure + synced + dropped + filtered
  std::uint64_t carried = 0;  // of taken: rows told again, before their file was deleted
  std::uint64_t buffered = 0; // encoded, not written
  std::uint64_t unsynced = 0; // written, fdatasync still to come
  std::uint64_t unsure = 0;   // written, but fdatasync failed after it
  std::uint64_t synced = 0;
  std::uint64_t dropped = 0;
  std::uint64_t filtered = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t files_finished = 0;
  std::uint64_t files_left_part = 0; // could not be renamed; the next start does it
  std::uint64_t files_deleted = 0;   // by keep_bytes
  std::uint64_t not_carried = 0;     // processes beyond what is followed, and files that could not be read
  std::uint64_t write_failures = 0;
  std::uint64_t sync_failures = 0;
};

// What the streams of one exporter share; all of it outlives them.
struct TsvSink {
  const TsvOptions& options;
  const Clock& clock;
  FileApi& files;
  int directory;
  RunId run;
  LatencyHistogram& latency;
  TsvCounters counters = {};
  std::vector<LossReport> losses = {}; // since the exporter last fetched them
};

class RowStream {
public:
  RowStream(TsvSink& sink, std::size_t payload_index, const EventInfo& event)
      : sink_(&sink), payload_index_(payload_index), event_(&event) {}

  // False while the disk refuses and the buffer is full: then drop_row() it.
  [[nodiscard]] bool has_room() const { return error_ == 0 || buffer_.size() < sink_->options.buffer_bytes; }
  // Append exactly one row with its newline to rows(), then call row_added().
  [[nodiscard]] std::string& rows() { return buffer_; }
  void row_added(WallTime happened);
  void drop_row(WallTime happened);

  // Writes what is buffered, if the disk takes it.
  void write_out() { flush(sink_->clock.boot_now()); }
  // Flushes, syncs and rotates what is due.
  void tick(BootTime now);
  // Writes all, drops what cannot be written, finishes the file.
  void close();

  [[nodiscard]] bool has_rows() const { return !happened_.empty(); }
  [[nodiscard]] bool has_file() const { return file_.has_value(); }
  // Of the file that is written, or will be next.
  [[nodiscard]] std::uint32_t file_number() const { return file_ ? file_->name().number : next_number_; }

private:
  void flush(BootTime now);
  [[nodiscard]] bool may_write(BootTime now);
  [[nodiscard]] bool ensure_file(BootTime now);
  void count_written(std::size_t bytes);
  void sync(BootTime now);
  void finish_file(BootTime now);
  void refused(int error, BootTime now);
  void report_loss(const LossSpan& loss);

  TsvSink* sink_;
  std::size_t payload_index_;
  const EventInfo* event_;
  std::string buffer_;
  std::vector<WallTime> happened_; // of each row not yet written
  BootTime oldest_row_;            // when the first of them came in
  std::optional<PartFile> file_;
  std::uint32_t next_number_ = 1;
  BootTime opened_;
  BootTime synced_;
  std::uint64_t unsynced_ = 0;
  int error_ = 0; // why the disk refused last; 0 when it did not
  BootTime retry_at_;
};

} // namespace monster
