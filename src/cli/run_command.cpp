// SPDX-License-Identifier: Apache-2.0
#include "cli/check_config_command.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/live_view.hpp"
#include "cli/recording_loop.hpp"
#include "cli/terminal.hpp"
#include "cli/version.hpp"

#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace monster {
namespace {

struct RunArguments {
  std::string config;
  std::string data_directory;
  std::string run_for;
  std::string record_to;
  bool quiet = false;
};

int run(const RunArguments& arguments) {
  std::optional<Duration> at_most;
  if (!arguments.run_for.empty() && !(at_most = parse_duration_option(arguments.run_for))) {
    say(fmt::format("--for: found \"{}\", allowed: a number and ms, s, min or h\n", terminal_text(arguments.run_for)));
    return exit_usage;
  }
  const std::optional<Config> config = load_or_complain(arguments.config);
  if (!config)
    return exit_configuration;
  StopSignals signals;
  Screen screen(STDERR_FILENO);
  LiveView view(screen, wants_color(stderr));
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
    screen.write((*agent)->recovery_note() + "\n");
  screen.write(fmt::format("recording to {}/events; Ctrl-C ends it\n", terminal_text(arguments.data_directory)));
  const SystemClock clock;
  const auto is_over = [&] {
    if (live)
      view.show_rate((*agent)->events(), (*agent)->lost(), clock.boot_now());
    return signals.take().has_value();
  };
  if (auto looped = loop(**agent, screen, at_most, is_over); !looped)
    return complain(looped.error());
  const auto summary = (*agent)->stop();
  return summary ? tell_summary(*summary, arguments.data_directory, screen) : complain(summary.error());
}

std::shared_ptr<RunArguments> add_common(CLI::App& app, std::string_view data_directory) {
  auto arguments = std::make_shared<RunArguments>();
  arguments->data_directory = data_directory;
  add_config_option(app, arguments->config);
  app.add_option("--data-dir", arguments->data_directory,
                 fmt::format("Directory for events, state and lock (default: {})", data_directory))
      ->option_text("DIR");
  app.add_option("--for", arguments->run_for, "End after this time: 500ms, 20s, 15min, 1h")->option_text("TIME");
  app.add_flag("--quiet", arguments->quiet, "No live lines on a terminal");
  return arguments;
}

} // namespace

std::function<int()> add_run(CLI::App& app) {
  const auto arguments = add_common(app, default_data_directory);
  set_examples(app,
               {{"run", "until Ctrl-C, with the configuration of this host"},
                {"run --data-dir ./run --for 20s", "to try it: all that it writes lies in ./run"}},
               "Needs root. Events are written as TSV files to DIR/events; DIR/ready exists while it records.\n"
               "SIGINT and SIGTERM end it cleanly; the last line says how many events were lost.");
  return [arguments] { return run(*arguments); };
}

std::function<int()> add_record(CLI::App& app) {
  const auto arguments = add_common(app, "./monster-record");
  app.add_option("--out", arguments->record_to, "Recording to write; must not exist")
      ->required()
      ->option_text("FILE REQUIRED");
  set_examples(app, {{"record --out attack.rec --for 1min", "a minute of this host"}},
               "Needs root. Records all that happens, with every answer of the host, so that `replay` gives the same\n"
               "events on any machine, without root. The events themselves are written too, as `run` does.");
  return [arguments] { return run(*arguments); };
}

} // namespace monster
