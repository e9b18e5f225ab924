// SPDX-License-Identifier: Apache-2.0
// Sample events made from the field tables, so that a new event or field has its golden row at once.
#pragma once

#include "event/batch.hpp"
#include "event/names.hpp"

#include <optional>
#include <string>
#include <type_traits>

namespace monster::golden {

// Gives each field a value that tells which field it is, in memory of `arena`.
class Filler {
public:
  // `marker` ends every text.
  Filler(Arena& arena, std::string_view marker) : arena_(arena), marker_(marker) {}

  template <class T> void fill(std::string_view name, T& value) {
    ++number_;
    set(name, value);
  }

private:
  template <class T> void set(std::string_view name, std::optional<T>& value) { set(name, value.emplace()); }
  template <class Tag> void set(std::string_view, Key<Tag>& value) { value = {0x0123456789abcdefU, number_}; }
  template <class T> void set(std::string_view, T& value) {
    if constexpr (std::is_enum_v<T>)
      value = static_cast<T>(number_ % enum_names<T>.size());
    else
      value = static_cast<T>(1000 + number_);
  }
  void set(std::string_view, bool& value) { value = true; }
  void set(std::string_view, Pid& value) { value.value = static_cast<std::uint32_t>(number_); }
  void set(std::string_view, Hex64& value) { value.value = 0xffff888000000000U + number_; }
  void set(std::string_view, Sha256& value) {
    for (std::size_t i = 0; i < value.bytes.size(); ++i)
      value.bytes[i] = static_cast<std::uint8_t>(number_ + 8 * i);
  }
  void set(std::string_view, WallTime& value) {
    value.ns = 1'795'519'353'123'456'789 + static_cast<std::int64_t>(number_);
  }
  void set(std::string_view name, Text& value) {
    value = arena_.copy(Text(std::string(name) + " value" + std::string(marker_)));
  }
  void set(std::string_view name, TextList& value) {
    const auto items = arena_.array<Text>(2);
    set(std::string(name) + " first", items[0]);
    set(std::string(name) + " second", items[1]);
    value = items;
  }
  void set(std::string_view name, NamedTexts& value) {
    const auto items = arena_.array<NamedText>(1);
    items[0].name = "NAME";
    set(name, items[0].value);
    value = items;
  }
  void set(std::string_view name, WriterList& value) {
    const auto items = arena_.array<Writer>(2);
    for (Writer& each : items) {
      fill(name, each.process_key);
      each.bytes_read = number_ * 4096;
      each.bytes_written = number_ * 512;
    }
    value = items;
  }
  void set(std::string_view, Json& value) { value.text = R"({"file":{"observed":3,"emitted":3},"text":"a\\b"})"; }

  Arena& arena_;
  std::string_view marker_;
  std::uint64_t number_ = 0;
};

inline void fill_common(Filler& filler, Common& common) {
  filler.fill("time", common.time);
  filler.fill("seq", common.seq);
  filler.fill("process_key", common.process_key);
  filler.fill("pid", common.pid);
  filler.fill("tid", common.tid);
  filler.fill("image", common.image);
  filler.fill("user", common.user);
  filler.fill("uid", common.uid);
  filler.fill("container_id", common.container_id);
  filler.fill("mnt_ns", common.mnt_ns);
  filler.fill("block_key", common.block_key);
  filler.fill("tags", common.tags);
}

template <class E> void add_filled(Batch& batch, std::string_view marker) {
  Filler filler(batch.arena, marker);
  Event& event = batch.add();
  fill_common(filler, event.common);
  E& own = event.payload.template emplace<E>();
  for_each_field<E>([&](const auto& field) { filler.fill(field.name, own.*field.member); });
}

template <class E> void add_empty(Batch& batch) { batch.add().payload.template emplace<E>(); }

inline const Origin& sample_origin() {
  static const Origin origin{{0x0011223344556677U, 0x8899aabbccddeeffU}, "host.example", {1, 2}};
  return origin;
}

} // namespace monster::golden
