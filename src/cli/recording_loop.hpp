// SPDX-License-Identifier: Apache-2.0
// What `run`, `record` and `trace` have in common: the agent's loop until a signal, a time or an end, and
// what its errors and its summary say.
#pragma once

#include "agent/agent.hpp"
#include "base/result.hpp"

#include <functional>
#include <optional>
#include <string>

namespace monster {

// SIGINT and SIGTERM are held back from here on and asked for; threads made later inherit that.
class StopSignals {
public:
  StopSignals();
  // Whether one came, now or at an earlier call.
  [[nodiscard]] bool came();

private:
  bool came_ = false;
};

// Turns until `done` says so, a signal came or the time is over.
[[nodiscard]] Result<> loop(Agent& agent, StopSignals& signals, std::optional<Duration> at_most,
                            const std::function<bool()>& done = {});

// Turns for this long, whatever signal came.
[[nodiscard]] Result<> turn_for(Agent& agent, Duration time);

// When `path` is empty, /etc/monster-agent/agent.json if it is there, else what is built in. Prints every
// complaint; an empty result is exit status 3.
[[nodiscard]] std::optional<Config> load_or_complain(const std::string& path);

// The exit status that an error of Agent::start means; the message goes to standard error.
[[nodiscard]] int complain(const Error& error);

// The summary to standard error; returns the exit status, 7 when something was lost.
[[nodiscard]] int tell_summary(const RunSummary& summary, const std::string& data_directory);

// "20s", "500ms", "15min", "1h" as an option's value; nullopt when it is none of these.
[[nodiscard]] std::optional<Duration> parse_duration_option(const std::string& text);

} // namespace monster
