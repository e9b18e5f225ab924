// SPDX-License-Identifier: Apache-2.0
#include "agent/self_reports.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <iterator>
#include <utility>

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
  std::vector<ProcessLoss> whose = std::exchange(ahead_, {});
  whose.insert(whose.end(), notice.processes.begin(), notice.processes.end());
  for (std::size_t f = 0; f < notice.family.size(); ++f) {
    const auto family = static_cast<Family>(f);
    for (std::size_t c = 0; c < std::size(causes); ++c) {
      const auto counter = causes[c].counter;
      const std::uint64_t lost = notice.family[f].*counter - counters_.family[f].*counter;
      if (lost != 0 || !whose.empty())
        tell_losses({family, static_cast<LossCause>(c), lost, since}, whose, notice.time);
    }
    ledger_.kernel(family, notice.family[f]);
  }
  counters_ = notice;
  counters_.processes.clear();
}

// Those who lost most are named; the others, and what was counted for nobody, are told in one.
void SelfReports::tell_losses(const Lost& lost, std::span<const ProcessLoss> processes, BootTime now) {
  std::vector<ProcessLoss> whose;
  std::ranges::copy_if(processes, std::back_inserter(whose),
                       [&](const ProcessLoss& loss) { return loss.family == lost.family && loss.cause == lost.cause; });
  std::ranges::sort(whose, std::greater{}, &ProcessLoss::count);
  std::uint64_t rest = lost.count;
  std::uint64_t unnamed = 0;
  for (std::size_t i = 0; i < whose.size(); ++i) {
    // The sums were read before: what they do not have yet is told with the next.
    const std::uint64_t count = std::min(whose[i].count, rest);
    rest -= count;
    if (count != 0 && i < most_named)
      tell_loss(lost, count, now, &whose[i].process);
    else
      unnamed += count;
    if (whose[i].count -= count; whose[i].count != 0)
      ahead_.push_back(whose[i]);
  }
  if (unnamed + rest != 0)
    tell_loss(lost, unnamed + rest, now, nullptr);
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
