// SPDX-License-Identifier: Apache-2.0
#include "base/path_text.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

TEST(AbsolutePath, RelativeArgument_StartsAtTheBase) {
  EXPECT_EQ(absolute_path("/home/a", "b"), "/home/a/b");
  EXPECT_EQ(absolute_path("/", "b"), "/b");
  EXPECT_EQ(absolute_path("/home/a/", "b/c"), "/home/a/b/c");
}

TEST(AbsolutePath, AbsoluteArgument_IgnoresTheBase) {
  EXPECT_EQ(absolute_path("/home/a", "/etc/passwd"), "/etc/passwd");
}

TEST(AbsolutePath, RelativeArgumentWithoutBase_StaysAsItWasWritten) {
  EXPECT_EQ(absolute_path("", "a/../b"), "a/../b");
  EXPECT_EQ(absolute_path("", ""), "");
}

TEST(AbsolutePath, DotsAndDoubledSlashes_AreResolved) {
  EXPECT_EQ(absolute_path("/a/b", "./c/./d"), "/a/b/c/d");
  EXPECT_EQ(absolute_path("/a/b", "../c"), "/a/c");
  EXPECT_EQ(absolute_path("", "//a///b//"), "/a/b");
  EXPECT_EQ(absolute_path("/a", "..."), "/a/...");
  EXPECT_EQ(absolute_path("/a", "..b/.c"), "/a/..b/.c");
}

TEST(AbsolutePath, AboveTheRoot_StaysAtTheRoot) {
  EXPECT_EQ(absolute_path("/a", "../../../../b"), "/b");
  EXPECT_EQ(absolute_path("/", ".."), "/");
  EXPECT_EQ(absolute_path("/", ""), "/");
}

TEST(AbsolutePath, BytesThatAreNoText_AreKept) {
  EXPECT_EQ(absolute_path("/t", "a\xff\n b"), "/t/a\xff\n b");
  const std::string longest(4095, 'x');
  EXPECT_EQ(absolute_path("/t", longest), "/t/" + longest);
}

TEST(BaseName, IsTheLastPart) {
  EXPECT_EQ(base_name("/a/b"), "b");
  EXPECT_EQ(base_name("b"), "b");
  EXPECT_EQ(base_name("/"), "");
  EXPECT_EQ(base_name(""), "");
}

TEST(DirectoryPart, IsWhatStandsBeforeTheName) {
  for (const std::string_view path : {"/a/b", "a/b", "b", "/", "", "/a/"})
    EXPECT_EQ(std::string(directory_part(path)) + std::string(base_name(path)), path);
  EXPECT_EQ(directory_part("/a/b"), "/a/");
  EXPECT_EQ(directory_part("b"), "");
  EXPECT_EQ(directory_part("/"), "/");
}

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
