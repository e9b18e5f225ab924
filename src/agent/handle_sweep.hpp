// SPDX-License-Identifier: Apache-2.0
// When the kernel is asked which files are open, so that blocks whose end was lost are forgotten; and the answer
// until all that happened before it was handled.
#pragma once

#include "agent/inputs.hpp"

#include <optional>
#include <vector>

namespace monster {

class HandleSweep {
public:
  // What began before the run is swept once: the snapshot may tell paths of files that a hook told of.
  explicit HandleSweep(BootTime start) : grew_(start), asked_(start) {}

  // Called now and then; `lost` is all that may have cost a last sign of a handle, so far. Whether to ask now:
  // once it grows no more, meanwhile seldom, and very seldom in any case.
  [[nodiscard]] bool wanted(std::uint64_t lost, BootTime now);
  // The kernel's answer, asked for at `time`.
  void answered(BootTime time, std::vector<std::uint64_t> objects);
  // The answer in parts, when all before it was fed; it is given once.
  [[nodiscard]] std::vector<LivingNotice> take_due(BootTime fed_until);

private:
  static constexpr Duration quiet = seconds(3);
  static constexpr Duration between = seconds(10);
  static constexpr Duration at_least = seconds(600);

  std::uint64_t lost_ = 0;
  BootTime grew_;
  BootTime asked_;
  bool pending_ = true;
  std::optional<LivingNotice> answer_;
};

} // namespace monster
