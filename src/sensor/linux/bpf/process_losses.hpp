// SPDX-License-Identifier: Apache-2.0
// Reads the kernel's map of processes that lost something.
#pragma once

#include "event/process_loss.hpp"

#include "../../../../bpf/wire.h"

#include <map>
#include <utility>
#include <vector>

namespace monster {

class ProcessLosses {
public:
  ProcessLosses() = default;
  // `map` must outlive it.
  explicit ProcessLosses(int map) : map_(map) {}

  // What was counted since the last call. A process that ended and lost nothing more leaves the map.
  [[nodiscard]] std::vector<ProcessLoss> take();

private:
  using Key = std::pair<std::uint64_t, std::uint32_t>; // start, pid
  void add_new(const wire::wire_process& process, const wire::wire_losses& losses, std::vector<ProcessLoss>& fresh);

  int map_ = -1;
  std::map<Key, wire::wire_losses> known_;
};

} // namespace monster
