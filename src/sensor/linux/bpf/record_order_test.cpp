// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/record_order.hpp"

#include <gtest/gtest.h>
#include <string>

namespace monster {
namespace {

class Order : public testing::Test {
protected:
  void add(std::int64_t time, const std::string& record) { order_.add({time}, std::as_bytes(std::span(record))); }
  std::vector<std::string> deliver(std::int64_t until) {
    std::vector<std::string> given;
    order_.deliver({until}, [&](std::span<const std::byte> record) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(record.data()) % 8, 0U);
      given.emplace_back(reinterpret_cast<const char*>(record.data()), record.size());
    });
    return given;
  }
  using List = std::vector<std::string>;

  RecordOrder order_;
};

TEST_F(Order, RecordOrder_SeveralRings_AreDeliveredInTimeOrder) {
  for (const auto& [time, record] : {std::pair{30, "c"}, {10, "a"}, {40, "d"}, {20, "b"}})
    add(time, record);
  EXPECT_EQ(deliver(100), (List{"a", "b", "c", "d"}));
  EXPECT_EQ(order_.held(), 0U);
}

TEST_F(Order, RecordOrder_SameTime_KeepsTheOrderOfArrival) {
  add(10, "first");
  add(5, "earlier");
  add(10, "second");
  add(10, "third");
  EXPECT_EQ(deliver(10), (List{"earlier", "first", "second", "third"}));
}

TEST_F(Order, RecordOrder_LaterThanUntil_IsHeldWhole) {
  add(10, "a");
  add(21, "a longer one that is held");
  add(20, "b");
  EXPECT_EQ(deliver(20), (List{"a", "b"}));
  EXPECT_EQ(order_.held(), 1U);
  EXPECT_EQ(order_.bytes_held(), 25U);
  add(15, "late");
  EXPECT_EQ(deliver(20), (List{"late"}));
  EXPECT_EQ(deliver(21), (List{"a longer one that is held"}));
  EXPECT_EQ(order_.bytes_held(), 0U);
}

TEST_F(Order, RecordOrder_TheCallersMemory_MayBeReused) {
  std::string record = "mine";
  add(1, record);
  record = "gone";
  EXPECT_EQ(deliver(1), (List{"mine"}));
}

TEST_F(Order, RecordOrder_HeldThroughManyRounds_DoesNotGrow) {
  add(1'000'000, std::string(1000, 'h'));
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 100; ++i)
      add(round, std::string(500, 'x'));
    EXPECT_EQ(deliver(round).size(), 100U);
    EXPECT_EQ(order_.bytes_held(), 1000U);
  }
  EXPECT_EQ(deliver(1'000'000), (List{std::string(1000, 'h')}));
}

TEST_F(Order, RecordOrder_NothingGiven_DeliversNothing) { EXPECT_TRUE(deliver(100).empty()); }

} // namespace
} // namespace monster
