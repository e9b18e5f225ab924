// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/recording_loop.hpp"
#include "cli/story.hpp"
#include "cli/terminal.hpp"
#include "cli/traced_command.hpp"
#include "cli/version.hpp"

#include <csignal>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <memory>

namespace monster {
namespace {

struct TraceArguments {
  std::string config;
  std::string out;
  bool json = false;
  std::vector<std::string> command;
};

// What the command's end closes and writes is still on its way for a moment.
constexpr Duration settle = milliseconds(200);

int own_failure(const Error& error) {
  static_cast<void>(complain(error));
  return exit_trace_failure;
}

std::string default_directory() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  return fmt::format("./monster-trace-{:%Y%m%dT%H%M%SZ}", utc);
}

void tell(const Story& story, const TraceArguments& arguments, const RunSummary& summary,
          const std::string& directory) {
  if (arguments.json)
    fmt::print(stderr, "{}", story.json());
  else
    fmt::print(stderr, "\n{}", story.text(wants_color(stderr)));
  fmt::print(stderr, "{} events, {} lost; files in {}/events\n", summary.events, summary.lost,
             terminal_text(directory));
}

int run_trace(const TraceArguments& arguments) {
  const std::optional<Config> config = load_or_complain(arguments.config);
  if (!config)
    return exit_trace_failure;
  auto command = TracedCommand::prepare(arguments.command);
  if (!command)
    return own_failure(command.error());
  StopSignals signals;
  Story story;
  if (arguments.json)
    story.keep_json();
  const std::string directory = arguments.out.empty() ? default_directory() : arguments.out;
  AgentOptions options{.config = *config,
                       .data_directory = directory,
                       .record_to = {},
                       .trace_pid = static_cast<std::uint32_t>(command->pid()),
                       .version = std::string(agent_version()),
                       .observer = [&story](const Batch& batch, const Origin& origin) { story.add(batch, origin); }};
  auto agent = Agent::start(std::move(options));
  if (!agent)
    return own_failure(agent.error());
  if (auto gone = command->let_go(); !gone)
    return own_failure(gone.error());
  const auto ended = [&] { return command->status().has_value(); };
  if (auto looped = loop(**agent, signals, std::nullopt, ended); !looped)
    return own_failure(looped.error());
  if (!ended())
    command->pass_on(SIGTERM);
  if (auto settled = turn_for(**agent, settle); !settled)
    return own_failure(settled.error());
  const auto summary = (*agent)->stop();
  if (!summary)
    return own_failure(summary.error());
  tell(story, arguments, *summary, directory);
  return command->status().value_or(exit_trace_failure);
}

} // namespace

std::function<int()> add_trace(CLI::App& app) {
  auto arguments = std::make_shared<TraceArguments>();
  app.add_option("--config", arguments->config,
                 "Configuration file (default: /etc/monster-agent/agent.json if it is there, else what is built in)");
  app.add_option("--out", arguments->out, "Keep the events here (default: ./monster-trace-TIME)");
  app.add_flag("--json", arguments->json, "Tell the events as JSON lines instead of the story");
  app.add_option("COMMAND", arguments->command, "Command and its arguments, after --")->required();
  app.positionals_at_end();
  app.footer("Records COMMAND and all that descends from it, waits for it, and tells its story on standard error.\n"
             "COMMAND keeps its standard input, output and error; the exit status is its own.\n\n"
             "  monster-agent trace -- sh -c 'cp /etc/hosts /tmp/a; rm /tmp/a'");
  return [arguments] { return run_trace(*arguments); };
}

} // namespace monster
