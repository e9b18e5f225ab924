// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

TEST(Terminal, HostileText_IsEscaped_QuotesAndBackslashesStay) {
  EXPECT_EQ(terminal_text("a\x1b]0;owned\x07"
                          "b"),
            R"(a\u001b]0;owned\u0007b)");
  EXPECT_EQ(terminal_text(R"(found "C:\x")"), R"(found "C:\x")");
  EXPECT_EQ(terminal_text("\xc2\x9b"
                          "31m"),
            R"(\u009b31m)");
  EXPECT_EQ(terminal_text("\xe2\x80\xae"
                          "gpj.exe"),
            R"(\u202egpj.exe)");
  EXPECT_EQ(terminal_text("bad \xff byte"), R"(bad \xff byte)");
  EXPECT_EQ(terminal_text("größer"), "größer");
}

TEST(Terminal, Newlines_StayOnlyWhenAskedFor) {
  EXPECT_EQ(terminal_text("one\ntwo"), R"(one\u000atwo)");
  EXPECT_EQ(terminal_text("one\ntwo", true), "one\ntwo");
}

TEST(Terminal, LongText_IsNotCut) { EXPECT_EQ(terminal_text(std::string(100'000, 'x')).size(), 100'000U); }

TEST(Terminal, Paint_WithoutColor_LeavesTheText) {
  EXPECT_EQ(paint(Color::red, "x", false), "x");
  EXPECT_EQ(paint(Color::plain, "x", true), "x");
  EXPECT_EQ(paint(Color::red, "x", true), "\x1b[31mx\x1b[0m");
}

TEST(Terminal, Width_CountsCharactersNotBytes) { EXPECT_EQ(text_width("größe\xff"), 6U); }

} // namespace
} // namespace monster
