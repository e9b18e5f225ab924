// SPDX-License-Identifier: Apache-2.0
#include "export/batch_queue.hpp"

#include "export/intake.hpp"

#include <chrono>
#include <gtest/gtest.h>
#include <thread>

namespace monster {
namespace {

SharedBatch batch_of(std::size_t events, std::size_t arena_bytes = 0, std::int64_t seq = 0) {
  auto batch = std::make_shared<Batch>();
  for (std::size_t i = 0; i < events; ++i)
    batch->add().common.seq = seq;
  if (arena_bytes > 0)
    static_cast<void>(batch->arena.array<char>(arena_bytes));
  return batch;
}

TEST(BatchQueue, CountReached_IsFullUntilPopped) {
  BatchQueue queue({.bytes = 1U << 30, .batches = 2});
  EXPECT_TRUE(queue.push(batch_of(1), 0));
  EXPECT_TRUE(queue.push(batch_of(1), 0));
  EXPECT_FALSE(queue.push(batch_of(1), 0));
  queue.pop();
  EXPECT_TRUE(queue.push(batch_of(1), 0));
  EXPECT_EQ(queue.batches(), 2U);
}

TEST(BatchQueue, BytesReached_CountsArenaAndEvents) {
  BatchQueue queue({.bytes = 1'500'000, .batches = 100});
  const SharedBatch big = batch_of(10, 1'000'000);
  EXPECT_EQ(bytes_of(*big), 1'000'000 + big->events.size() * sizeof(Event));
  EXPECT_TRUE(queue.push(big, 0));
  EXPECT_EQ(queue.bytes(), bytes_of(*big));
  EXPECT_FALSE(queue.push(big, 0));
  queue.pop();
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(BatchQueue, BatchLargerThanTheLimit_PassesAnEmptyQueueAlone) {
  BatchQueue queue({.bytes = 1'000, .batches = 100});
  EXPECT_TRUE(queue.push(batch_of(1, 50'000), 0));
  EXPECT_FALSE(queue.push(batch_of(1), 0));
}

TEST(BatchQueue, Pop_ReleasesTheBatch) {
  BatchQueue queue({});
  const SharedBatch batch = batch_of(1);
  ASSERT_TRUE(queue.push(batch, 3));
  EXPECT_EQ(queue.front()->gap_before, 3U);
  queue.pop();
  EXPECT_EQ(batch.use_count(), 1);
  EXPECT_EQ(queue.front(), nullptr);
}

TEST(BatchQueue, SleepingConsumer_IsWokenByAPush) {
  BatchQueue queue({});
  std::jthread producer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_TRUE(queue.push(batch_of(1), 0));
  });
  const auto begin = std::chrono::steady_clock::now();
  while (queue.front() == nullptr)
    queue.wait(seconds(20), [] { return false; });
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  producer.join();
}

TEST(BatchQueue, TwoThreads_EveryBatchArrivesInOrder) {
  BatchQueue queue({.bytes = 1U << 20, .batches = 8});
  constexpr std::int64_t count = 20'000;
  std::jthread producer([&] {
    for (std::int64_t seq = 1; seq <= count; ++seq)
      while (!queue.push(batch_of(1, 0, seq), 0))
        std::this_thread::yield();
  });
  for (std::int64_t seq = 1; seq <= count;) {
    const QueueItem* item = queue.front();
    if (item == nullptr) {
      queue.wait(seconds(20), [] { return false; });
      continue;
    }
    ASSERT_EQ(item->batch->events[0].common.seq, seq++);
    queue.pop();
  }
  producer.join();
  EXPECT_EQ(queue.bytes(), 0U);
}

TEST(Intake, Overflow_IsToldOnceByFamilyAndAsAGap) {
  Intake intake({.bytes = 1U << 30, .batches = 1}, true);
  auto mixed = std::make_shared<Batch>();
  mixed->add().payload = FileBlock{};
  mixed->add().payload = ProcessExit{};
  mixed->add().payload = FileCreate{};
  for (std::size_t i = 0; i < 3; ++i)
    mixed->events[i].common.time = {static_cast<std::int64_t>(100 + i)};
  EXPECT_TRUE(intake.offer(mixed));
  EXPECT_FALSE(intake.offer(mixed));
  EXPECT_FALSE(intake.offer(mixed));
  std::vector<LossReport> losses;
  intake.take_losses("tsv", losses);
  ASSERT_EQ(losses.size(), 2U);
  EXPECT_EQ(losses[0].family, Family::process);
  EXPECT_EQ(losses[0].count, 2U);
  EXPECT_EQ(losses[1].family, Family::file);
  EXPECT_EQ(losses[1].count, 4U);
  EXPECT_EQ(losses[1].from.ns, 100);
  EXPECT_EQ(losses[1].to.ns, 102);
  losses.clear();
  intake.take_losses("tsv", losses);
  EXPECT_TRUE(losses.empty());
  intake.pop();
  EXPECT_TRUE(intake.offer(mixed));
  EXPECT_EQ(intake.front()->gap_before, 6U);
}

TEST(Intake, DetailsOff_DroppedDetailsAreFilteredAndNotLost) {
  Intake intake({.bytes = 1U << 30, .batches = 1}, false);
  auto mixed = std::make_shared<Batch>();
  mixed->add().payload = FileBlock{};
  mixed->add().payload = FileCreate{};
  EXPECT_TRUE(intake.offer(mixed));
  EXPECT_FALSE(intake.offer(mixed));
  const IntakeCounts counts = intake.counts();
  EXPECT_EQ(counts.offered, 4U);
  EXPECT_EQ(counts.dropped, 1U);
  EXPECT_EQ(counts.filtered, 1U);
}

} // namespace
} // namespace monster
