// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/live_view.hpp"
#include "cli/recording_loop.hpp"
#include "cli/terminal.hpp"
#include "cli/version.hpp"

#include <fmt/format.h>
#include <memory>

namespace monster {
namespace {

struct RunArguments {
  std::string config;
  std::string data_directory = "/var/lib/monster-agent";
  std::string run_for;
  std::string record_to;
  bool quiet = false;
};

int run(const RunArguments& arguments) {
  std::optional<Duration> at_most;
  if (!arguments.run_for.empty() && !(at_most = parse_duration_option(arguments.run_for))) {
    fmt::print(stderr, "--for: found \"{}\", allowed: a number and ms, s, min or h\n",
               terminal_text(arguments.run_for));
    return exit_usage;
  }
  const std::optional<Config> config = load_or_complain(arguments.config);
  if (!config)
    return exit_configuration;
  StopSignals signals;
  LiveView view(wants_color(stderr));
  const bool live = is_terminal(stderr) && !arguments.quiet;
  AgentOptions options{.config = *config,
                       .data_directory = arguments.data_directory,
                       .record_to = {},
                       .trace_pid = 0,
                       .version = std::string(agent_version()),
                       .observer = {}};
  if (!arguments.record_to.empty())
    options.record_to = arguments.record_to;
  if (live)
    options.observer = [&view](const Batch& batch, const Origin&) { view.show(batch); };
  auto agent = Agent::start(std::move(options));
  if (!agent)
    return complain(agent.error());
  if (!(*agent)->recovery_note().empty())
    fmt::print(stderr, "{}\n", (*agent)->recovery_note());
  fmt::print(stderr, "recording to {}/events; Ctrl-C ends it\n", terminal_text(arguments.data_directory));
  const SystemClock clock;
  const auto show_rate = [&] {
    if (live)
      view.show_rate((*agent)->events(), (*agent)->lost(), clock.boot_now());
    return false;
  };
  if (auto looped = loop(**agent, signals, at_most, show_rate); !looped)
    return complain(looped.error());
  const auto summary = (*agent)->stop();
  return summary ? tell_summary(*summary, arguments.data_directory) : complain(summary.error());
}

std::shared_ptr<RunArguments> add_common(CLI::App& app) {
  auto arguments = std::make_shared<RunArguments>();
  app.add_option("--config", arguments->config,
                 "Configuration file (default: /etc/monster-agent/agent.json if it is there, else what is built in)");
  app.add_option("--data-dir", arguments->data_directory, "Directory for events, state and lock")
      ->capture_default_str();
  app.add_option("--for", arguments->run_for, "End after this time: 500ms, 20s, 15min, 1h");
  app.add_flag("--quiet", arguments->quiet, "No live lines on a terminal");
  return arguments;
}

} // namespace

std::function<int()> add_run(CLI::App& app) {
  const auto arguments = add_common(app);
  app.footer("Events are written as TSV files to DATA_DIR/events; DATA_DIR/ready exists while it records.\n"
             "SIGINT and SIGTERM end it cleanly; the last line says how many events were lost.\n\n"
             "  monster-agent run --data-dir ./run --for 20s");
  return [arguments] { return run(*arguments); };
}

std::function<int()> add_record(CLI::App& app) {
  const auto arguments = add_common(app);
  arguments->data_directory = "./monster-record";
  app.add_option("--out", arguments->record_to, "Recording to write; must not exist")->required();
  app.footer("Records all that happens, with every answer of the host, so that `replay` gives the same events\n"
             "on any machine, without root.\n\n"
             "  monster-agent record --out attack.rec --for 1min");
  return [arguments] { return run(*arguments); };
}

} // namespace monster
