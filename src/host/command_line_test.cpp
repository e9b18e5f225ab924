// SPDX-License-Identifier: Apache-2.0
#include "host/command_line.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

using namespace std::string_view_literals;
using Parts = std::vector<std::string_view>;

TEST(SplitAtNul, EveryStringEndsWithANul) {
  EXPECT_EQ(split_at_nul("a\0b c\0"sv), (Parts{"a", "b c"}));
  EXPECT_EQ(split_at_nul(""sv), Parts{});
}

TEST(SplitAtNul, EmptyArguments_AreKept) {
  EXPECT_EQ(split_at_nul("a\0\0b\0"sv), (Parts{"a", "", "b"}));
  EXPECT_EQ(split_at_nul("\0"sv), Parts{""});
  EXPECT_EQ(split_at_nul("a\0\0"sv), (Parts{"a", ""}));
}

TEST(SplitAtNul, LastOneThatWasCut_IsStillGiven) { EXPECT_EQ(split_at_nul("a\0bc"sv), (Parts{"a", "bc"})); }

TEST(JoinArguments, PlainOnes_AreNotQuoted) {
  EXPECT_EQ(join_arguments("gcc\0-O2\0--x=a,b:c@d%e+f_g./h\0"sv), "gcc -O2 --x=a,b:c@d%e+f_g./h");
}

TEST(JoinArguments, WhatAShellWouldTakeApart_IsQuoted) {
  EXPECT_EQ(join_arguments("sh\0-c\0echo $HOME; ls *\0"sv), "sh -c 'echo $HOME; ls *'");
  EXPECT_EQ(join_arguments("a\0\0b\0"sv), "a '' b");
  EXPECT_EQ(join_arguments("a\0~\0#\0"sv), "a '~' '#'");
}

TEST(JoinArguments, Quotes_StaySafe) { EXPECT_EQ(join_arguments("a\0it's\0"sv), "a 'it'\\''s'"); }

TEST(JoinArguments, BytesThatAreNoText_AreKeptInQuotes) { EXPECT_EQ(join_arguments("a\0\xff\n\0"sv), "a '\xff\n'"); }

TEST(JoinArguments, FirstArgumentIsEmpty_IsShown) {
  EXPECT_EQ(join_arguments("\0x\0"sv), "'' x");
  EXPECT_EQ(join_arguments(""sv), "");
}

} // namespace
} // namespace monster
