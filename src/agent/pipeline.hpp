// SPDX-License-Identifier: Apache-2.0
// From inputs to batches of events. One thread feeds it; it reads no clock, no file and no other state than
// what it is fed, so the same inputs always give the same events.
#pragma once

#include "agent/inputs.hpp"
#include "agent/ledger.hpp"
#include "block/file_blocks.hpp"
#include "event/batch.hpp"
#include "host/process_payload.hpp"
#include "policy/policy.hpp"
#include "sensor/linux/bpf/decode.hpp"
#include "sensor/recording/input.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace monster {

class Pipeline final : private FileJudge {
public:
  // Takes finished batches; each event's texts live in its batch.
  using TakeBatch = std::function<void(SharedBatch)>;

  // `answers` must outlive the pipeline. Fails on a policy that is not understood.
  [[nodiscard]] static Result<std::unique_ptr<Pipeline>> make(RunFacts facts, HostAnswers& answers, TakeBatch take);

  // One input, in order. An input that cannot be read is counted as lost and told; only a `host` input that
  // comes a second time is an error.
  [[nodiscard]] Result<> feed(const Input& input);

  [[nodiscard]] const RunFacts& facts() const { return facts_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] const ProcessTable& processes() const { return processes_; }
  [[nodiscard]] const Policy& policy() const { return policy_; }
  [[nodiscard]] Origin origin() const { return {facts_.keys.host, facts_.host_name, facts_.keys.run}; }
  [[nodiscard]] std::int64_t last_seq() const { return seq_; }
  // Whether a sensitive file may have been replaced since the last call.
  [[nodiscard]] bool take_sensitive_changed() { return std::exchange(sensitive_changed_, false); }

private:
  // An event that waits for a file's hash, with memory of its own.
  struct Waiting {
    Event event;
    Family family = Family::process;
    std::unique_ptr<Arena> arena;
    BootTime deadline;
  };
  struct Exit {
    Observation seen;
    BootTime due;
  };

  Pipeline(RunFacts facts, HostAnswers& answers, TakeBatch take, Policy policy);

  [[nodiscard]] bool keeps(const Actor& actor, std::string_view path, std::string_view final_path,
                           std::uint32_t fs_magic) const override;
  [[nodiscard]] bool is_sensitive(std::string_view path) const override { return policy_.is_sensitive_path(path); }

  [[nodiscard]] std::optional<SeenDirectory> directory(const Actor& actor, const std::string& path) override;

  void on_record(std::span<const std::byte> bytes);
  void on_answer(std::span<const std::byte> bytes);
  void on_tick(BootTime now);
  void on_clock(ClockOffset offset);
  void on_counters(const CountersNotice& notice);
  void on_health(const HealthReport& report);
  void on_loss(const LossNotice& notice);
  void on_stop();

  void process_seen(const Observation& seen);
  void image_seen(const Observation& seen, const ProcessImage& image);
  void file_seen(const Observation& seen);
  void count_totals(const Observation& seen);
  void handle_used(const Observation& seen);
  void tell_exit(const Exit& exit);
  void tell_exits(BootTime due);
  void tell_fork(Process& process, const Actor& actor, BootTime time);
  void emit_made(MadeEvent& made, const Observation& seen);
  bool waits_for_hash(MadeEvent& made, const Observation& seen);

  [[nodiscard]] Common make_common(Process& process, const Actor& actor, BootTime time, Arena& arena);
  [[nodiscard]] bool wanted(const Process& process, bool about_process) const;
  void emit(Family family, Event&& event);
  void emit_report(BootTime time, Payload payload);
  void release(Waiting& waiting, const FileFacts& facts);
  void release_overdue(BootTime now);
  void hand_over();
  [[nodiscard]] PayloadContext payload_context() {
    return {facts_.keys, processes_, answers_, facts_.clock, facts_.environment};
  }

  RunFacts facts_;
  HostAnswers& answers_;
  TakeBatch take_;
  Policy policy_;
  ProcessTable processes_;
  FileBlocks blocks_;
  Ledger ledger_;
  DecodeMemory decode_memory_;
  std::shared_ptr<BatchPool> pool_ = std::make_shared<BatchPool>();
  std::unique_ptr<Batch> batch_ = pool_->take();
  std::vector<MadeEvent> made_;
  std::map<std::uint64_t, Waiting> waiting_; // by ticket, so oldest first
  std::deque<Exit> exits_;                   // wait a moment for the files that the exit closes
  CountersNotice counters_;
  std::uint64_t ticket_ = 0;
  std::int64_t seq_ = 0;
  BootTime now_;
  Duration clock_step_{};
  std::uint64_t own_rows_[family_count] = {}; // made while the current input is handled
  bool sensitive_changed_ = false;
};

} // namespace monster
