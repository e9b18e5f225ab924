// SPDX-License-Identifier: Apache-2.0
#include "agent/replay.hpp"
#include "agent/settings.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/recording_loop.hpp"
#include "cli/terminal.hpp"
#include "event/json.hpp"

#include <fmt/format.h>
#include <memory>
#include <sys/stat.h>
#include <thread>

namespace monster {
namespace {

struct ReplayArguments {
  std::string recording;
  std::string data_directory;
  bool json = false;
};

// Times of files come from the recording's clock, so that a replay writes the same names each time.
class RecordedClock final : public Clock {
public:
  void set(ClockOffset offset) { offset_ = offset; }
  [[nodiscard]] BootTime boot_now() const override { return clock_.boot_now(); }
  [[nodiscard]] ClockOffset offset() const override { return offset_; }

private:
  SystemClock clock_;
  ClockOffset offset_;
};

void print_json(const Batch& batch, const Origin& origin, std::int64_t& stream_seq) {
  std::string text;
  for (const Event& event : batch.events) {
    append_json(text, event, origin, ++stream_seq);
    text += '\n';
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// A replay must not outrun the disk and lose what the recording holds.
void offer_patiently(Exporter& exporter, const SharedBatch& batch, const Config& config) {
  while (exporter.ledger().queued > config.exporters.tsv.queue_bytes / 4096)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  exporter.offer(batch);
}

struct Delivered {
  std::uint64_t dropped = 0;
  bool failed = false;
};

// Each is stopped, whatever became of those before it, and says what it could not do.
Delivered deliver_rest(const std::vector<std::unique_ptr<Exporter>>& exporters) {
  constexpr Duration patience = seconds(60);
  Delivered delivered;
  for (const auto& exporter : exporters) {
    if (auto stopped = exporter->stop(patience); !stopped) {
      print_error(stopped.error().message());
      delivered.failed = true;
    }
    delivered.dropped += exporter->ledger().dropped;
  }
  return delivered;
}

int replay_into(const ReplayArguments& arguments, RecordingReader& reader) {
  Config config;
  RecordedClock clock;
  RunFacts facts;
  std::vector<std::unique_ptr<Exporter>> exporters;
  std::int64_t stream_seq = 0;
  const auto before = [&](const RunFacts& first) -> Result<> {
    facts = first;
    clock.set(first.clock);
    if (arguments.data_directory.empty())
      return {};
    if (::mkdir(arguments.data_directory.c_str(), 0700) != 0 && errno != EEXIST)
      return fail(system_error("make", arguments.data_directory));
    auto made =
        make_exporters(config, arguments.data_directory, {{first.keys.host, facts.host_name, first.keys.run}, clock});
    if (!made)
      return fail(made.error());
    exporters = std::move(*made);
    for (const auto& exporter : exporters)
      if (auto started = exporter->start(); !started)
        return started;
    return {};
  };
  const auto take = [&](const SharedBatch& batch) {
    if (arguments.json)
      print_json(*batch, {facts.keys.host, facts.host_name, facts.keys.run}, stream_seq);
    for (const auto& exporter : exporters)
      offer_patiently(*exporter, batch, config);
  };
  const auto result = replay(reader, before, take);
  const Delivered delivered = deliver_rest(exporters);
  if (!result)
    return complain(result.error());
  if (arguments.json && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0))
    return complain(system_error("write to", "standard output"));
  say(fmt::format("{} inputs gave {} events\n", result->inputs, result->events));
  if (!result->ended_cleanly)
    say(fmt::format("the recording breaks off: {}\n", terminal_text(result->torn_reason)));
  say(fmt::format("lost {}\n", result->ledger.lost_total() + delivered.dropped));
  if (delivered.dropped != 0)
    return exit_loss;
  return delivered.failed ? exit_failure : exit_ok;
}

int run_replay(const ReplayArguments& arguments) {
  auto reader = RecordingReader::open(arguments.recording, BpfSensor::wire_version);
  return reader ? replay_into(arguments, *reader) : complain(reader.error());
}

} // namespace

std::function<int()> add_replay(CLI::App& app) {
  auto arguments = std::make_shared<ReplayArguments>();
  app.add_option("RECORDING", arguments->recording, "File that `record` wrote")
      ->required()
      ->option_text("FILE REQUIRED");
  app.add_option("--data-dir", arguments->data_directory, "Write the events as TSV to DIR/events")->option_text("DIR");
  app.add_flag("--json", arguments->json, "Print the events as JSON lines");
  set_examples(app,
               {{"replay attack.rec --json | head", "to look at"},
                {"replay attack.rec --data-dir ./again", "the same files as were written live, below ./again/events"}},
               "Looks nothing up on this machine: the same recording gives the same events anywhere, without root.\n"
               "With neither option it only reads the recording and says how many events it gives.");
  return [arguments] { return run_replay(*arguments); };
}

} // namespace monster
