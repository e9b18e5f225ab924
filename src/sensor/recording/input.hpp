// SPDX-License-Identifier: Apache-2.0
// All that ever enters the pipeline, in the order in which it entered. The pipeline is a function of
// this sequence: recorded and fed again, it gives the same bytes on any machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace monster {

enum class InputKind : std::uint8_t {
  host = 1,     // the facts of the host and the run: machine id, boot id, run id, host name, configuration
  record = 2,   // one record of the kernel, as in bpf/wire.h
  answer = 3,   // one answer of the host: a user's name, a hash, a container id
  tick = 4,     // the boot clock moved to this time and nothing earlier will follow
  clock = 5,    // the wall clock minus the boot clock was measured again
  counters = 6, // the kernel's counters were read
  stop = 7,     // the run ended here, cleanly
  loss = 8,     // something was lost outside of the pipeline
  health = 9,   // the agent looked at itself
  living = 10,  // which of the files that records told of were open in the kernel at some time
};

struct Input {
  InputKind kind;
  std::span<const std::byte> bytes; // valid until the next call of whoever gave it
};

} // namespace monster
