// SPDX-License-Identifier: Apache-2.0
#include "agent/self_reports.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

namespace monster {
namespace {

struct Cause {
  std::uint64_t KernelCounts::* counter;
  std::string_view stage;
  std::string_view reason;
};

// In the order of LossCause.
constexpr Cause causes[] = {
    {&KernelCounts::lost_ring, "kernel ring", "the ring was full: the reader was too slow"},
    {&KernelCounts::lost_map, "kernel map", "more handles were open than kernel.open_blocks allows"},
    {&KernelCounts::lost_scratch, "kernel memory", "no working memory was free on the CPU"},
    {&KernelCounts::lost_end, "kernel hook", "the end of a file was not seen"},
    {&KernelCounts::lost_blocks, "process quota",
     "one process had more handles open than kernel.open_blocks_per_process allows"},
    {&KernelCounts::lost_share, "process quota", "one process told more details than its share of a filling ring"},
};
static_assert(std::size(causes) == static_cast<std::size_t>(LossCause::share) + 1);

constexpr std::size_t most_named = 16; // processes for each family and cause, in one notice

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
  for (const ProcessLoss& loss : notice.processes)
    if (Process* process = processes_.find(loss.process))
      process->totals.lost += loss.count;
  for (std::size_t f = 0; f < notice.family.size(); ++f) {
    const auto family = static_cast<Family>(f);
    for (std::size_t c = 0; c < std::size(causes); ++c) {
      const auto counter = causes[c].counter;
      if (const std::uint64_t lost = notice.family[f].*counter - counters_.family[f].*counter; lost != 0)
        tell_losses({family, static_cast<LossCause>(c), lost, since}, notice);
    }
    ledger_.kernel(family, notice.family[f]);
  }
  counters_ = notice;
  counters_.processes.clear();
}

// Those who lost most are named; what is left of the sum, or was counted for nobody, stands alone.
void SelfReports::tell_losses(const Lost& lost, const CountersNotice& notice) {
  std::vector<const ProcessLoss*> whose;
  for (const ProcessLoss& loss : notice.processes)
    if (loss.family == lost.family && loss.cause == lost.cause)
      whose.push_back(&loss);
  std::ranges::sort(whose, std::greater{}, &ProcessLoss::count);
  std::uint64_t rest = lost.count;
  for (const ProcessLoss* loss : std::span(whose).first(std::min(whose.size(), most_named))) {
    const std::uint64_t count = std::min(loss->count, rest); // the two are read one after the other
    rest -= count;
    if (count != 0)
      tell_loss(lost, count, notice.time, &loss->process);
  }
  if (rest != 0)
    tell_loss(lost, rest, notice.time, nullptr);
}

void SelfReports::tell_loss(const Lost& lost, std::uint64_t count, BootTime now, const ProcessIdentity* whose) {
  const Cause& cause = causes[static_cast<std::size_t>(lost.cause)];
  AgentLoss loss;
  loss.family = name_of(lost.family);
  loss.stage = cause.stage;
  loss.reason = cause.reason;
  loss.count = count;
  loss.from = facts_.clock.to_wall(lost.since);
  loss.to = facts_.clock.to_wall(now);
  Common& common = writer_.report(now, loss).common;
  if (whose == nullptr)
    return;
  common.process_key = facts_.keys.of(*whose);
  common.pid = whose->pid;
  const Process* process = processes_.find(*whose);
  if (process != nullptr && process->text)
    common.image = Text(writer_.arena().copy(process->text->image));
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
