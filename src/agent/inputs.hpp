// SPDX-License-Identifier: Apache-2.0
// The inputs of the pipeline as values, and as the bytes that a recording keeps.
#pragma once

#include "agent/ledger.hpp"
#include "base/byte_stream.hpp"
#include "base/result.hpp"
#include "event/agent_events.hpp"
#include "event/keys.hpp"
#include "event/process_loss.hpp"
#include "host/identity.hpp"

#include <optional>
#include <string>
#include <vector>

namespace monster {

// All that a run depends on and does not change: the first input.
struct RunFacts {
  KeyMaker keys;
  std::string host_name;
  ClockOffset clock;
  std::vector<std::string> environment;     // variables told in 1500
  std::vector<std::string> process_exclude; // policy
  bool builtin_policy = true;
  std::string builtin_json; // empty: the one compiled in
  std::vector<std::string> homes;
  Duration hash_wait;
  std::uint32_t trace_pid = 0; // keep only what descends from this process's next exec; 0: everything
};

// The measured half of a 9900.
struct HealthReport {
  HealthAction action = HealthAction::interval;
  std::string agent_version;
  std::optional<LastEnd> last_end;
  std::string last_run_id;
  std::optional<std::int64_t> last_seq;
  std::optional<WallTime> not_watched_from;
  std::optional<WallTime> not_watched_to;
  std::uint64_t cpu_user = 0;
  std::uint64_t cpu_system = 0;
  std::uint64_t rss_anon = 0;
  std::uint64_t kernel_maps = 0;
  std::vector<std::string> hooks;
  std::string exporters_json;
  std::string counters_json;
};

// Something was lost outside of the pipeline: in an exporter, or before a sensor.
struct LossNotice {
  Family family = Family::agent;
  std::string stage;
  std::string reason;
  std::uint64_t count = 0;
  WallTime from;
  WallTime to;
};

struct CountersNotice {
  BootTime time; // when they were read
  std::array<KernelCounts, kernel_family_count> family;
  std::vector<ProcessLoss> processes; // whose losses since the notice before are known
};

// What the kernel's map of open files held at `time`, in parts: an input has a bound.
struct LivingNotice {
  static constexpr std::size_t most_objects = 16'384; // in one of them
  BootTime time;
  bool last = true; // of its parts
  std::vector<std::uint64_t> objects;
};

// What stands in an `answer`. `identity_later` is one that was asked for earlier, by its ticket.
enum class AnswerKind : std::uint8_t { user_name = 1, group_name = 2, identity = 3, identity_later = 4, directory = 5 };

void write(ByteWriter& to, const RunFacts& facts);
void write(ByteWriter& to, const HealthReport& report);
void write(ByteWriter& to, const LossNotice& notice);
void write(ByteWriter& to, const CountersNotice& notice);
void write(ByteWriter& to, const LivingNotice& notice);
void write(ByteWriter& to, const FileFacts& facts);

// Each refuses bytes that do not hold exactly what it reads.
[[nodiscard]] Result<RunFacts> read_run_facts(std::span<const std::byte> bytes);
[[nodiscard]] Result<HealthReport> read_health(std::span<const std::byte> bytes);
[[nodiscard]] Result<LossNotice> read_loss(std::span<const std::byte> bytes);
[[nodiscard]] Result<CountersNotice> read_counters(std::span<const std::byte> bytes);
[[nodiscard]] Result<LivingNotice> read_living(std::span<const std::byte> bytes);
[[nodiscard]] Result<std::int64_t> read_time(std::span<const std::byte> bytes);
[[nodiscard]] FileFacts read_file_facts(ByteReader& from); // from.ok() tells

} // namespace monster
