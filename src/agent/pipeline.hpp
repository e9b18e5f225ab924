// SPDX-License-Identifier: Apache-2.0
// From inputs to batches of events. One thread feeds it; it reads no clock, no file and no other state than
// what it is fed, so the same inputs always give the same events.
#pragma once

#include "agent/file_stage.hpp"
#include "agent/process_stage.hpp"
#include "agent/self_reports.hpp"
#include "sensor/linux/bpf/decode.hpp"
#include "sensor/recording/input.hpp"

#include <memory>

namespace monster {

class Pipeline final {
public:
  // `answers` must outlive the pipeline. Fails on a policy that is not understood.
  [[nodiscard]] static Result<std::unique_ptr<Pipeline>> make(RunFacts facts, HostAnswers& answers, TakeBatch take);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // One input, in order. An input that cannot be read is counted as lost and told; only a `host` input that
  // comes a second time is an error.
  [[nodiscard]] Result<> feed(const Input& input);

  [[nodiscard]] const RunFacts& facts() const { return facts_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] const ProcessTable& processes() const { return processes_; }
  [[nodiscard]] const Policy& policy() const { return policy_; }
  [[nodiscard]] Origin origin() const { return {facts_.keys.host, facts_.host_name, facts_.keys.run}; }
  [[nodiscard]] std::int64_t last_seq() const { return writer_.last_seq(); }
  // What it counts beside the ledger: for 9900.
  [[nodiscard]] std::vector<NamedCount> counters() const;
  // Whether a sensitive file may have been replaced since the last call.
  [[nodiscard]] bool take_sensitive_changed() { return file_stage_.take_sensitive_changed(); }

private:
  Pipeline(RunFacts facts, HostAnswers& answers, TakeBatch take, Policy policy);

  [[nodiscard]] StageContext context(HostAnswers& answers) {
    return {facts_, answers, policy_, processes_, ledger_, writer_, hashes_};
  }
  void on_record(std::span<const std::byte> bytes);
  void on_answer(std::span<const std::byte> bytes);
  void on_tick(BootTime now);
  void on_clock(ClockOffset offset);
  void on_stop();
  void tell_exits(BootTime due);

  RunFacts facts_;
  Policy policy_;
  ProcessTable processes_;
  Ledger ledger_;
  EventWriter writer_;
  HashWait hashes_;
  SelfReports reports_;
  ProcessStage process_stage_;
  FileStage file_stage_;
  DecodeMemory decode_memory_;
  BootTime now_;
};

} // namespace monster
