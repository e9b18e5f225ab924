// SPDX-License-Identifier: Apache-2.0
#include "export/intake.hpp"

namespace monster {

bool Intake::offer(const SharedBatch& batch) {
  if (!batch || batch->events.empty())
    return true;
  offered_.fetch_add(batch->events.size());
  if (closed_.load()) {
    refuse(*batch, late_);
    return false;
  }
  if (!queue_.push(batch, gap_)) {
    refuse(*batch, full_);
    return false;
  }
  gap_ = 0;
  return true;
}

void Intake::close() {
  closed_.store(true);
  queue_.wake();
}

// Offered was raised before, so a reader of the counts sees these events as queued for a moment, never as missing.
IntakeCounts Intake::counts() const {
  IntakeCounts counts;
  counts.dropped = dropped_.load();
  counts.filtered = filtered_.load();
  counts.offered = offered_.load();
  return counts;
}

void Intake::refuse(const Batch& batch, LossTally& tally) {
  LossByFamily losses;
  std::uint64_t filtered = 0;
  for (const Event& event : batch.events) {
    if (!details_ && is_detail(event))
      ++filtered;
    else
      losses[static_cast<std::size_t>(family_of(event))].add(event.common.time);
  }
  const std::uint64_t lost = batch.events.size() - filtered;
  gap_ += lost;
  filtered_.fetch_add(filtered);
  dropped_.fetch_add(lost);
  tally.add(losses);
}

} // namespace monster
