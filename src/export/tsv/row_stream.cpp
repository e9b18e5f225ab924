// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/row_stream.hpp"

#include "event/tsv.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace monster {

void RowStream::row_added(WallTime happened) {
  if (happened_.empty())
    oldest_row_ = sink_->clock.boot_now();
  happened_.push_back(happened);
  ++sink_->counters.buffered;
  if (buffer_.size() >= sink_->options.buffer_bytes)
    flush(sink_->clock.boot_now());
}

void RowStream::drop_row(WallTime happened) {
  ++sink_->counters.dropped;
  report_loss({1, happened, happened});
}

void RowStream::tick(BootTime now) {
  const TsvOptions& options = sink_->options;
  if (has_rows() && now - oldest_row_ >= options.flush_after)
    flush(now);
  if (unsynced_ > 0 && now - synced_ >= options.sync_after)
    sync(now);
  if (file_ && now - opened_ >= options.rotate_after)
    finish_file(now);
}

void RowStream::close() {
  const BootTime now = sink_->clock.boot_now();
  retry_at_ = now;
  flush(now);
  if (file_)
    finish_file(now);
  LossSpan lost;
  for (const WallTime happened : happened_)
    lost.add({1, happened, happened});
  if (lost.count == 0)
    return;
  sink_->counters.buffered -= lost.count;
  sink_->counters.dropped += lost.count;
  report_loss(lost);
  happened_.clear();
  buffer_.clear();
}

void RowStream::flush(BootTime now) {
  if (buffer_.empty() || !may_write(now) || !ensure_file(now))
    return;
  const PartFile::Appended appended = file_->append(buffer_);
  count_written(appended.bytes);
  if (appended.error != 0)
    refused(appended.error, now);
  else
    error_ = 0;
}

// A full disk is asked for room before it is written to, so that it is not filled row by row.
bool RowStream::may_write(BootTime now) {
  if (error_ == 0)
    return true;
  if (now < retry_at_)
    return false;
  if (error_ != ENOSPC)
    return true;
  const OsResult<std::uint64_t> room = sink_->files.free_bytes(sink_->directory);
  const std::uint64_t wanted = std::max(sink_->options.buffer_bytes, buffer_.size());
  if (room && *room >= wanted)
    return true;
  retry_at_ = now + sink_->options.retry_after;
  return false;
}

bool RowStream::ensure_file(BootTime now) {
  if (file_ && file_->size() + buffer_.size() > sink_->options.rotate_bytes)
    finish_file(now);
  if (file_)
    return true;
  const WallTime start = sink_->clock.offset().to_wall(now);
  const TsvFileName name = tsv_file_name(*event_, start, sink_->run, next_number_);
  const std::string header = tsv_header(payload_index_);
  OsResult<PartFile> made = PartFile::create(sink_->files, sink_->directory, name, header);
  if (!made) {
    refused(made.error(), now);
    return false;
  }
  file_.emplace(std::move(*made));
  next_number_ = file_->name().number + 1;
  opened_ = now;
  synced_ = now;
  sink_->counters.bytes_written += header.size();
  return true;
}

void RowStream::count_written(std::size_t bytes) {
  const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(bytes);
  const bool all = bytes == buffer_.size();
  const std::size_t rows = all ? happened_.size() : static_cast<std::size_t>(std::count(buffer_.begin(), end, '\n'));
  const WallTime written = sink_->clock.offset().to_wall(sink_->clock.boot_now());
  // A detail may be stamped with an open that lies long before the act that made it one to tell.
  const bool timely = event_->event_class == EventClass::statistics;
  for (std::size_t i = 0; timely && i < rows; ++i)
    sink_->latency.record(written - happened_[i]);
  happened_.erase(happened_.begin(), happened_.begin() + static_cast<std::ptrdiff_t>(rows));
  buffer_.erase(buffer_.begin(), end);
  unsynced_ += rows;
  sink_->counters.buffered -= rows;
  sink_->counters.unsynced += rows;
  sink_->counters.bytes_written += bytes;
}

// After a failed fdatasync the kernel may have thrown the pages away and says so only once: those rows
// stay unsure for good.
void RowStream::sync(BootTime now) {
  synced_ = now;
  TsvCounters& counters = sink_->counters;
  const bool done = file_->sync().has_value();
  (done ? counters.synced : counters.unsure) += unsynced_;
  counters.sync_failures += done ? 0U : 1U;
  counters.unsynced -= unsynced_;
  unsynced_ = 0;
}

void RowStream::finish_file(BootTime now) {
  sync(now);
  if (file_->finish())
    ++sink_->counters.files_finished;
  else
    ++sink_->counters.files_left_part;
  file_.reset();
}

void RowStream::refused(int error, BootTime now) {
  error_ = error;
  retry_at_ = now + sink_->options.retry_after;
  ++sink_->counters.write_failures;
}

void RowStream::report_loss(const LossSpan& loss) {
  merge_loss(sink_->losses,
             {"tsv", event_->family, "disk", std::generic_category().message(error_), loss.count, loss.from, loss.to});
}

} // namespace monster
