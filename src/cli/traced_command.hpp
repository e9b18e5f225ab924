// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace monster {

// A command that is forked first and execs when it is let go, so that nothing of it is missed.
class TracedCommand {
public:
  // Forks a process that waits. Call before threads are made.
  [[nodiscard]] static Result<TracedCommand> prepare(const std::vector<std::string>& arguments);

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] Result<> let_go();
  // The exit status as a shell gives it (128 + signal), once the command ended.
  [[nodiscard]] std::optional<int> status();
  void pass_on(int signal) const;

private:
  pid_t pid_ = -1;
  UniqueFd gate_;
  std::optional<int> status_;
};

} // namespace monster
