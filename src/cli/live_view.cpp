// SPDX-License-Identifier: Apache-2.0
#include "cli/live_view.hpp"

#include "base/path_text.hpp"
#include "cli/sentence.hpp"
#include "cli/terminal.hpp"

#include <fmt/format.h>

namespace monster {

std::string LiveView::line(const Event& event) const {
  const std::string what = sentence(event);
  if (what.empty())
    return {};
  const Common& c = event.common;
  const std::int64_t second_of_day = (c.time.ns / 1'000'000'000) % 86'400;
  const std::string time =
      fmt::format("{:02}:{:02}:{:02}", second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
  const std::string who =
      fmt::format("{} {}", c.pid ? c.pid->value : 0, c.image.is_null() ? "?" : base_name(c.image.bytes()));
  return fmt::format("{} {:<24} {}\n", paint(Color::dim, time, colored_), terminal_text(who), terminal_text(what));
}

void LiveView::show(const Batch& batch) {
  std::string text;
  for (const Event& event : batch.events) {
    if (lines_ >= lines_per_second) {
      ++skipped_;
      continue;
    }
    const std::string one = line(event);
    lines_ += one.empty() ? 0 : 1;
    text += one;
  }
  screen_.write(text);
}

void LiveView::show_rate(std::int64_t events, std::uint64_t lost, BootTime now) {
  if (now - last_rate_ < seconds(1))
    return;
  const std::int64_t rate = events - events_before_;
  const std::uint64_t not_shown = skipped_ + screen_.dropped() - std::exchange(dropped_before_, screen_.dropped());
  if (rate != 0)
    screen_.write(paint(Color::bold,
                        fmt::format("{} events/s  {} in all  {} not shown  lost {}", rate, events, not_shown, lost),
                        colored_) +
                  "\n");
  events_before_ = events;
  last_rate_ = now;
  lines_ = 0;
  skipped_ = 0;
}

} // namespace monster
