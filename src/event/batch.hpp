// SPDX-License-Identifier: Apache-2.0
// Events on their way to the exporters: made by one thread, then read by many, never changed.
#pragma once

#include "base/text.hpp"
#include "event/event.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace monster {

struct Batch {
  // How many are gathered before they are handed over, when much happens: few, so that they stay in the cache.
  static constexpr std::size_t usual_events = 256;

  Arena arena; // owns every Text and list of `events`
  std::vector<Event> events;
  std::vector<std::unique_ptr<Arena>> adopted; // memory of events that waited for an answer

  Event& add() { return events.emplace_back(); }
  void clear() {
    events.clear();
    adopted.clear();
    arena.clear();
  }
};

using SharedBatch = std::shared_ptr<const Batch>;

// Batches to fill again: their memory is warm, and what the exporters let go comes back here.
class BatchPool : public std::enable_shared_from_this<BatchPool> {
public:
  [[nodiscard]] std::unique_ptr<Batch> take() {
    const std::scoped_lock lock(mutex_);
    if (free_.empty()) {
      auto batch = std::make_unique<Batch>();
      batch->events.reserve(Batch::usual_events + room_for_one_record);
      return batch;
    }
    std::unique_ptr<Batch> batch = std::move(free_.back());
    free_.pop_back();
    return batch;
  }
  // The batch comes back when its last reader lets go of it.
  [[nodiscard]] SharedBatch share(std::unique_ptr<Batch> batch) {
    const auto give_back = [pool = shared_from_this()](Batch* used) { pool->give_back(std::unique_ptr<Batch>(used)); };
    return {batch.release(), give_back};
  }

private:
  static constexpr std::size_t most_free = 16;
  static constexpr std::size_t room_for_one_record = 8;

  void give_back(std::unique_ptr<Batch> batch) {
    batch->clear();
    const std::scoped_lock lock(mutex_);
    if (free_.size() < most_free)
      free_.push_back(std::move(batch));
  }

  std::mutex mutex_; // allow(mutex): held for a pointer's move, twice a batch
  std::vector<std::unique_ptr<Batch>> free_;
};

} // namespace monster
