// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/screen.hpp"
#include "event/batch.hpp"

#include <string>

namespace monster {

// A line for each process and block as they come, and how many there are each second: for a terminal.
class LiveView {
public:
  // `screen` must outlive it.
  LiveView(Screen& screen, bool colored) : screen_(screen), colored_(colored) {}
  void show(const Batch& batch);
  // The line with the rate, at most once a second.
  void show_rate(std::int64_t events, std::uint64_t lost, BootTime now);

private:
  [[nodiscard]] std::string line(const Event& event) const;
  // Beyond this many lines a second only the rate is shown: a terminal is slower than the agent.
  static constexpr int lines_per_second = 40;

  Screen& screen_;
  bool colored_;
  int lines_ = 0;
  std::uint64_t skipped_ = 0;        // since the last rate line
  std::uint64_t dropped_before_ = 0; // by the screen, until then
  std::int64_t events_before_ = 0;
  BootTime last_rate_;
};

} // namespace monster
