// SPDX-License-Identifier: Apache-2.0
// What file_life and process_life share: their options, and workers that live every kind in turn.
#pragma once

#include "life.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace monster::e2e {

struct Program {
  std::string_view name;
  std::vector<Kind> kinds;
  // Everything that is done to files in its directory is printed: any other block there is wrong.
  bool complete = false;
};

// Returns the exit status: 0, 1 when a worker failed, 2 for wrong usage.
int run_program(const Program& program, std::span<char*> arguments);

} // namespace monster::e2e
