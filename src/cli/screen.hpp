// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace monster {

// Lines for a terminal, or for whatever standard error is, that never wait for it: one that is held (Ctrl-S), or
// a pipe that nobody reads, loses lines and nothing else.
class Screen {
public:
  // `fd` stays the caller's, as it is: its flags are those of everybody who has it open.
  explicit Screen(int fd);

  // Whole lines. What does not go at once waits for the next call; what has no room to wait is dropped.
  void write(std::string_view lines);
  // Gives what waits a last chance, of at most this long.
  void finish(int patience_ms);

  [[nodiscard]] std::uint64_t dropped() const { return dropped_; } // lines

private:
  static constexpr std::size_t room = 64U << 10;

  void push();
  [[nodiscard]] long write_some(std::string_view bytes) const; // as write(2)

  UniqueFd own_; // of another open file description, which does not block; none when it cannot be opened again
  int fd_;
  std::string waiting_;
  std::uint64_t dropped_ = 0;
};

} // namespace monster
