// SPDX-License-Identifier: Apache-2.0
// The columns that every event has, before its own: the one table of them, with where each value comes from.
#pragma once

#include "event/event.hpp"

#include <string_view>
#include <tuple>
#include <type_traits>

namespace monster {

// All that a row is made of, but for the event's own fields.
struct Row {
  const EventInfo& info;
  const Common& common;
  const Origin& origin;
  std::int64_t stream_seq;
};

// The value of `raw`: made by the encoders when a text of the row turns out not to be UTF-8.
struct RawBytes {};

template <class Get> struct CommonColumn {
  std::string_view name;
  Get get;
  Unit unit;
  std::string_view meaning;
  OtherNames names;

  using Value = std::invoke_result_t<Get, const Row&>;
};

template <class Get>
constexpr CommonColumn<Get> common_column(std::string_view name, Get get, std::string_view meaning,
                                          OtherNames names = {}, Unit unit = Unit::none) {
  return {name, get, unit, meaning, names};
}

// In column order. Fixed for good: an event's own columns follow, so nothing can be added here.
inline constexpr auto common_columns = std::tuple{
    common_column(
        "stream_seq", [](const Row& row) { return row.stream_seq; },
        "number in what this exporter delivered, without gaps: a gap is a loss"),
    common_column("event_id", [](const Row& row) { return row.info.id; }, "id of the event",
                  {"event.code", "metadata.event_code"}),
    common_column("event", [](const Row& row) { return row.info.name; }, "name of the event",
                  {"event.action", "activity_name"}),
    common_column("time", [](const Row& row) { return row.common.time; }, "when it happened, UTC",
                  {"@timestamp", "time_dt"}),
    common_column(
        "time_ns", [](const Row& row) { return row.common.time.ns; }, "the same, since 1970-01-01 00:00 UTC",
        {"", "time"}, Unit::nanoseconds),
    common_column("seq", [](const Row& row) { return row.common.seq; },
                  "number in this agent run; run_id and seq identify the event",
                  {"event.sequence", "metadata.sequence"}),
    common_column("host_id", [](const Row& row) { return row.origin.host_id; },
                  "the host; stable, does not reveal its machine-id", {"host.id", "device.uid"}),
    common_column("host", [](const Row& row) { return Text(row.origin.host); }, "name of the host",
                  {"host.hostname", "device.hostname"}),
    common_column("run_id", [](const Row& row) { return row.origin.run_id; }, "one run of the agent",
                  {"agent.ephemeral_id", ""}),
    common_column("process_key", [](const Row& row) { return row.common.process_key; },
                  "one process running one image; never reused", {"process.entity_id", "actor.process.uid"}),
    common_column("pid", [](const Row& row) { return row.common.pid; }, "process id in the host's namespace",
                  {"process.pid", "actor.process.pid"}),
    common_column("tid", [](const Row& row) { return row.common.tid; }, "thread id in the host's namespace",
                  {"process.thread.id", "actor.process.tid"}),
    common_column("image", [](const Row& row) { return row.common.image; }, "path of the process's image",
                  {"process.executable", "actor.process.file.path"}),
    common_column("user", [](const Row& row) { return row.common.user; }, "name of the effective user",
                  {"user.name", "actor.user.name"}),
    common_column("uid", [](const Row& row) { return row.common.uid; }, "effective user",
                  {"user.id", "actor.user.uid"}),
    common_column("container_id", [](const Row& row) { return row.common.container_id; },
                  "container of the process; null outside of one", {"container.id", "actor.process.container.uid"}),
    common_column(
        "mnt_ns", [](const Row& row) { return row.common.mnt_ns; }, "mount namespace in which the paths are meant"),
    common_column("block_key", [](const Row& row) { return row.common.block_key; },
                  "Event Block that this event is, or belongs to", {"", "metadata.correlation_uid"}),
    common_column("tags", [](const Row& row) { return row.common.tags; }, "labels that policy gave",
                  {"tags", "metadata.labels"}),
    common_column(
        "raw", [](const Row&) { return RawBytes{}; },
        "exact bytes, in hex, of each text of this event that was not UTF-8; null nearly always"),
};

inline constexpr std::size_t common_column_count = std::tuple_size_v<decltype(common_columns)>;

} // namespace monster
