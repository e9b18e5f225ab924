// SPDX-License-Identifier: Apache-2.0
// For tests: what a command of the host says, to compare our own answer with.
#pragma once

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace monster {

inline std::string output_of(const std::string& command) {
  struct Close {
    void operator()(std::FILE* file) const { ::pclose(file); }
  };
  // allow(shell): tests alone run it, with texts of their own
  const std::unique_ptr<std::FILE, Close> pipe(::popen(command.c_str(), "re"));
  std::string text;
  std::array<char, 4096> part{};
  for (std::size_t got = 1; pipe && got > 0; text.append(part.data(), got))
    got = std::fread(part.data(), 1, part.size(), pipe.get());
  return text;
}

} // namespace monster
