// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"

#include "base/nearest_word.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/terminal.hpp"
#include "cli/version.hpp"
#include "config/source_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace monster {
namespace {

constexpr std::string_view program = "monster-agent";
constexpr std::string_view what_it_is =
    "Monster Agent records what happens on this host: processes, and what they do to files.";

std::string exit_codes_text() {
  std::string text = "Exit status:\n";
  for (const ExitCodeMeaning& one : exit_code_meanings)
    text += fmt::format("  {}  {}\n", static_cast<int>(one.code), one.meaning);
  text += exit_codes_of_trace;
  return text;
}

std::string top_footer() {
  return fmt::format("`{0} COMMAND --help` tells more of a command, with examples. To begin with:\n"
                     "  {0} doctor\n"
                     "  {0} trace -- curl -o page https://example.org/\n\n{1}",
                     program, exit_codes_text());
}

std::string said_in(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? std::string(program) : fmt::format("{} {}", program, chosen.back()->get_name());
}

std::string unknown_command(std::string_view written) {
  std::vector<std::string_view> names;
  std::ranges::transform(commands(), std::back_inserter(names), &Command::name);
  std::string text = fmt::format("there is no command \"{}\"", printable(written));
  if (const auto meant = nearest_word(names, written))
    text += fmt::format("; did you mean \"{}\"?", *meant);
  return text;
}

std::string unexpected_arguments(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const auto left = (chosen.empty() ? app : *chosen.back()).remaining();
  if (left.empty())
    return "an argument was not expected";
  if (left.front().starts_with('-'))
    return fmt::format("there is no option {}", printable(left.front()));
  return chosen.empty() ? unknown_command(left.front())
                        : fmt::format("the argument \"{}\" was not expected", printable(left.front()));
}

int usage_error(const CLI::App& app, std::string_view message) {
  const std::string where = said_in(app);
  say(fmt::format("{}: {}\n", where, terminal_text(message)));
  say(fmt::format("Try `{} --help`.\n", where));
  return exit_usage;
}

int print(std::string_view text) {
  if (const auto written = write_output(text); !written) {
    print_error(written.error().message());
    return exit_failure;
  }
  return exit_ok;
}

} // namespace

void set_examples(CLI::App& app, std::initializer_list<Example> examples, std::string_view more) {
  std::size_t width = 0;
  for (const Example& example : examples)
    width = std::max(width, example.arguments.size());
  std::string text = "Examples:\n";
  for (const Example& example : examples)
    text += fmt::format("  {} {:<{}}  # {}\n", program, example.arguments, width, example.meaning);
  app.footer(more.empty() ? text.substr(0, text.size() - 1) : fmt::format("{}\n{}", text, more));
}

int run_command_line(int argc, const char* const* argv) {
  CLI::App app{std::string(what_it_is), std::string(program)};
  app.set_help_flag("-h,--help", "Print this and exit");
  app.set_version_flag("--version", fmt::format("{} {}", program, agent_version()), "Print the version and exit");
  app.require_subcommand(0, 1);
  app.footer(top_footer());
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  std::vector<std::pair<const CLI::App*, std::function<int()>>> runs;
  for (const Command& command : commands()) {
    CLI::App* one = app.add_subcommand(std::string(command.name), std::string(command.summary));
    one->group("Commands");
    runs.emplace_back(one, command.add(*one));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print(app.help());
  } catch (const CLI::CallForVersion& version) {
    return print(fmt::format("{}\n", version.what()));
  } catch (const CLI::ExtrasError&) {
    return usage_error(app, unexpected_arguments(app));
  } catch (const CLI::Error& error) {
    return usage_error(app, error.what());
  }
  for (const auto& [command, run] : runs)
    if (command->parsed())
      return run();
  return usage_error(app, "which command? `run`, `trace` and `doctor` are to begin with");
}

} // namespace monster
