// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"

namespace monster {

std::span<const Command> commands() {
  static constexpr Command list[] = {
      {"run", "Record this host until stopped", add_run},
      {"trace", "Record one command and all that it starts, and tell its story", add_trace},
      {"record", "Write a recording: all that the agent saw, to be replayed", add_record},
      {"replay", "Make events from a recording, byte for byte the same each time", add_replay},
      {"schema", "Print the events and their columns, the options, tables for databases", add_schema},
      {"doctor", "Say what this host lets the agent see, and what to do about the rest", add_doctor},
      {"check-config", "Check a configuration and point at every mistake", add_check_config},
  };
  return list;
}

} // namespace monster
