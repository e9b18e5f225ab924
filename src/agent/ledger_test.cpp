// SPDX-License-Identifier: Apache-2.0
#include "agent/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace monster {
namespace {

using testing::HasSubstr;

// What the kernel would have counted of `sent` acts that it told and nothing else.
KernelCounts sent(std::uint64_t acts) { return {.seen = acts, .suppressed = 0, .condensed = 0, .sent = acts}; }

TEST(Ledger, NothingHappened_Balances) {
  const Ledger ledger;
  EXPECT_TRUE(ledger.balance(Family::file).balances());
  EXPECT_EQ(ledger.balance(Family::file).observed, 0U);
  EXPECT_EQ(ledger.lost_total(), 0U);
}

TEST(Ledger, RecordThatGaveRows_IsEmitted) {
  Ledger ledger;
  ledger.kernel(Family::file, sent(1));
  ledger.row(Family::file, 2); // its block and its close
  ledger.record(Family::file);
  ledger.emitted(Family::file);
  ledger.emitted(Family::file);
  const FamilyLedger balance = ledger.balance(Family::file);
  EXPECT_TRUE(balance.balances());
  EXPECT_EQ(balance.observed, 2U);
  EXPECT_EQ(balance.emitted, 2U);
  EXPECT_EQ(balance.pending, 0U);
}

TEST(Ledger, RecordThatGaveNone_IsCondensed) {
  Ledger ledger;
  ledger.kernel(Family::process, sent(1));
  ledger.record(Family::process);
  EXPECT_TRUE(ledger.balance(Family::process).balances());
  EXPECT_EQ(ledger.balance(Family::process).condensed, 1U);
}

TEST(Ledger, RowsThatPolicyDropped_AreFiltered) {
  Ledger ledger;
  ledger.kernel(Family::file, sent(1));
  ledger.row(Family::file, 3);
  ledger.record(Family::file);
  ledger.filtered(Family::file, 2);
  ledger.emitted(Family::file);
  EXPECT_TRUE(ledger.balance(Family::file).balances());
  EXPECT_EQ(ledger.balance(Family::file).filtered, 2U);
}

TEST(Ledger, SentAndNotReadYet_IsPending) {
  Ledger ledger;
  ledger.kernel(Family::file, sent(3));
  EXPECT_TRUE(ledger.balance(Family::file).balances());
  EXPECT_EQ(ledger.balance(Family::file).pending, 3U);
}

TEST(Ledger, EventThatWaitsForItsHash_IsPendingUntilItLeaves) {
  Ledger ledger;
  ledger.kernel(Family::process, sent(1));
  ledger.row(Family::process);
  ledger.record(Family::process);
  ledger.waits(Family::process);
  EXPECT_EQ(ledger.balance(Family::process).pending, 1U);
  EXPECT_TRUE(ledger.balance(Family::process).balances());
  ledger.waits_no_more(Family::process);
  ledger.emitted(Family::process);
  EXPECT_EQ(ledger.balance(Family::process).pending, 0U);
  EXPECT_TRUE(ledger.balance(Family::process).balances());
}

TEST(Ledger, KernelsOwnCounts_AreInTheBalance) {
  Ledger ledger;
  const KernelCounts counts{.seen = 24,
                            .suppressed = 5,
                            .condensed = 6,
                            .sent = 0,
                            .lost_ring = 1,
                            .lost_map = 4,
                            .lost_scratch = 5,
                            .lost_end = 3,
                            .unreadable = 9};
  ledger.kernel(Family::file, counts);
  const FamilyLedger balance = ledger.balance(Family::file);
  EXPECT_TRUE(balance.balances());
  EXPECT_EQ(balance.suppressed, 5U);
  EXPECT_EQ(balance.condensed, 6U);
  EXPECT_EQ(balance.lost, 13U); // what could not be read lost a field, not an act
  EXPECT_EQ(ledger.lost_total(), 13U);
}

TEST(Ledger, RecordThatCannotBeRead_IsLostOnce) {
  Ledger ledger;
  ledger.kernel(Family::file, sent(1));
  ledger.unusable(Family::file);
  EXPECT_TRUE(ledger.balance(Family::file).balances());
  EXPECT_EQ(ledger.balance(Family::file).lost, 1U);
}

TEST(Ledger, RowsOfTheAgentItself_Balance) {
  Ledger ledger;
  ledger.extra(Family::agent, 1);
  ledger.emitted(Family::agent);
  EXPECT_TRUE(ledger.balance(Family::agent).balances());
}

TEST(Ledger, RowThatWentMissing_DoesNotBalanceByItself) {
  FamilyLedger balance{.observed = 3, .emitted = 2};
  EXPECT_FALSE(balance.balances());
  balance.lost = 1;
  EXPECT_TRUE(balance.balances());
}

TEST(Ledger, Families_AreCountedApart) {
  Ledger ledger;
  ledger.extra(Family::file, 1);
  ledger.emitted(Family::file);
  EXPECT_EQ(ledger.balance(Family::process).emitted, 0U);
}

TEST(Ledger, Json_HasEveryFamilyAndSignsWhatIsAhead) {
  Ledger ledger;
  ledger.record(Family::process); // read after the kernel's counters were
  const std::string json = ledger.json();
  EXPECT_THAT(json, HasSubstr(R"("process":{"observed":0,"suppressed":0,"condensed":1,)"));
  EXPECT_THAT(json, HasSubstr(R"("pending":-1})"));
  EXPECT_THAT(json, HasSubstr(R"(,"file":{)"));
  EXPECT_THAT(json, HasSubstr(R"(,"agent":{)"));
}

} // namespace
} // namespace monster
