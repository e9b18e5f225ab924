// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "event/event.hpp"
#include "event/observation.hpp"

namespace monster {

// An event without its common columns: those come from who did it and when.
struct MadeEvent {
  Actor actor;
  BootTime time;
  std::optional<BlockKey> block;
  Payload payload;
};

} // namespace monster
