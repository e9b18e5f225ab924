// SPDX-License-Identifier: Apache-2.0
#include "agent/self_reports.hpp"

#include "agent/pipeline_test_kit.hpp"

#include <map>

namespace monster {
namespace {

using namespace pipeline_test;

TEST_F(PipelineTest, KernelLosses_AreToldOnceAndBalance) {
  tick(start);
  KernelCounts& file = counters_.family[1];
  file.seen = 30;
  file.lost_ring = 10;
  file.lost_map = 20;
  feed_value(InputKind::counters, counters_);
  feed_value(InputKind::counters, counters_);
  stop();
  std::map<std::string_view, std::uint64_t> told;
  for (const auto& [common, loss] : events<AgentLoss>())
    told[loss->stage.bytes()] += loss->count;
  EXPECT_EQ(told, (std::map<std::string_view, std::uint64_t>{{"kernel ring", 10}, {"kernel map", 20}}));
  EXPECT_EQ(pipeline_->ledger().lost_total(), 30U);
  expect_balance();
}

TEST_F(PipelineTest, KernelLosses_NameWhoseTheyWere_AndReachTheExit) {
  image(child, "/bin/flood", start);
  tick(start);
  KernelCounts& file = counters_.family[1];
  file.seen = 1000;
  file.lost_share = 1000;
  counters_.processes = {{{{child.pid}, child.begun, child.exec_id}, Family::file, LossCause::share, 900}};
  for (std::uint32_t other = 0; other < 20; ++other)
    counters_.processes.push_back({{{100 + other}, start, 1}, Family::file, LossCause::share, 2});
  feed_value(InputKind::counters, counters_);
  counters_.processes.clear();
  exit(child, child.begun + milliseconds(2));
  stop();
  const auto losses = events<AgentLoss>();
  ASSERT_EQ(losses.size(), 17U);
  EXPECT_EQ(losses[0].first->pid, Pid{child.pid});
  EXPECT_EQ(losses[0].first->image.bytes(), "/bin/flood");
  EXPECT_EQ(losses[0].first->process_key, events<ProcessCreate>()[0].first->process_key);
  EXPECT_EQ(losses[0].second->count, 900U);
  EXPECT_EQ(losses[0].second->stage.bytes(), "process quota");
  EXPECT_TRUE(losses[1].first->process_key.has_value());
  EXPECT_FALSE(losses[16].first->process_key.has_value());
  EXPECT_EQ(losses[16].second->count, 1000U - 900 - 15 * 2);
  ASSERT_EQ(events<ProcessExit>().size(), 1U);
  EXPECT_EQ(events<ProcessExit>()[0].second->lost, 900U);
  expect_balance();
}

TEST_F(PipelineTest, LossOfAProcessThatTheSumsLack_IsToldWithTheNext) {
  tick(start);
  counters_.processes = {{{{child.pid}, child.begun, 1}, Family::file, LossCause::ring, 5}};
  counters_.family[1].seen = counters_.family[1].lost_ring = 3;
  feed_value(InputKind::counters, counters_);
  counters_.processes.clear();
  counters_.family[1].seen = counters_.family[1].lost_ring = 6;
  feed_value(InputKind::counters, counters_);
  stop();
  std::vector<std::pair<bool, std::uint64_t>> told; // with a name, and how many
  for (const auto& [common, loss] : events<AgentLoss>())
    told.emplace_back(common->pid.has_value(), loss->count);
  EXPECT_EQ(told, (std::vector<std::pair<bool, std::uint64_t>>{{true, 3}, {true, 2}, {false, 1}}));
  expect_balance();
}

} // namespace
} // namespace monster
