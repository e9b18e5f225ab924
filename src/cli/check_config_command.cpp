// SPDX-License-Identifier: Apache-2.0
#include "cli/check_config_command.hpp"

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/recording_loop.hpp"
#include "cli/terminal.hpp"
#include "config/load.hpp"
#include "config/unit.hpp"
#include "host/linux/read_file.hpp"
#include "policy/policy.hpp"
#include "policy/rules.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace monster {
namespace {

struct CheckOptions {
  std::string path{default_config_path};
  bool strict = false;
};

std::string describe_tsv(const TsvConfig& tsv) {
  if (!tsv.enabled)
    return "TSV files off";
  const std::string directory = fmt::format("{}/events", tsv.directory.value_or(std::string(default_data_directory)));
  return fmt::format("TSV files in {} (keeps {}{})", printable(directory, 4096), format_size(tsv.keep),
                     tsv.details ? "" : ", statistics only");
}

std::string describe_policy(const PolicyConfig& policy) {
  if (!policy.builtin)
    return "built-in policy off";
  return policy.builtin_file ? fmt::format("policy of {}", printable(*policy.builtin_file, 4096)) : "built-in policy";
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// "error" red, "warning" yellow; the place bold.
std::string format_colored(const Diagnostic& diagnostic) {
  const std::string line = format_diagnostic(diagnostic);
  const std::string place = fmt::format("{}:{}:{}:", diagnostic.file, diagnostic.line, diagnostic.column);
  std::string rest = line.substr(place.size());
  constexpr std::string_view warning = " warning:";
  if (rest.starts_with(warning))
    rest = paint(Color::yellow, warning, true) + rest.substr(warning.size());
  else
    rest = paint(Color::red, rest, true);
  return paint(Color::bold, place, true) + rest;
}

std::string verdict(const CheckOptions& options, const LoadedConfig& loaded) {
  const auto errors =
      static_cast<std::size_t>(std::ranges::count(loaded.diagnostics, Severity::error, &Diagnostic::severity));
  const std::size_t warnings = loaded.diagnostics.size() - errors;
  const std::string path = printable(options.path, 4096);
  std::string complaints;
  if (errors != 0)
    complaints = counted(errors, "error", "errors");
  if (warnings != 0)
    complaints += fmt::format("{}{}", complaints.empty() ? "" : ", ", counted(warnings, "warning", "warnings"));
  if (errors != 0)
    return fmt::format("{}: not usable: {}\n", path, complaints);
  return fmt::format("{}: ok{}: {}\n", path, complaints.empty() ? "" : fmt::format(" ({})", complaints),
                     describe_config(loaded.config));
}

int check_config(const CheckOptions& options) {
  std::error_code error;
  if (options.path == default_config_path && !std::filesystem::exists(options.path, error) && !error) {
    const auto said =
        write_output(fmt::format("{}: not there, the defaults hold: {}\n", options.path, describe_config(Config{})));
    return said ? exit_ok : complain(said.error());
  }
  auto loaded = load_config(options.path, options.strict);
  if (!loaded) {
    print_error(loaded.error().message());
    return exit_configuration;
  }
  std::string text = format_diagnostics(loaded->diagnostics, wants_color(stdout));
  const Result<> policy = loaded->ok() ? check_policy(loaded->config) : Result<>();
  if (policy)
    text += verdict(options, *loaded);
  if (const auto written = write_output(text); !written) {
    print_error(written.error().message());
    return exit_failure;
  }
  if (!policy)
    print_error(policy.error().message());
  return loaded->ok() && policy ? exit_ok : exit_configuration;
}

} // namespace

std::string describe_config(const Config& config) {
  std::string text = fmt::format("{}; {}", describe_tsv(config.exporters.tsv), describe_policy(config.policy));
  if (const std::size_t excluded = config.trace_policy.process_image_name.exclude.size(); excluded != 0)
    text += fmt::format("; {} excluded", counted(excluded, "program", "programs"));
  if (config.policy.read_blocks)
    text += "; blocks of files that are only read";
  return text;
}

std::vector<std::string> excluded_by_name_alone(const Config& config) {
  std::vector<std::string> names;
  std::ranges::copy_if(config.trace_policy.process_image_name.exclude, std::back_inserter(names),
                       [](const std::string& entry) {
                         const std::size_t slash = entry.find_last_of("/\\"); // as ProcessNames has them
                         if (slash == std::string::npos)
                           return true;
                         const std::string_view above = std::string_view(entry).substr(0, slash);
                         return !above.empty() && above.find_first_not_of("*/\\") == std::string_view::npos;
                       });
  return names;
}

Result<> check_policy(const Config& config) {
  PolicySettings settings;
  settings.process_exclude = config.trace_policy.process_image_name.exclude;
  settings.builtin = config.policy.builtin;
  if (const auto& path = config.policy.builtin_file) {
    auto text = read_file(*path, builtin_json_limit);
    if (!text)
      return fail(std::move(text.error()));
    if (text->empty())
      return fail({"read", *path, "it is empty", "set policy.builtin_file to null for the policy compiled in",
                   ErrorKind::configuration});
    settings.builtin_json = std::move(*text);
    settings.builtin_origin = *path;
  }
  if (auto made = Policy::make(settings); !made)
    return fail(std::move(made.error()));
  return {};
}

std::string format_diagnostics(std::span<const Diagnostic> diagnostics, bool colored) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics)
    text += (colored ? format_colored(diagnostic) : format_diagnostic(diagnostic)) + "\n";
  return text;
}

std::function<int()> add_check_config(CLI::App& app) {
  const auto options = std::make_shared<CheckOptions>();
  app.add_option("FILE", options->path, fmt::format("The configuration (default: {})", default_config_path))
      ->type_name("");
  app.add_flag("--strict", options->strict, "Make an error of each unknown name");
  set_examples(app,
               {{"check-config", "the one of this host"},
                {"check-config --strict ./agent.json", "before it is rolled out"},
                {"schema --format config-reference", "every option, its default, what it may be"}},
               "Each complaint stands on a line of its own: FILE:LINE:COLUMN: option: what is wrong.\n"
               "Exit status: 0 usable (warnings may be), 3 not.");
  return [options] { return check_config(*options); };
}

} // namespace monster
