// SPDX-License-Identifier: Apache-2.0
#include "agent/agent.hpp"

#include "agent/linux/memory.hpp"
#include "agent/linux/privileges.hpp"
#include "agent/linux/self.hpp"
#include "agent/settings.hpp"
#include "export/tsv/recovery.hpp"
#include "host/linux/host_facts.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <thread>

namespace monster {
namespace {

constexpr Duration second = seconds(1);
constexpr Duration interim_every = seconds(1); // the kernel side tells which are due
constexpr Duration sensitive_every = seconds(5);
constexpr Duration stop_patience = seconds(10);
constexpr int patience_turns = 50; // of a millisecond
constexpr std::int64_t clock_tolerance_ns = 1'000'000;

// One after the other; the first that fails ends it.
Result<> in_order(std::initializer_list<std::function<Result<>()>> steps) {
  for (const auto& step : steps)
    if (auto done = step(); !done)
      return done;
  return {};
}

std::string exporters_json(const std::vector<std::unique_ptr<Exporter>>& exporters) {
  std::string text = "{";
  for (const auto& exporter : exporters) {
    const ExporterLedger l = exporter->ledger();
    text +=
        fmt::format(R"({}"{}":{{"given":{},"queued":{},"spooled":{},"acknowledged":{},"unconfirmed":{},"dropped":{}}})",
                    text.size() == 1 ? "" : ",", exporter->name(), l.given, l.queued, l.spooled, l.acknowledged,
                    l.unconfirmed, l.dropped);
  }
  return text + "}";
}

} // namespace

Agent::Agent(AgentOptions options, DataDirectory data) : options_(std::move(options)), data_(std::move(data)) {}
Agent::~Agent() = default;

Result<std::unique_ptr<Agent>> Agent::start(AgentOptions options) {
  give_batches_back();
  auto data = DataDirectory::open(options.data_directory);
  if (!data)
    return fail(data.error());
  // allow(new): the constructor is private, and make_unique cannot call it
  auto agent = std::unique_ptr<Agent>(new Agent(std::move(options), std::move(*data)));
  agent->data_.unmark_ready();
  agent->last_run_ = agent->data_.read_state();
  if (auto opened = agent->open_sensor(); !opened)
    return fail(opened.error());
  // Before any thread is made: each has the capabilities of the one that made it.
  if (auto dropped = drop_privileges(); !dropped)
    return fail(dropped.error());
  for (const auto step : {&Agent::open_pipeline, &Agent::open_exporters})
    if (auto done = ((*agent).*step)(); !done)
      return fail(done.error());
  const BootTime now = agent->clock_.boot_now();
  agent->next_second_ = now + second;
  agent->next_interim_ = now + interim_every;
  agent->next_health_ = now + agent->options_.config.health.interval;
  if (auto begun = agent->feed_time(InputKind::tick, now.ns); !begun)
    return fail(begun.error());
  if (auto told = agent->feed_health(HealthAction::start); !told)
    return fail(told.error());
  if (auto ready = agent->data_.mark_ready(); !ready)
    return fail(ready.error());
  return agent;
}

Result<> Agent::open_sensor() {
  SensorSettings settings;
  settings.ring_bytes = options_.config.kernel.ring_bytes;
  settings.open_blocks = static_cast<std::uint32_t>(options_.config.kernel.open_blocks);
  const auto per_process = static_cast<std::uint32_t>(options_.config.kernel.open_blocks_per_process);
  settings.open_blocks_per_process = per_process != 0 ? per_process : settings.open_blocks / 2;
  settings.details =
      options_.config.exporters.tsv.details || options_.record_to.has_value() || options_.observer != nullptr;
  settings.all_reads = options_.config.policy.read_blocks;
  auto sensor = BpfSensor::load(settings);
  if (!sensor)
    return fail(sensor.error());
  sensor_ = std::move(*sensor);
  return {};
}

Result<> Agent::open_pipeline() {
  const auto host = read_host_facts({.state = options_.data_directory});
  if (!host)
    return fail(host.error());
  offset_ = clock_.offset();
  auto made = run_facts(options_.config, *host, offset_);
  if (!made)
    return fail(made.error());
  RunFacts facts = std::move(*made);
  facts.trace_pid = options_.trace_pid;
  if (options_.record_to) {
    auto writer = RecordingWriter::create(*options_.record_to, BpfSensor::wire_version);
    if (!writer)
      return fail(writer.error());
    recorder_.emplace(std::move(*writer));
    ByteWriter bytes;
    write(bytes, facts);
    if (auto written = recorder_->append({InputKind::host, bytes.view()}); !written)
      return written;
  }
  const auto tap = [this](const Input& input) {
    if (recorder_)
      static_cast<void>(recorder_->append(input)); // an error is sticky: the next feed() tells it
  };
  host_ =
      std::make_unique<LiveHost>(identity_options(options_.config, host->mnt_ns), recorder_ ? tap : LiveHost::Tap{});
  auto pipeline = Pipeline::make(std::move(facts), *host_, [this](const SharedBatch& batch) {
    if (options_.observer)
      options_.observer(*batch, pipeline_->origin());
    for (const auto& exporter : exporters_)
      exporter->offer(batch);
  });
  if (!pipeline)
    return fail(pipeline.error());
  pipeline_ = std::move(*pipeline);
  return {};
}

Result<> Agent::open_exporters() {
  static_cast<void>(go_ahead()); // without the right to, it only loses sooner under load, and says so then
  auto made = make_exporters(options_.config, options_.data_directory, {pipeline_->origin(), clock_});
  if (!made)
    return fail(made.error());
  exporters_ = std::move(*made);
  if (!exporters_.empty()) {
    const auto events = open_events_directory(tsv_directory(options_.config, options_.data_directory));
    if (!events)
      return fail(events.error());
    const RecoveredRun recovered = recover_parts(events->get());
    if (recovered.found_unfinished())
      recovery_note_ =
          fmt::format("finished {} files of a run that died, {} torn rows cut", recovered.finished, recovered.rows_cut);
    if (last_run_ && recovered.last && recovered.last->run_id == last_run_->run_id && !last_run_->clean) {
      last_run_->last_seq = recovered.last->seq;
      last_run_->time = recovered.last->time;
    }
  }
  for (const auto& exporter : exporters_)
    if (auto started = exporter->start(); !started)
      return started;
  if (auto attached = sensor_->attach(); !attached)
    return attached;
  refresh_sensitive();
  if (auto seen = sensor_->snapshot(); !seen)
    return seen;
  return data_.write_state({pipeline_->origin().run_id.hex(), false, 0, offset_.to_wall(clock_.boot_now())});
}

Result<> Agent::feed(const Input& input) {
  if (recorder_)
    if (auto written = recorder_->append(input); !written)
      return written;
  return pipeline_->feed(input);
}

template <class Value> Result<> Agent::feed_value(InputKind kind, const Value& value) {
  ByteWriter bytes;
  write(bytes, value);
  return feed({kind, bytes.view()});
}

Result<> Agent::feed_time(InputKind kind, std::int64_t ns) {
  ByteWriter bytes;
  bytes.i64(ns);
  return feed({kind, bytes.view()});
}

Result<> Agent::drain(bool all) {
  Result<> first;
  const auto keep_first = [&](Result<> fed) {
    if (!fed && first)
      first = std::move(fed);
  };
  const BootTime until = sensor_->drain(
      clock_, all, [&](std::span<const std::byte> record) { keep_first(feed({InputKind::record, record})); });
  host_->collect([&](const Input& input) { keep_first(feed(input)); });
  keep_first(feed_open_files(until));
  // Before the tick lets exits go, which tell what their process lost.
  if (sensor_->counters().lost() != lost_told_)
    keep_first(feed_counters());
  // After the last drain nothing is on its way any more: every exit's moment of grace ends before the stop's tick.
  keep_first(feed_time(InputKind::tick, all && !sensor_->has_more() ? clock_.boot_now().ns : until.ns));
  return first;
}

// A burst is left in the rings while an exporter is behind and they have room; an exporter that stands still
// costs no record: what the rings cannot hold is read whatever it does.
void Agent::wait_for_work(Duration timeout) {
  const auto behind = [](const auto& exporter) { return exporter->is_behind(); };
  if (!sensor_->has_more())
    sensor_->wait(timeout);
  for (int i = 0; i < patience_turns && std::ranges::any_of(exporters_, behind) && !sensor_->is_pressed(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

Result<> Agent::turn(Duration timeout) {
  wait_for_work(timeout);
  if (auto drained = drain(false); !drained)
    return drained;
  if (pipeline_->take_sensitive_changed())
    refresh_sensitive();
  return look_around(clock_.boot_now());
}

Result<> Agent::look_around(BootTime now) {
  if (now >= next_interim_) {
    sensor_->tell_interim_blocks();
    next_interim_ = now + interim_every;
  }
  if (now >= next_sensitive_)
    refresh_sensitive();
  if (now < next_second_)
    return {};
  next_second_ = now + second;
  ask_for_open_files(now);
  for (const auto step : {&Agent::feed_clock, &Agent::feed_counters, &Agent::feed_losses})
    if (auto fed = (this->*step)(); !fed)
      return fed;
  if (now < next_health_)
    return {};
  next_health_ = now + options_.config.health.interval;
  give_free_pages_back();
  return feed_health(HealthAction::interval);
}

Result<> Agent::feed_clock() {
  const ClockOffset offset = clock_.offset();
  if (std::abs(offset.ns - offset_.ns) < clock_tolerance_ns)
    return {};
  offset_ = offset;
  return feed_time(InputKind::clock, offset.ns);
}

Result<> Agent::feed_counters() {
  // The sums first: what they have, the processes have too.
  const KernelCounters counters = sensor_->counters();
  lost_told_ = counters.lost();
  CountersNotice notice = to_notice(counters, clock_.boot_now());
  notice.processes = sensor_->take_process_losses();
  return feed_value(InputKind::counters, notice);
}

Result<> Agent::feed_losses() {
  for (const auto& exporter : exporters_)
    for (const LossReport& loss : exporter->take_losses())
      if (auto fed = feed_value(InputKind::loss, LossNotice{loss.family, loss.exporter + " " + loss.stage, loss.reason,
                                                            loss.count, loss.from, loss.to});
          !fed)
        return fed;
  return {};
}

HealthReport Agent::measure(HealthAction action) const {
  HealthReport report;
  report.action = action;
  report.agent_version = options_.version;
  if (action == HealthAction::start) {
    report.last_end = !last_run_ ? LastEnd::first_run : last_run_->clean ? LastEnd::clean : LastEnd::unclean;
    if (last_run_) {
      report.last_run_id = last_run_->run_id;
      report.last_seq = last_run_->last_seq;
      report.not_watched_from = last_run_->time;
      report.not_watched_to = offset_.to_wall(clock_.boot_now());
    }
  }
  const SelfUse use = self_use();
  report.cpu_user = use.cpu_user_ns;
  report.cpu_system = use.cpu_system_ns;
  report.rss_anon = use.rss_anon;
  report.kernel_maps = sensor_->kernel_memory();
  for (const Hook& hook : sensor_->hooks())
    if (hook.in_use)
      report.hooks.push_back(hook.attaches);
  report.exporters_json = exporters_json(exporters_);
  report.counters_json = counters_json(exporters_, sensor_->counters(), sensitive_.counters());
  return report;
}

Result<> Agent::feed_health(HealthAction action) { return feed_value(InputKind::health, measure(action)); }

void Agent::refresh_sensitive() {
  next_sensitive_ = clock_.boot_now() + sensitive_every;
  const SensitiveFiles found = find_sensitive_files(pipeline_->policy().sensitive_globs(pipeline_->facts().homes));
  sensitive_.saw(found, sensor_->set_sensitive(to_inodes(found.files)));
}

// A kernel that cannot tell leaves the bounds of what is remembered.
void Agent::ask_for_open_files(BootTime now) {
  std::uint64_t lost = pipeline_->ledger().balance(Family::file).lost;
  for (const NamedCount& counter : pipeline_->counters())
    lost += counter.name == FileStage::not_remembered ? counter.count : 0;
  if (!sweep_.wanted(lost, now))
    return;
  const BootTime asked = clock_.boot_now();
  if (auto objects = sensor_->open_objects())
    sweep_.answered(asked, std::move(*objects));
  else if (!std::exchange(sweep_failed_, true))
    sweep_failure_ = std::move(objects.error());
}

std::vector<std::string> Agent::take_notes() {
  std::vector<std::string> notes = sensitive_.take_notes();
  if (sweep_failure_)
    notes.push_back(fmt::format("blocks whose end is lost are remembered to the end of the run: {}",
                                std::exchange(sweep_failure_, std::nullopt)->message()));
  return notes;
}

Result<> Agent::feed_open_files(BootTime fed_until) {
  for (const LivingNotice& notice : sweep_.take_due(fed_until))
    if (auto fed = feed_value(InputKind::living, notice); !fed)
      return fed;
  return {};
}

std::uint64_t Agent::lost() const {
  std::uint64_t sum = pipeline_->ledger().lost_total();
  for (const auto& exporter : exporters_)
    sum += exporter->ledger().dropped;
  return sum;
}

// Hashes that are being made are worth the wait that their events were promised.
Result<> Agent::wait_for_answers() {
  const BootTime deadline = clock_.boot_now() + options_.config.hash.wait;
  Result<> first;
  while (host_->asked() != 0 && clock_.boot_now() < deadline) {
    sensor_->wait(milliseconds(5));
    host_->collect([&](const Input& input) {
      if (auto fed = feed(input); !fed && first)
        first = std::move(fed);
    });
  }
  host_->stop();
  return first;
}

void Agent::wait_for_exporters() {
  const BootTime deadline = clock_.boot_now() + second;
  const auto busy = [](const auto& exporter) { return exporter->ledger().queued != 0; };
  while (std::ranges::any_of(exporters_, busy) && clock_.boot_now() < deadline)
    sensor_->wait(milliseconds(5));
}

Result<RunSummary> Agent::stop() {
  sensor_->detach_hooks();
  data_.unmark_ready();
  const auto drain_rest = [&]() -> Result<> {
    do {
      wait_for_work({});
      if (auto drained = drain(true); !drained)
        return drained;
    } while (sensor_->has_more());
    return {};
  };
  const auto end = [&] { return feed({InputKind::stop, {}}); };
  const auto let_exporters_catch_up = [&]() -> Result<> {
    wait_for_exporters();
    return {};
  };
  const auto report = [&] { return feed_health(HealthAction::stop); };
  const auto flush = [&] { return feed_time(InputKind::tick, clock_.boot_now().ns); };
  if (auto done = in_order({drain_rest, [&] { return feed_counters(); }, [&] { return wait_for_answers(); }, end,
                            let_exporters_catch_up, [&] { return feed_losses(); }, report, flush});
      !done)
    return fail(done.error());
  RunSummary summary;
  for (const auto& exporter : exporters_) {
    if (auto stopped = exporter->stop(stop_patience); !stopped)
      summary.problems.push_back(stopped.error().message()); // what it dropped is counted; the run ends as a run does
    summary.exporters.emplace_back(exporter->name(), exporter->ledger());
    summary.latency = exporter->latency();
  }
  if (recorder_)
    if (auto finished = recorder_->finish(); !finished)
      return fail(finished.error());
  summary.events = pipeline_->last_seq();
  summary.lost = lost();
  for (std::size_t f = 0; f < family_count; ++f)
    summary.families[f] = pipeline_->ledger().balance(static_cast<Family>(f));
  const RunState state{pipeline_->origin().run_id.hex(), true, summary.events, offset_.to_wall(clock_.boot_now())};
  if (auto written = data_.write_state(state); !written)
    return fail(written.error());
  return summary;
}

} // namespace monster
