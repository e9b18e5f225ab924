// SPDX-License-Identifier: Apache-2.0
// For tests: wire records, byte for byte as the kernel programs put them into a ring.
#pragma once

#include "../../../../bpf/wire.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

// Bytes before the texts.
template <class Wire> std::size_t fixed_size(const Wire&) { return sizeof(Wire); }
inline std::size_t fixed_size(const wire::wire_path_op& r) {
  const std::uint32_t touched = std::min<std::uint32_t>(r.touched_count, wire::WIRE_TOUCHED_MAX);
  return offsetof(wire::wire_path_op, touched) + touched * sizeof(wire::wire_touched);
}

// One record: its fields are set through `->`, its texts by text(record->cwd_length, "/tmp"), in the order of
// wire.h; bytes() is what decode() gets.
template <class Wire> class WireBuilder {
public:
  explicit WireBuilder(wire::wire_type type, std::uint64_t time = 0, const wire::wire_actor& actor = {}) {
    fields_.header.type = static_cast<std::uint16_t>(type);
    fields_.header.time = time;
    fields_.header.actor = actor;
  }

  Wire* operator->() { return &fields_; }

  // Appends a text and tells its length in `length`, a field of this record.
  WireBuilder& text(std::uint32_t& length, std::string_view bytes) {
    length = static_cast<std::uint32_t>(bytes.size());
    texts_ += bytes;
    return *this;
  }

  // The record with its true size in the header, 8-aligned; valid until the next call.
  [[nodiscard]] std::span<const std::byte> bytes() {
    const std::size_t fixed = fixed_size(fields_);
    const std::size_t size = fixed + texts_.size();
    fields_.header.size = static_cast<std::uint32_t>(size);
    memory_.assign((size + 7) / 8, 0);
    std::memcpy(memory_.data(), &fields_, fixed);
    std::memcpy(reinterpret_cast<std::byte*>(memory_.data()) + fixed, texts_.data(), texts_.size());
    return std::as_bytes(std::span(memory_)).first(size);
  }

private:
  Wire fields_{};
  std::string texts_;
  std::vector<std::uint64_t> memory_;
};

} // namespace monster
