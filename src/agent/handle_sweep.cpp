// SPDX-License-Identifier: Apache-2.0
#include "agent/handle_sweep.hpp"

#include <algorithm>

namespace monster {

bool HandleSweep::wanted(std::uint64_t lost, BootTime now) {
  if (lost != lost_) {
    lost_ = lost;
    grew_ = now;
    pending_ = true;
  }
  const bool settled = pending_ && now - grew_ >= quiet;
  if (answer_ || !(settled || (pending_ && now - asked_ >= between) || now - asked_ >= at_least))
    return false;
  pending_ = pending_ && !settled;
  asked_ = now;
  return true;
}

void HandleSweep::answered(BootTime time, std::vector<std::uint64_t> objects) {
  answer_ = LivingNotice{time, true, std::move(objects)};
}

std::vector<LivingNotice> HandleSweep::take_due(BootTime fed_until) {
  std::vector<LivingNotice> parts;
  if (!answer_ || fed_until < answer_->time)
    return parts;
  std::span<const std::uint64_t> left = answer_->objects;
  do {
    const auto part = left.first(std::min(left.size(), LivingNotice::most_objects));
    left = left.subspan(part.size());
    parts.push_back({answer_->time, left.empty(), {part.begin(), part.end()}});
  } while (!left.empty());
  answer_.reset();
  return parts;
}

} // namespace monster
