// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "export/exporter.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace monster {

// A histogram of durations in buckets a quarter of a power of two wide: a quantile is told as the upper
// edge of its bucket, at most 25 % too high. One thread records, any thread reads.
class LatencyHistogram {
public:
  void record(Duration duration);
  [[nodiscard]] LatencySummary summary() const;

private:
  static constexpr std::size_t buckets = 64 * 4;
  [[nodiscard]] static std::size_t bucket_of(std::uint64_t ns);
  [[nodiscard]] static std::int64_t upper_edge(std::size_t bucket);

  std::array<std::atomic<std::uint64_t>, buckets> counts_{};
  std::atomic<std::int64_t> max_{0};
};

} // namespace monster
