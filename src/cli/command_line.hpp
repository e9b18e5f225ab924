// SPDX-License-Identifier: Apache-2.0
// From the arguments to a command: usage errors, --help and --version are answered here.
#pragma once

#include <CLI/CLI.hpp>

#include <initializer_list>
#include <string_view>

namespace monster {

// What main() returns: one of exit_codes.hpp, or of `trace` the status of its command.
[[nodiscard]] int run_command_line(int argc, const char* const* argv);

struct Example {
  std::string_view arguments; // behind "monster-agent "
  std::string_view meaning;
};
// The end of a command's --help; `more` follows the examples as a paragraph of its own.
void set_examples(CLI::App& app, std::initializer_list<Example> examples, std::string_view more = {});

} // namespace monster
