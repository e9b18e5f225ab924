// SPDX-License-Identifier: Apache-2.0
// 9900 agent_health and 9901 agent_loss: what the agent says of itself.
#pragma once

#include "event/field.hpp"
#include "event/value.hpp"

namespace monster {

enum class HealthAction : std::uint8_t { start, stop, interval };
enum class LastEnd : std::uint8_t { first_run, clean, unclean };

[[nodiscard]] std::string_view name_of(HealthAction action);
[[nodiscard]] std::string_view name_of(LastEnd end);
[[nodiscard]] std::string_view name_of(Family family);

struct AgentHealth {
  HealthAction action = HealthAction::interval;
  Text agent_version;
  std::optional<std::uint32_t> schema_version;
  std::optional<LastEnd> last_end;
  Text last_run_id;
  std::optional<std::int64_t> last_seq;
  std::optional<WallTime> not_watched_from;
  std::optional<WallTime> not_watched_to;
  std::optional<std::int64_t> clock_offset;
  std::optional<std::int64_t> clock_step;
  std::optional<std::uint64_t> cpu_user;
  std::optional<std::uint64_t> cpu_system;
  std::optional<std::uint64_t> rss_anon;
  std::optional<std::uint64_t> kernel_maps;
  TextList hooks;
  Json ledger;
  Json exporters;
  Json counters;
};

template <> struct Describe<AgentHealth> {
  using E = AgentHealth;
  static constexpr EventInfo info{9900,
                                  "agent_health",
                                  EventClass::statistics,
                                  Family::agent,
                                  "The agent started, stopped, or reports at an interval.",
                                  "4, 16",
                                  "Sensor Health: Host Status"};
  static constexpr auto fields = std::tuple{
      field("action", &E::action, Unit::none, "start, stop or interval", {"event.action", "activity_name"}),
      field("agent_version", &E::agent_version, Unit::none, "version of the agent",
            {"agent.version", "metadata.product.version"}),
      field("schema_version", &E::schema_version, Unit::none, "version of the event catalogue"),
      field("last_end", &E::last_end, Unit::none, "at start: how the run before ended (first_run, clean, unclean)"),
      field("last_run_id", &E::last_run_id, Unit::none, "at start: run_id of the run before"),
      field("last_seq", &E::last_seq, Unit::none, "at start: last seq of the run before that is known on disk"),
      field("not_watched_from", &E::not_watched_from, Unit::none, "at start: from when nobody watched"),
      field("not_watched_to", &E::not_watched_to, Unit::none, "at start: until when nobody watched"),
      field("clock_offset", &E::clock_offset, Unit::nanoseconds, "wall clock minus boot clock"),
      field("clock_step", &E::clock_step, Unit::nanoseconds,
            "how far the wall clock was stepped since the last report"),
      field("cpu_user", &E::cpu_user, Unit::nanoseconds, "the agent's own CPU time in user mode"),
      field("cpu_system", &E::cpu_system, Unit::nanoseconds, "the agent's own CPU time in the kernel"),
      field("rss_anon", &E::rss_anon, Unit::bytes, "the agent's own memory, without files and rings"),
      field("kernel_maps", &E::kernel_maps, Unit::bytes, "memory of its kernel maps and rings"),
      field("hooks", &E::hooks, Unit::none, "hooks in use"),
      field("ledger", &E::ledger, Unit::none,
            "per family: observed, suppressed, condensed, filtered, emitted, lost, pending"),
      field("exporters", &E::exporters, Unit::none,
            "per exporter: given, queued, spooled, acknowledged, unconfirmed, dropped"),
      field("counters", &E::counters, Unit::none, "counters that are not zero, by name"),
  };
};

struct AgentLoss {
  Text family;
  Text stage;
  Text reason;
  std::uint64_t count = 0;
  std::optional<WallTime> from;
  std::optional<WallTime> to;
};

template <> struct Describe<AgentLoss> {
  using E = AgentLoss;
  static constexpr EventInfo info{
      9901,
      "agent_loss",
      EventClass::statistics,
      Family::agent,
      "Something was lost: what, where, how much; the process columns name whose, if known.",
      "255",
      "Sensor Health: Host Status"};
  static constexpr auto fields = std::tuple{
      field("family", &E::family, Unit::none, "process, file or agent"),
      field("stage", &E::stage, Unit::none, "where it was lost: kernel map, ring, queue, disk, ..."),
      field("reason", &E::reason, Unit::none, "why, in words"),
      field("count", &E::count, Unit::count, "how many events"),
      field("from", &E::from, Unit::none, "not before"),
      field("to", &E::to, Unit::none, "not after"),
  };
};

} // namespace monster
