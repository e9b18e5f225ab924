// SPDX-License-Identifier: Apache-2.0
// Events as the tests of this room need them.
#pragma once

#include "event/batch.hpp"

namespace monster::sample {

inline Event event(std::uint64_t process, std::int64_t second, Payload payload) {
  Event made;
  made.common.process_key = ProcessKey{process, 0};
  made.common.pid = Pid{static_cast<std::uint32_t>(process)};
  made.common.time = WallTime{second * 1'000'000'000};
  made.common.seq = second;
  made.common.image = "/usr/bin/prog";
  made.payload = std::move(payload);
  return made;
}

inline ProcessCreate start(Text command_line, std::uint64_t parent = 0, std::uint64_t previous = 0) {
  ProcessCreate create;
  create.command_line = command_line;
  if (parent != 0)
    create.parent_process_key = ProcessKey{parent, 0};
  if (previous != 0)
    create.previous_process_key = ProcessKey{previous, 0};
  return create;
}

inline FileBlock act(Text operation, Text path) {
  FileBlock block;
  block.source = BlockSource::path;
  block.operation = operation;
  block.path = path;
  return block;
}

} // namespace monster::sample
