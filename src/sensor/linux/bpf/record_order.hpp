// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/text.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace monster {

// Brings the records of several rings and CPUs into the order in which they happened. A record is held
// until nothing earlier can still arrive: stamping and reserving are microseconds apart, never `slack`.
class RecordOrder {
public:
  static constexpr Duration slack = milliseconds(5);

  // Copies the record; it may be given in any order.
  void add(BootTime time, std::span<const std::byte> record);

  // Calls take(record) for each record up to `until`, oldest first, and keeps the rest.
  template <class Take> void deliver(BootTime until, Take&& take) {
    sort();
    std::size_t i = 0;
    for (; i < entries_.size() && entries_[i].time <= until; ++i)
      take(entries_[i].record);
    keep_from(i);
  }

  [[nodiscard]] std::size_t held() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes_held() const { return bytes_; }

private:
  struct Entry {
    BootTime time;
    std::uint64_t arrival; // of two that happened at once, the first to come is the first
    std::span<const std::byte> record;
  };
  void sort();
  void keep_from(std::size_t first);
  [[nodiscard]] std::span<const std::byte> store(std::span<const std::byte> record);

  std::vector<Entry> entries_;
  std::uint64_t arrivals_ = 0;
  // As much as an arena keeps of such chunks is what one drain of both rings brings.
  static constexpr std::size_t chunk_bytes = 128U << 10;

  Arena memory_{chunk_bytes};
  Arena spare_{chunk_bytes};
  std::size_t bytes_ = 0;
};

} // namespace monster
