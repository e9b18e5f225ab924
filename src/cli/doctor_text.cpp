// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_report.hpp"
#include "cli/terminal.hpp"
#include "cli/version.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace monster {
namespace {

constexpr std::size_t word_width = 9; // "not tried", "problem"

Color color_of(Finding finding) {
  switch (finding) {
  case Finding::ok:
    return Color::green;
  case Finding::note:
    return Color::plain;
  case Finding::warning:
    return Color::yellow;
  case Finding::problem:
    return Color::red;
  }
  return Color::plain;
}

Color color_of(HookState state, bool needed) {
  if (state == HookState::in_use)
    return Color::green;
  if (state == HookState::missing)
    return needed ? Color::red : Color::yellow;
  return Color::plain;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  out.append(width - std::min(width, text_width(text)), ' ');
  return out;
}

class TextWriter {
public:
  explicit TextWriter(bool colored) : colored_(colored) {}

  void title(std::string_view text) { out_ += fmt::format("\n{}\n", paint(Color::bold, text, colored_)); }
  void word(std::string_view text, Color color) {
    out_ += fmt::format("  {}  ", paint(color, padded(text, word_width), colored_));
  }
  void cell(std::string_view text, std::size_t width) { out_ += padded(terminal_text(text), width) + "  "; }
  void last(std::string_view text) { out_ += terminal_text(text) + "\n"; }
  // A line below a finding; nothing when `text` is empty.
  void below(std::size_t indent, std::string_view label, std::string_view text) {
    if (!text.empty())
      out_ += fmt::format("{:{}}{}{}\n", "", indent, label, terminal_text(text));
  }
  void line(std::string_view text) { out_ += terminal_text(text) + "\n"; }

  std::string take() { return std::move(out_); }

private:
  std::string out_;
  bool colored_;
};

void write_checks(TextWriter& to, const DoctorReport& report) {
  std::size_t width = 0;
  for (const Check& check : report.checks)
    width = std::max(width, check.name.size());
  const std::size_t indent = word_width + width + 6;
  to.title("Host");
  for (const Check& check : report.checks) {
    to.word(name_of(check.finding), color_of(check.finding));
    to.cell(check.name, width);
    to.last(check.value);
    to.below(indent, "", check.meaning);
    to.below(indent, "do: ", check.advice);
  }
}

void write_hooks(TextWriter& to, const DoctorReport& report) {
  std::size_t width = 0;
  for (const Hook& hook : report.trial.hooks)
    width = std::max(width, text_width(hook.fact));
  const std::size_t indent = word_width + 4;
  to.title("Hooks: what is recorded, and how it is learned");
  for (const Hook& hook : report.trial.hooks) {
    const HookState state = state_of(hook, report.trial);
    to.word(name_of(state), color_of(state, hook.needed));
    to.cell(hook.fact, width);
    to.last(hook.attaches + (hook.needed ? "" : " (not required)"));
    if (state != HookState::missing)
      continue;
    to.below(indent, "why: ", hook.problem);
    to.below(indent, "lost: ", hook.lost_without);
    to.below(indent, "do: ", advice_for(hook));
  }
}

} // namespace

std::string doctor_text(const DoctorReport& report, bool colored) {
  TextWriter to(colored);
  to.line(fmt::format("Monster Agent {} on Linux {}", agent_version(), report.host.kernel_release));
  write_checks(to, report);
  write_hooks(to, report);
  to.title("Result");
  to.line("  " + report.verdict);
  return to.take();
}

} // namespace monster
