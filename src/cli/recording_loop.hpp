// SPDX-License-Identifier: Apache-2.0
// What `run`, `record` and `trace` have in common: the agent's loop until a signal, a time or an end, and
// what its errors and its summary say.
#pragma once

#include "agent/agent.hpp"
#include "base/result.hpp"
#include "cli/screen.hpp"

#include <functional>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace monster {

// SIGINT and SIGTERM are held back from here on and asked for; threads made later inherit that.
class StopSignals {
public:
  struct Signal {
    int number = 0;
    bool from_terminal = false; // the kernel sent it to all of the foreground: Ctrl-C
  };
  StopSignals();
  // The next one that came; nothing when none did.
  [[nodiscard]] std::optional<Signal> take();
};

// Turns until `done`, which is asked at each, or for this long. Notes of the agent go to `screen`.
[[nodiscard]] Result<> loop(Agent& agent, Screen& screen, std::optional<Duration> at_most,
                            const std::function<bool()>& done = {});

// --config FILE.
void add_config_option(CLI::App& app, std::string& path);

// When `path` is empty, /etc/monster-agent/agent.json if it is there, else what is built in. Prints every
// complaint; an empty result is exit status 3.
[[nodiscard]] std::optional<Config> load_or_complain(const std::string& path);

// The message to standard error; returns the exit status that the error means.
[[nodiscard]] int complain(const Error& error);

// The summary to `screen`, which is given some seconds to take it; returns the exit status, 7 when something was lost.
[[nodiscard]] int tell_summary(const RunSummary& summary, const std::string& data_directory, Screen& screen);

// "20s", "500ms", "15min", "1h" as an option's value; nullopt when it is none of these.
[[nodiscard]] std::optional<Duration> parse_duration_option(const std::string& text);

} // namespace monster
