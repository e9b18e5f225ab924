// SPDX-License-Identifier: Apache-2.0
// The running agent: sensor, pipeline and exporters wired together, and the loop that drives them.
#pragma once

#include "agent/handle_sweep.hpp"
#include "agent/live_host.hpp"
#include "agent/pipeline.hpp"
#include "agent/run_state.hpp"
#include "agent/sensitive_watch.hpp"
#include "config/config.hpp"
#include "export/exporter.hpp"
#include "sensor/linux/bpf/sensor.hpp"
#include "sensor/recording/writer.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace monster {

struct AgentOptions {
  Config config;
  std::string data_directory;
  std::optional<std::string> record_to; // also write all inputs to this file
  std::uint32_t trace_pid = 0;          // keep only what descends from this process's next exec
  std::string version;
  // Called by the agent's thread for each batch before the exporters get it; must be quick.
  std::function<void(const Batch&, const Origin&)> observer;
};

// What a run came to, for the summary and the exit status.
struct RunSummary {
  std::int64_t events = 0;
  std::uint64_t lost = 0;                          // in the kernel, the pipeline and the exporters
  std::array<FamilyLedger, family_count> families; // by Family
  std::vector<std::pair<std::string, ExporterLedger>> exporters;
  std::optional<LatencySummary> latency;
  std::vector<std::string> problems; // of exporters, in words: what they could not bring to its place
};

class Agent {
public:
  // Loads, attaches and takes the snapshot; when it returns, everything that happens is recorded.
  // Errors: not allowed, the kernel lacks a needed hook, the data directory is taken; each by its kind.
  [[nodiscard]] static Result<std::unique_ptr<Agent>> start(AgentOptions options);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // One turn: waits at most `timeout`, then handles all that happened.
  [[nodiscard]] Result<> turn(Duration timeout);
  // Detaches, handles the rest, delivers and closes. Call once.
  [[nodiscard]] Result<RunSummary> stop();

  [[nodiscard]] std::int64_t events() const { return pipeline_->last_seq(); }
  [[nodiscard]] std::uint64_t lost() const;
  [[nodiscard]] std::span<const Hook> hooks() const { return sensor_->hooks(); }
  // What recovering the files of a run before gave, in words; empty when there was nothing to do.
  [[nodiscard]] const std::string& recovery_note() const { return recovery_note_; }
  // What cannot be recorded as it should, in words; each once in a run.
  [[nodiscard]] std::vector<std::string> take_notes();

private:
  Agent(AgentOptions options, DataDirectory data);

  [[nodiscard]] Result<> open_sensor();
  [[nodiscard]] Result<> open_pipeline();
  [[nodiscard]] Result<> open_exporters();
  [[nodiscard]] Result<> feed(const Input& input);
  template <class Value> [[nodiscard]] Result<> feed_value(InputKind kind, const Value& value);
  [[nodiscard]] Result<> feed_time(InputKind kind, std::int64_t ns);
  void wait_for_work(Duration timeout);
  [[nodiscard]] Result<> drain(bool all);
  [[nodiscard]] Result<> look_around(BootTime now);
  [[nodiscard]] Result<> feed_clock();
  [[nodiscard]] Result<> feed_counters();
  [[nodiscard]] Result<> feed_losses();
  [[nodiscard]] Result<> feed_health(HealthAction action);
  [[nodiscard]] Result<> wait_for_answers();
  void wait_for_exporters();
  void refresh_sensitive();
  void ask_for_open_files(BootTime now);
  [[nodiscard]] Result<> feed_open_files(BootTime fed_until);
  [[nodiscard]] HealthReport measure(HealthAction action) const;

  AgentOptions options_;
  DataDirectory data_;
  SystemClock clock_;
  std::optional<RunState> last_run_;
  std::string recovery_note_;
  std::unique_ptr<BpfSensor> sensor_;
  std::optional<RecordingWriter> recorder_;
  std::unique_ptr<LiveHost> host_;
  std::unique_ptr<Pipeline> pipeline_;
  std::vector<std::unique_ptr<Exporter>> exporters_;
  SensitiveWatch sensitive_;
  HandleSweep sweep_{clock_.boot_now()};
  std::optional<Error> sweep_failure_; // the first, until it was told
  bool sweep_failed_ = false;
  ClockOffset offset_;
  std::uint64_t lost_told_ = 0; // of the kernel's losses
  BootTime next_second_;
  BootTime next_interim_;
  BootTime next_health_;
  BootTime next_sensitive_;
};

} // namespace monster
