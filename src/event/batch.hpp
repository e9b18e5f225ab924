// SPDX-License-Identifier: Apache-2.0
// Events on their way to the exporters: made by one thread, then read by many, never changed.
#pragma once

#include "base/text.hpp"
#include "event/event.hpp"

#include <memory>
#include <vector>

namespace monster {

struct Batch {
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

} // namespace monster
