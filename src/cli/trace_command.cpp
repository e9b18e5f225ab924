// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/recording_loop.hpp"
#include "cli/story.hpp"
#include "cli/terminal.hpp"
#include "cli/traced_command.hpp"
#include "cli/version.hpp"

#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

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
constexpr int last_signal = 3; // of those that are passed on; then the command is left alone
constexpr int last_lines_ms = 200;

// Waits for the command as a shell would: a signal is passed on, unless the terminal gave it to the command too.
class Waiting {
public:
  explicit Waiting(TracedCommand& command) : command_(command) {}

  [[nodiscard]] bool is_over() {
    if (command_.status())
      return true;
    while (const auto signal = signals_.take()) {
      if (++count_ == last_signal)
        return true;
      if (!signal->from_terminal)
        command_.pass_on(signal->number);
    }
    return false;
  }

private:
  TracedCommand& command_;
  StopSignals signals_;
  int count_ = 0;
};

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
    say(story.json());
  else if (const std::string text = story.text(wants_color(stderr)); !text.empty())
    say(fmt::format("\n{}", text));
  if (const std::string left_out = story.left_out(); !left_out.empty())
    say(fmt::format("{}\n", left_out));
  say(fmt::format("{} events, {} lost; files in {}/events\n", summary.events, summary.lost, terminal_text(directory)));
}

int run_trace(const TraceArguments& arguments) {
  const std::optional<Config> config = load_or_complain(arguments.config);
  if (!config)
    return exit_trace_failure;
  auto command = TracedCommand::prepare(arguments.command);
  if (!command)
    return own_failure(command.error());
  Waiting waiting(*command);
  Screen screen(STDERR_FILENO);
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
  if (auto looped = loop(**agent, screen, std::nullopt, [&] { return waiting.is_over(); }); !looped)
    return own_failure(looped.error());
  if (auto settled = loop(**agent, screen, settle); !settled)
    return own_failure(settled.error());
  const auto summary = (*agent)->stop();
  screen.finish(last_lines_ms);
  if (!summary)
    return own_failure(summary.error());
  tell(story, arguments, *summary, directory);
  if (const auto status = command->status())
    return *status;
  print_error(fmt::format("the command still runs, as process {}; it is recorded no more", command->pid()));
  return exit_trace_failure;
}

} // namespace

std::function<int()> add_trace(CLI::App& app) {
  auto arguments = std::make_shared<TraceArguments>();
  add_config_option(app, arguments->config);
  app.add_option("--out", arguments->out, "Keep the events here (default: ./monster-trace-TIME)")->option_text("DIR");
  app.add_flag("--json", arguments->json, "Tell the events as JSON lines instead of the story");
  app.add_option("COMMAND", arguments->command, "Command and its arguments, after --")
      ->required()
      ->option_text("... REQUIRED");
  app.positionals_at_end();
  set_examples(app,
               {{"trace -- make", "what a build does to files"},
                {"trace --out ./t -- sh -c 'cp /etc/hosts /tmp/a; rm /tmp/a'", "the events are kept in ./t/events"}},
               "Needs root. Records COMMAND and all that descends from it, waits for it, and tells its story on\n"
               "standard error. COMMAND keeps its standard input, output and error; it gets the signals that trace\n"
               "gets, and at the third it is left alone, recorded no more.\n"
               "Exit status: that of COMMAND, 128 + N when signal N ended it; 125 trace itself failed, 126 COMMAND\n"
               "cannot be executed, 127 it is not found.");
  return [arguments] { return run_trace(*arguments); };
}

} // namespace monster
