// SPDX-License-Identifier: Apache-2.0
// An event with memory of its own: for those that wait while their batch goes on. Walks the catalogue, so that
// no field can be forgotten.
#pragma once

#include "event/batch.hpp"

#include <algorithm>
#include <type_traits>

namespace monster {

template <class T> [[nodiscard]] T copy_value(const T& value, Arena&) {
  static_assert(std::is_trivially_copyable_v<T>, "a value that owns or points to memory needs its own copy_value");
  return value;
}

[[nodiscard]] inline Text copy_value(const Text& text, Arena& arena) { return arena.copy(text); }
[[nodiscard]] inline Json copy_value(const Json& json, Arena& arena) { return {arena.copy(json.text)}; }
[[nodiscard]] inline NamedText copy_value(const NamedText& named, Arena& arena) {
  return {arena.copy(named.name), arena.copy(named.value)};
}

template <class T> [[nodiscard]] std::span<const T> copy_value(const std::span<const T>& list, Arena& arena) {
  if (list.data() == nullptr)
    return {};
  const std::span<T> copies = arena.array<T>(list.size());
  std::ranges::transform(list, copies.begin(), [&](const T& each) { return copy_value(each, arena); });
  return copies;
}

[[nodiscard]] inline Payload copy_payload(const Payload& payload, Arena& arena) {
  return std::visit(
      [&]<class E>(const E& event) -> Payload {
        E copy = event;
        for_each_field<E>([&](const auto& field) { copy.*field.member = copy_value(event.*field.member, arena); });
        return copy;
      },
      payload);
}

[[nodiscard]] inline Event copy_event(const Event& event, Arena& arena) {
  Event copy{event.common, copy_payload(event.payload, arena)};
  copy.common.image = arena.copy(event.common.image);
  copy.common.user = arena.copy(event.common.user);
  copy.common.container_id = arena.copy(event.common.container_id);
  copy.common.tags = copy_value(event.common.tags, arena);
  return copy;
}

} // namespace monster
