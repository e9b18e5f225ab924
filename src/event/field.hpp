// SPDX-License-Identifier: Apache-2.0
// What an event type is: a struct and a constexpr table of its fields. TSV, JSON, schemas and the
// reference page all walk these tables; there is no second list of columns anywhere.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

namespace monster {

enum class Unit : std::uint8_t { none, bytes, nanoseconds, count };

// `statistics` alone shows all that happened in outline; `detail` rows carry the block_key of theirs.
enum class EventClass : std::uint8_t { statistics, detail };

// The ledger and the loss events count by family. Those that kernel programs watch come first.
enum class Family : std::uint8_t { process, file, network, image, access, device, host, agent };
inline constexpr std::size_t kernel_family_count = 5;
inline constexpr std::size_t family_count = 8;

// The names other schemas have for a field; empty where they have none.
struct OtherNames {
  std::string_view ecs = {};  // Elastic Common Schema 8
  std::string_view ocsf = {}; // Open Cybersecurity Schema Framework 1.3
};

template <class Event, class T> struct Field {
  std::string_view name;
  T Event::* member;
  Unit unit;
  std::string_view meaning;
  OtherNames names;
};

template <class Event, class T>
constexpr Field<Event, T> field(std::string_view name, T Event::* member, Unit unit, std::string_view meaning,
                                OtherNames names = {}) {
  return {name, member, unit, meaning, names};
}

struct EventInfo {
  std::uint16_t id;
  std::string_view name; // snake_case
  EventClass event_class;
  Family family;
  std::string_view meaning;
  std::string_view sysmon; // Sysmon's nearest event id, empty when it has none
  std::string_view attack; // MITRE ATT&CK data source: component
};

// Specialised beside each event struct: `static constexpr EventInfo info` and
// `static constexpr auto fields = std::tuple{field(...), ...}` in column order.
template <class Event> struct Describe;

// Calls visit(field) for each field of Event, in column order.
template <class Event, class Visit> constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, Describe<Event>::fields);
}

} // namespace monster
