// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/tsv_writer.hpp"

#include "event/tsv.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>
#include <variant>

namespace monster {
namespace {

template <std::size_t... Index> std::vector<RowStream> make_streams(TsvSink& sink, std::index_sequence<Index...>) {
  std::vector<RowStream> streams;
  streams.reserve(sizeof...(Index));
  (streams.emplace_back(sink, Index, Describe<std::variant_alternative_t<Index, Payload>>::info), ...);
  return streams;
}

// For keys: only what joins an event to the rows that tell the rest.
Common with_keys_only(const Common& common) {
  Common narrow;
  narrow.time = common.time;
  narrow.seq = common.seq;
  narrow.process_key = common.process_key;
  narrow.pid = common.pid;
  narrow.block_key = common.block_key;
  narrow.tags = common.tags;
  return narrow;
}

const std::size_t create_index = Payload(ProcessCreate{}).index();

} // namespace

TsvWriter::TsvWriter(const TsvOptions& options, const ExportContext& context, FileApi& files, int directory,
                     LatencyHistogram& latency)
    : sink_{options, context.clock, files, directory, context.origin.run_id, latency}, origin_(context.origin),
      retention_(files, directory, options.keep_bytes),
      streams_(make_streams(sink_, std::make_index_sequence<std::variant_size_v<Payload>>())),
      retention_at_(context.clock.boot_now()) {}

void TsvWriter::write(const Batch& batch, std::uint64_t gap_before) {
  stream_seq_ += static_cast<std::int64_t>(gap_before);
  for (const Event& event : batch.events)
    write_row(event);
}

void TsvWriter::write_row(const Event& event) {
  ++sink_.counters.taken;
  const bool detail = is_detail(event);
  if (detail && !sink_.options.details) {
    ++sink_.counters.filtered;
    return;
  }
  ++stream_seq_;
  RowStream& stream = streams_[event.payload.index()];
  if (!stream.has_room()) {
    stream.drop_row(event.common.time);
    return;
  }
  if (detail && sink_.options.detail_columns == DetailColumns::keys)
    append_tsv_row_with(stream.rows(), with_keys_only(event.common), event.payload, origin_, stream_seq_);
  else
    append_tsv_row(stream.rows(), event, origin_, stream_seq_);
  stream.row_added(event.common.time);
  if (event.common.process_key)
    carried_.wrote(event, streams_[create_index].file_number());
}

void TsvWriter::discard(const Batch& batch, std::string_view reason) {
  LossByFamily losses;
  for (const Event& event : batch.events) {
    ++sink_.counters.taken;
    if (is_detail(event) && !sink_.options.details) {
      ++sink_.counters.filtered;
      continue;
    }
    ++sink_.counters.dropped;
    losses[static_cast<std::size_t>(family_of(event))].add(event.common.time);
  }
  for (std::size_t family = 0; family < family_count; ++family)
    if (const LossSpan& loss = losses[family]; loss.count > 0)
      merge_loss(sink_.losses,
                 {"tsv", static_cast<Family>(family), "stop", std::string(reason), loss.count, loss.from, loss.to});
}

void TsvWriter::carry_row(RowStream& stream, std::string_view row) {
  ++sink_.counters.taken;
  ++sink_.counters.carried;
  ++stream_seq_;
  const WallTime now = sink_.clock.offset().to_wall(sink_.clock.boot_now());
  if (!stream.has_room()) {
    stream.drop_row(now);
    return;
  }
  fmt::format_to(std::back_inserter(stream.rows()), "{}{}\n", stream_seq_, row);
  stream.row_added(now);
}

// What an earlier run told of a process that still lives, this run's snapshot has told again.
void TsvWriter::save_processes(const TsvFileName& file, const std::string& oldest_kept) {
  if (file.run != tsv_file_name(Describe<ProcessCreate>::info, {}, sink_.run, 1).run)
    return;
  RowStream& stream = streams_[create_index];
  const bool read = carried_.carry(sink_.files, sink_.directory, file.finished(), oldest_kept,
                                   [&](std::string_view row) { carry_row(stream, row); });
  unread_ += read ? 0U : 1U;
  stream.write_out();
}

void TsvWriter::enforce_retention() {
  sink_.counters.files_deleted +=
      retention_.enforce(sink_.counters.bytes_written, [this](const TsvFileName& file, const std::string& oldest_kept) {
        save_processes(file, oldest_kept);
      });
  sink_.counters.not_carried = carried_.not_followed() + unread_;
}

void TsvWriter::tick() {
  const BootTime now = sink_.clock.boot_now();
  for (RowStream& stream : streams_)
    stream.tick(now);
  if (now < retention_at_)
    return;
  retention_at_ = now + seconds(1);
  enforce_retention();
}

Duration TsvWriter::next_tick() const {
  const bool rows = std::ranges::any_of(streams_, &RowStream::has_rows);
  return rows ? sink_.options.flush_after : seconds(1);
}

void TsvWriter::close() {
  for (RowStream& stream : streams_)
    stream.close();
  enforce_retention();
  streams_[create_index].close(); // what was carried
}

} // namespace monster
