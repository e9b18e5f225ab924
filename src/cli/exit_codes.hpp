// SPDX-License-Identifier: Apache-2.0
// What the exit status of monster-agent says. `--help` prints this list.
#pragma once

#include "base/result.hpp"

#include <string_view>

namespace monster {

enum ExitCode : int {
  exit_ok = 0,
  exit_failure = 1,
  exit_usage = 2,
  exit_configuration = 3,
  exit_privilege = 4,
  exit_kernel = 5,
  exit_other_agent = 6,
  exit_loss = 7,
  // Of `trace` only, as env(1) has them; every other status of `trace` is CMD's own.
  exit_trace_failure = 125,
  exit_not_executable = 126,
  exit_not_found = 127,
};

struct ExitCodeMeaning {
  ExitCode code;
  std::string_view meaning;
};

inline constexpr ExitCodeMeaning exit_code_meanings[] = {
    {exit_ok, "it worked"},
    {exit_failure, "it failed; standard error says why"},
    {exit_usage, "an option or argument is wrong"},
    {exit_configuration, "the configuration has an error"},
    {exit_privilege, "it needs root"},
    {exit_kernel, "this kernel lacks what is needed; `monster-agent doctor` says what and what to do"},
    {exit_other_agent, "another agent uses this data directory"},
    {exit_loss, "it ended, and events were lost"},
};

[[nodiscard]] constexpr ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
  case ErrorKind::configuration:
    return exit_configuration;
  case ErrorKind::privilege:
    return exit_privilege;
  case ErrorKind::kernel:
    return exit_kernel;
  case ErrorKind::taken:
    return exit_other_agent;
  case ErrorKind::other:
  case ErrorKind::io:
  case ErrorKind::input:
    break;
  }
  return exit_failure;
}

inline constexpr std::string_view exit_codes_of_trace =
    "`trace` exits as CMD did (128 + N when signal N ended it); 125 when trace itself failed, 126 when CMD\n"
    "cannot be executed, 127 when it is not found.";

} // namespace monster
