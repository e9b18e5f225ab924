// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/record_order.hpp"

#include <algorithm>
#include <cstring>

namespace monster {

std::span<const std::byte> RecordOrder::store(std::span<const std::byte> record) {
  const std::span<std::uint64_t> words = memory_.array<std::uint64_t>((record.size() + 7) / 8); // records are 8-aligned
  std::memcpy(words.data(), record.data(), record.size());
  return {reinterpret_cast<const std::byte*>(words.data()), record.size()};
}

void RecordOrder::add(BootTime time, std::span<const std::byte> record) {
  entries_.push_back({time, ++arrivals_, store(record)});
  bytes_ += record.size();
}

void RecordOrder::sort() {
  const auto by_time = [](const Entry& a, const Entry& b) {
    return a.time != b.time ? a.time < b.time : a.arrival < b.arrival;
  };
  if (!std::is_sorted(entries_.begin(), entries_.end(), by_time))
    std::sort(entries_.begin(), entries_.end(), by_time);
}

void RecordOrder::keep_from(std::size_t first) {
  std::swap(memory_, spare_);
  memory_.clear();
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first));
  bytes_ = 0;
  for (Entry& entry : entries_) {
    entry.record = store(entry.record);
    bytes_ += entry.record.size();
  }
}

} // namespace monster
