// SPDX-License-Identifier: Apache-2.0
// What one run leaves for the next: who it was and whether it ended as it should; and the lock that keeps
// a second agent from the same data.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace monster {

struct RunState {
  std::string run_id; // 32 hex digits
  bool clean = false;
  std::int64_t last_seq = 0;
  WallTime time; // of the last event, or of the start while the run goes on
};

// The data directory, made if need be (0700, ours), and held: its descriptor, and the lock in it.
class DataDirectory {
public:
  // Fails with ErrorKind::taken when another agent holds the lock.
  [[nodiscard]] static Result<DataDirectory> open(const std::string& given);

  [[nodiscard]] const std::string& path() const { return path_; }
  // Null when there is none, or it is not one of ours.
  [[nodiscard]] std::optional<RunState> read_state() const;
  // Written beside and renamed over the old one.
  [[nodiscard]] Result<> write_state(const RunState& state) const;
  // An empty file `ready`, for whoever waits until the agent records.
  [[nodiscard]] Result<> mark_ready() const;
  void unmark_ready() const;

private:
  std::string path_;
  UniqueFd directory_;
  UniqueFd lock_;
};

} // namespace monster
