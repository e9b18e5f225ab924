// SPDX-License-Identifier: Apache-2.0
#include "export/latency.hpp"

#include <algorithm>
#include <bit>

namespace monster {

// Below 4 ns a bucket a value; from there the two bits after the highest choose the quarter.
std::size_t LatencyHistogram::bucket_of(std::uint64_t ns) {
  if (ns < 4)
    return static_cast<std::size_t>(ns);
  const auto power = static_cast<unsigned>(std::bit_width(ns)) - 1;
  return (power - 1) * 4 + static_cast<std::size_t>((ns >> (power - 2)) & 3);
}

std::int64_t LatencyHistogram::upper_edge(std::size_t bucket) {
  if (bucket < 4)
    return static_cast<std::int64_t>(bucket);
  const std::size_t power = bucket / 4 + 1;
  const std::uint64_t quarter = std::uint64_t{1} << (power - 2);
  return static_cast<std::int64_t>((4 + bucket % 4) * quarter + quarter - 1);
}

// A single writer: a load and a store do what fetch_add would, without a locked instruction per event.
void LatencyHistogram::record(Duration duration) {
  const std::int64_t ns = std::max<std::int64_t>(duration.ns, 0);
  std::atomic<std::uint64_t>& count = counts_[bucket_of(static_cast<std::uint64_t>(ns))];
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (ns > max_.load(std::memory_order_relaxed))
    max_.store(ns, std::memory_order_relaxed);
}

LatencySummary LatencyHistogram::summary() const {
  std::array<std::uint64_t, buckets> counts{};
  LatencySummary summary;
  for (std::size_t i = 0; i < buckets; ++i) {
    counts[i] = counts_[i].load(std::memory_order_relaxed);
    summary.count += counts[i];
  }
  summary.max = {max_.load(std::memory_order_relaxed)};
  const auto quantile = [&](std::uint64_t percent) -> Duration {
    const std::uint64_t rank = (summary.count * percent + 99) / 100;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets; ++i) {
      seen += counts[i];
      if (seen >= rank)
        return {std::min(upper_edge(i), summary.max.ns)};
    }
    return summary.max;
  };
  if (summary.count > 0) {
    summary.p50 = quantile(50);
    summary.p99 = quantile(99);
  }
  return summary;
}

} // namespace monster
