// SPDX-License-Identifier: Apache-2.0
// `monster-agent check-config`: every mistake of a configuration at its place, and what it switches on.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/diagnostic.hpp"

#include <span>
#include <string>
#include <vector>

namespace monster {

inline constexpr std::string_view default_config_path = "/etc/monster-agent/agent.json";
inline constexpr std::string_view default_data_directory = "/var/lib/monster-agent";

// What the configuration switches on, in one line: "TSV files in ...; built-in policy; ...".
[[nodiscard]] std::string describe_config(const Config& config);

// Entries that exclude a process by its file's name alone: malware of that name is excluded with it.
[[nodiscard]] std::vector<std::string> excluded_by_name_alone(const Config& config);

// The policy that the configuration asks for can be made: its file is there and understood.
[[nodiscard]] Result<> check_policy(const Config& config);

// One line for each, in the order of the file.
[[nodiscard]] std::string format_diagnostics(std::span<const Diagnostic> diagnostics, bool colored);

} // namespace monster
