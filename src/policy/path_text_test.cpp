// SPDX-License-Identifier: Apache-2.0
#include "policy/path_text.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

TEST(PathText, Plain_HasNoPartThatMeansAnother) {
  for (const auto* path : {"/a", "/a/b", "/a/..b", "/a/.b", "/...", "/a b"})
    EXPECT_TRUE(is_plain_path(path)) << path;
  for (const auto* path : {"", "a", "a/b", "/", "/a/", "//a", "/a//b", "/./a", "/a/.", "/a/..", "/../a", "/a/../b"})
    EXPECT_FALSE(is_plain_path(path)) << path;
}

TEST(PathText, MadePlain_ResolvesByText) {
  EXPECT_EQ(plain_path("/etc/../etc//./shadow"), "/etc/shadow");
  EXPECT_EQ(plain_path("/../../a/"), "/a");
  EXPECT_EQ(plain_path("/a/b/../../.."), "");
  EXPECT_EQ(plain_path("/"), "");
  EXPECT_EQ(plain_path("etc/shadow"), "");
  EXPECT_EQ(plain_path(""), "");
  EXPECT_EQ(plain_path("/a/b"), "/a/b");
}

} // namespace
} // namespace monster
