// SPDX-License-Identifier: Apache-2.0
#include "cli/recording_loop.hpp"

#include "cli/check_config_command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/terminal.hpp"
#include "config/load.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

namespace monster {
namespace {

constexpr Duration turn_at_most = milliseconds(25);
constexpr int summary_patience_ms = 5000;

std::string family_line(std::string_view name, const FamilyLedger& ledger) {
  return fmt::format(
      "  {:<8} observed {}  emitted {}  condensed {}  suppressed {}  filtered {}  lost {}  pending {}{}\n", name,
      ledger.observed, ledger.emitted, ledger.condensed, ledger.suppressed, ledger.filtered, ledger.lost,
      static_cast<std::int64_t>(ledger.pending), ledger.balances() ? "" : "  DOES NOT BALANCE");
}

void set_signal(int signal, sighandler_t handler) {
  struct sigaction action{};
  action.sa_handler = handler;
  ::sigaction(signal, &action, nullptr);
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

double to_ms(Duration d) { return static_cast<double>(d.ns) / 1e6; }

} // namespace

StopSignals::StopSignals() {
  const sigset_t set = stop_signals();
  sigprocmask(SIG_BLOCK, &set, nullptr);
  set_signal(SIGPIPE, SIG_IGN);
  set_signal(SIGXFSZ, SIG_IGN);
}

std::optional<StopSignals::Signal> StopSignals::take() {
  const sigset_t set = stop_signals();
  const timespec now{};
  siginfo_t info{};
  const int number = sigtimedwait(&set, &info, &now);
  return number > 0 ? std::optional(Signal{number, info.si_code == SI_KERNEL}) : std::nullopt;
}

Result<> loop(Agent& agent, Screen& screen, std::optional<Duration> at_most, const std::function<bool()>& done) {
  const SystemClock clock;
  const BootTime start = clock.boot_now();
  while (!(at_most && clock.boot_now() - start >= *at_most) && !(done && done())) {
    if (auto turned = agent.turn(turn_at_most); !turned)
      return turned;
    for (const std::string& note : agent.take_notes())
      screen.write(fmt::format("monster-agent: {}\n", terminal_text(note)));
  }
  return {};
}

void add_config_option(CLI::App& app, std::string& path) {
  app.add_option("--config", path,
                 fmt::format("Configuration (default: {} if it is there, else what is built in)", default_config_path))
      ->option_text("FILE");
}

std::optional<Config> load_or_complain(const std::string& path) {
  std::error_code error; // what cannot be looked for is not known to be absent: load_config says why
  if (path.empty() && !std::filesystem::exists(default_config_path, error) && !error)
    return Config{};
  const Result<LoadedConfig> loaded = load_config(path.empty() ? std::string(default_config_path) : path, false);
  if (!loaded) {
    print_error(loaded.error().message());
    return std::nullopt;
  }
  for (const Diagnostic& diagnostic : loaded->diagnostics)
    say(format_diagnostic(diagnostic) + "\n");
  if (!loaded->ok())
    return std::nullopt;
  if (const auto policy = check_policy(loaded->config); !policy) {
    print_error(policy.error().message());
    return std::nullopt;
  }
  return loaded->config;
}

int complain(const Error& error) {
  print_error(error.message());
  return exit_code_of(error.kind);
}

int tell_summary(const RunSummary& summary, const std::string& data_directory, Screen& screen) {
  std::string text = fmt::format("{} events\n", summary.events);
  for (std::size_t f = 0; f < family_count; ++f)
    if (summary.families[f].observed != 0)
      text += family_line(name_of(static_cast<Family>(f)), summary.families[f]);
  for (const auto& [name, ledger] : summary.exporters)
    text += fmt::format("  {:<8} given {}  acknowledged {}  unconfirmed {}  dropped {}\n", name, ledger.given,
                        ledger.acknowledged, ledger.unconfirmed, ledger.dropped);
  if (summary.latency && summary.latency->count != 0)
    text += fmt::format("  happened to written: p50 {:.0f} ms, p99 {:.0f} ms, max {:.0f} ms\n",
                        to_ms(summary.latency->p50), to_ms(summary.latency->p99), to_ms(summary.latency->max));
  for (const std::string& problem : summary.problems)
    text += fmt::format("monster-agent: {}\n", terminal_text(problem));
  text += fmt::format("files in {}/events\nlost {}\n", terminal_text(data_directory), summary.lost);
  screen.write(text);
  screen.finish(summary_patience_ms);
  if (summary.lost != 0)
    return exit_loss;
  return summary.problems.empty() ? exit_ok : exit_failure;
}

std::optional<Duration> parse_duration_option(const std::string& text) {
  struct NamedUnit {
    std::string_view name;
    std::int64_t ns;
  };
  static constexpr NamedUnit units[] = {
      {"ms", 1'000'000}, {"s", 1'000'000'000}, {"min", 60'000'000'000}, {"h", 3'600'000'000'000}};
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  constexpr std::int64_t most = 1'000'000;
  if (error != std::errc{} || number < 0 || number > most)
    return std::nullopt;
  for (const NamedUnit& unit : units)
    if (std::string_view(rest, static_cast<std::size_t>(end - rest)) == unit.name)
      return Duration{number * unit.ns};
  return std::nullopt;
}

} // namespace monster
