// SPDX-License-Identifier: Apache-2.0
// The one list of commands. A command is a line here, a line in commands.cpp and a pair NAME_command.hpp, .cpp.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <span>
#include <string_view>

namespace monster {

// `add` gives `app` (the subcommand, made by the caller with name and summary) its options, examples and footer,
// and returns what runs once the arguments are parsed; that returns the exit code (exit_codes.hpp).
struct Command {
  std::string_view name;
  std::string_view summary;
  std::function<int()> (*add)(CLI::App& app);
};

// In the order in which --help shows them.
[[nodiscard]] std::span<const Command> commands();

[[nodiscard]] std::function<int()> add_run(CLI::App& app);
[[nodiscard]] std::function<int()> add_trace(CLI::App& app);
[[nodiscard]] std::function<int()> add_record(CLI::App& app);
[[nodiscard]] std::function<int()> add_replay(CLI::App& app);
[[nodiscard]] std::function<int()> add_schema(CLI::App& app);
[[nodiscard]] std::function<int()> add_doctor(CLI::App& app);
[[nodiscard]] std::function<int()> add_check_config(CLI::App& app);

} // namespace monster
