// SPDX-License-Identifier: Apache-2.0
// The one list of events, and what all of them have in common.
#pragma once

#include "event/agent_events.hpp"
#include "event/file_events.hpp"
#include "event/process_events.hpp"

#include <variant>

namespace monster {

// Every event of the catalogue, in the order of the reference page. Adding one: its struct and
// Describe<>, this line, and its tests.
using Payload = std::variant<ProcessCreate, ProcessExit, FileBlock, FileCreate, FileClose, FileRename, FileCreateNew,
                             AgentHealth, AgentLoss>;

// Raised with every released change of any event; stands in file names and in 9900.
inline constexpr std::uint32_t schema_version = 1;

// The columns before an event's own. host_id, host and run_id are the same for a whole run and
// stand in Origin; event_id and event come from Describe<>.
struct Common {
  WallTime time;
  std::int64_t seq = 0;
  std::optional<ProcessKey> process_key;
  std::optional<Pid> pid;
  std::optional<Pid> tid;
  Text image;
  Text user;
  std::optional<std::uint32_t> uid;
  Text container_id;
  std::optional<std::uint32_t> mnt_ns;
  std::optional<BlockKey> block_key;
  TextList tags;
};

struct Origin {
  HostId host_id;
  std::string_view host;
  RunId run_id;
};

struct Event {
  Common common;
  Payload payload;
};

[[nodiscard]] inline const EventInfo& info_of(const Payload& payload) {
  return std::visit([]<class E>(const E&) -> const EventInfo& { return Describe<E>::info; }, payload);
}

} // namespace monster
