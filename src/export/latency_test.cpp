// SPDX-License-Identifier: Apache-2.0
#include "export/latency.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace monster {
namespace {

TEST(LatencyHistogram, Empty_HasNoTimes) { EXPECT_EQ(LatencyHistogram().summary().count, 0U); }

TEST(LatencyHistogram, Quantiles_AreAtMostAQuarterTooHigh) {
  LatencyHistogram histogram;
  for (std::int64_t i = 1; i <= 1'000; ++i)
    histogram.record(milliseconds(i));
  const LatencySummary summary = histogram.summary();
  EXPECT_EQ(summary.count, 1'000U);
  EXPECT_GE(summary.p50, milliseconds(500));
  EXPECT_LE(summary.p50, milliseconds(625));
  EXPECT_GE(summary.p99, milliseconds(990));
  EXPECT_LE(summary.p99, milliseconds(1'000));
  EXPECT_EQ(summary.max, milliseconds(1'000));
}

TEST(LatencyHistogram, Extremes_HaveABucket) {
  LatencyHistogram histogram;
  for (const std::int64_t ns :
       {std::int64_t{-5}, std::int64_t{0}, std::int64_t{3}, std::int64_t{4}, std::numeric_limits<std::int64_t>::max()})
    histogram.record({ns});
  EXPECT_EQ(histogram.summary().count, 5U);
  EXPECT_EQ(histogram.summary().p50.ns, 3);
  EXPECT_EQ(histogram.summary().p99.ns, std::numeric_limits<std::int64_t>::max());
}

} // namespace
} // namespace monster
