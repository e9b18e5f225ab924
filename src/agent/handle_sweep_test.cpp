// SPDX-License-Identifier: Apache-2.0
#include "agent/handle_sweep.hpp"

#include <gtest/gtest.h>
#include <numeric>

namespace monster {
namespace {

constexpr BootTime start{1'000'000'000'000};

// The seconds after the start in which it wants to ask, when `lost` seconds of loss come first.
std::vector<std::int64_t> asked_in(int loss, int all) {
  HandleSweep sweep(start);
  std::vector<std::int64_t> asked;
  for (int second = 1; second <= all; ++second)
    if (sweep.wanted(static_cast<std::uint64_t>(std::min(second, loss)), start + seconds(second)))
      asked.push_back(second);
  return asked;
}

TEST(HandleSweep, NothingLost_AsksOnceAfterTheSnapshotAndThenVerySeldom) {
  EXPECT_EQ(asked_in(0, 1500), (std::vector<std::int64_t>{3, 603, 1203}));
}

TEST(HandleSweep, Loss_IsFollowedByASweepOnceItStopped) { EXPECT_EQ(asked_in(5, 100), (std::vector<std::int64_t>{8})); }

TEST(HandleSweep, LossThatGoesOn_IsSweptMeanwhileAndAtItsEnd) {
  EXPECT_EQ(asked_in(25, 100), (std::vector<std::int64_t>{10, 20, 28}));
}

TEST(HandleSweep, Answer_WaitsForWhatHappenedBefore) {
  HandleSweep sweep(start);
  EXPECT_TRUE(sweep.take_due(start + seconds(9)).empty());
  sweep.answered(start + seconds(1), {7});
  EXPECT_FALSE(sweep.wanted(1, start + seconds(60))) << "one at a time";
  EXPECT_TRUE(sweep.take_due(start).empty());
  const auto due = sweep.take_due(start + seconds(1));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].time, start + seconds(1));
  EXPECT_TRUE(due[0].last);
  EXPECT_EQ(due[0].objects, std::vector<std::uint64_t>{7});
  EXPECT_TRUE(sweep.take_due(start + seconds(1)).empty());
}

TEST(HandleSweep, Answer_IsSplitAndOnlyTheLastPartSaysSo) {
  HandleSweep sweep(start);
  std::vector<std::uint64_t> objects(LivingNotice::most_objects * 2 + 1);
  std::iota(objects.begin(), objects.end(), 1);
  sweep.answered(start, objects);
  const auto due = sweep.take_due(start);
  ASSERT_EQ(due.size(), 3U);
  std::vector<std::uint64_t> all;
  for (const LivingNotice& part : due) {
    EXPECT_EQ(part.last, &part == &due.back());
    all.insert(all.end(), part.objects.begin(), part.objects.end());
  }
  EXPECT_EQ(all, objects);
}

TEST(HandleSweep, NothingOpen_IsAnAnswerToo) {
  HandleSweep sweep(start);
  sweep.answered(start, {});
  const auto due = sweep.take_due(start);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_TRUE(due[0].last);
}

} // namespace
} // namespace monster
