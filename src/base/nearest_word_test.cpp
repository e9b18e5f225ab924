// SPDX-License-Identifier: Apache-2.0
#include "base/nearest_word.hpp"

#include <gtest/gtest.h>
#include <string>

namespace monster {
namespace {

constexpr std::string_view words[] = {"schema", "doctor", "check-config"};

TEST(NearestWord, SlipOfTheFinger_FindsTheWord) {
  EXPECT_EQ(nearest_word(words, "shema"), "schema");
  EXPECT_EQ(nearest_word(words, "CHECK_CONFIG"), "check-config");
  EXPECT_EQ(nearest_word(words, "check-conf"), "check-config");
}

TEST(NearestWord, NothingNear_IsNone) {
  EXPECT_EQ(nearest_word(words, "frobnicate"), std::nullopt);
  EXPECT_EQ(nearest_word(words, ""), std::nullopt);
  EXPECT_EQ(nearest_word(words, std::string(65, 'x')), std::nullopt);
  EXPECT_EQ(nearest_word({}, "schema"), std::nullopt);
}

} // namespace
} // namespace monster
