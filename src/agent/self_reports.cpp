// SPDX-License-Identifier: Apache-2.0
#include "agent/self_reports.hpp"

#include <fmt/format.h>

namespace monster {
namespace {

struct Cause {
  std::uint64_t KernelCounts::* counter;
  std::string_view stage;
  std::string_view reason;
};

constexpr Cause causes[] = {
    {&KernelCounts::lost_ring, "kernel ring", "the ring was full: the reader was too slow"},
    {&KernelCounts::lost_map, "kernel map", "more handles were open than kernel.open_blocks allows"},
    {&KernelCounts::lost_end, "kernel hook", "the end of a file was not seen"},
    {&KernelCounts::lost_scratch, "kernel memory", "no working memory was free on the CPU"},
};

// `json` is an object, or nothing.
std::string with_counts(std::string json, std::span<const NamedCount> counts) {
  for (const NamedCount& counter : counts) {
    if (counter.count == 0 || (!json.empty() && !json.ends_with('}')))
      continue;
    json.resize(json.empty() ? 0 : json.size() - 1);
    json += fmt::format(R"({}"{}":{}}})",
                        json.empty()          ? "{"
                        : json.ends_with('{') ? ""
                                              : ",",
                        counter.name, counter.count);
  }
  return json;
}

} // namespace

void SelfReports::counters(const CountersNotice& notice, BootTime now) {
  const BootTime since = counters_.time == BootTime{} ? now : counters_.time;
  for (std::size_t f = 0; f < notice.family.size(); ++f) {
    for (const Cause& cause : causes) {
      const std::uint64_t lost = notice.family[f].*cause.counter - counters_.family[f].*cause.counter;
      if (lost == 0)
        continue;
      AgentLoss loss;
      loss.family = name_of(static_cast<Family>(f));
      loss.stage = cause.stage;
      loss.reason = cause.reason;
      loss.count = lost;
      loss.from = facts_.clock.to_wall(since);
      loss.to = facts_.clock.to_wall(notice.time);
      writer_.report(notice.time, loss);
    }
    ledger_.kernel(static_cast<Family>(f), notice.family[f]);
  }
  counters_ = notice;
}

void SelfReports::loss(const LossNotice& notice, BootTime now) {
  AgentLoss loss;
  loss.family = name_of(notice.family);
  loss.stage = Text(writer_.arena().copy(notice.stage));
  loss.reason = Text(writer_.arena().copy(notice.reason));
  loss.count = notice.count;
  loss.from = notice.from;
  loss.to = notice.to;
  writer_.report(now, loss);
}

void SelfReports::health(const HealthReport& report, std::span<const NamedCount> counts, BootTime now) {
  Arena& arena = writer_.arena();
  const auto copy = [&](const std::string& text) { return text.empty() ? Text{} : Text(arena.copy(text)); };
  AgentHealth health;
  health.action = report.action;
  health.agent_version = copy(report.agent_version);
  health.schema_version = schema_version;
  health.last_end = report.last_end;
  health.last_run_id = copy(report.last_run_id);
  health.last_seq = report.last_seq;
  health.not_watched_from = report.not_watched_from;
  health.not_watched_to = report.not_watched_to;
  health.clock_offset = facts_.clock.ns;
  health.clock_step = std::exchange(clock_step_, {}).ns;
  health.cpu_user = report.cpu_user;
  health.cpu_system = report.cpu_system;
  health.rss_anon = report.rss_anon;
  health.kernel_maps = report.kernel_maps;
  const std::span<Text> hooks = arena.array<Text>(report.hooks.size());
  for (std::size_t i = 0; i < hooks.size(); ++i)
    hooks[i] = Text(arena.copy(report.hooks[i]));
  health.hooks = hooks;
  health.exporters = {copy(report.exporters_json)};
  health.counters = {copy(with_counts(report.counters_json, counts))};
  // The report is a row of the agent's family too: it is counted before the ledger is written down.
  Event& event = writer_.report(now, std::move(health));
  std::get<AgentHealth>(event.payload).ledger = {Text(arena.copy(ledger_.json()))};
}

} // namespace monster
