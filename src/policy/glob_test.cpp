// SPDX-License-Identifier: Apache-2.0
#include "policy/glob.hpp"

#include <gtest/gtest.h>
#include <string>

namespace monster {
namespace {

bool matches(std::string_view pattern, std::string_view text, GlobCase letters = GlobCase::exact) {
  const Result<Glob> glob = Glob::make(pattern, letters);
  EXPECT_TRUE(glob) << pattern;
  return glob && glob->matches(text);
}

TEST(Glob, WithoutWildcards_IsTheTextItself) {
  EXPECT_TRUE(matches("/etc/shadow", "/etc/shadow"));
  EXPECT_FALSE(matches("/etc/shadow", "/etc/shadow-"));
  EXPECT_FALSE(matches("/etc/shadow", "/etc/shado"));
  EXPECT_FALSE(matches("/etc/shadow", "/ETC/shadow"));
  EXPECT_FALSE(matches("a", ""));
}

TEST(Glob, Star_StaysInItsPart) {
  EXPECT_TRUE(matches("/proc/*/mem", "/proc/1/mem"));
  EXPECT_TRUE(matches("/proc/*/mem", "/proc//mem"));
  EXPECT_FALSE(matches("/proc/*/mem", "/proc/1/task/1/mem"));
  EXPECT_TRUE(matches("*", "name"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_FALSE(matches("*", "a/b"));
  EXPECT_TRUE(matches("/etc/ssh/ssh_host_*_key", "/etc/ssh/ssh_host_ed25519_key"));
  EXPECT_FALSE(matches("/etc/ssh/ssh_host_*_key", "/etc/ssh/ssh_host_ed25519_key.pub"));
  EXPECT_FALSE(matches("/etc/ssh/ssh_host_*_key", "/etc/ssh/ssh_host_key")) << "prefix and suffix may not overlap";
}

TEST(Glob, Star_TriesLaterPlaces) {
  EXPECT_TRUE(matches("*ab*c", "xabaabyc"));
  EXPECT_TRUE(matches("a*b*b", "abbb"));
  EXPECT_FALSE(matches("a*b*b", "ab"));
  EXPECT_TRUE(matches("*.so*", "libc.so.6"));
}

TEST(Glob, QuestionMark_IsOneByteOfAPart) {
  EXPECT_TRUE(matches("/usr/bin/g??", "/usr/bin/gcc"));
  EXPECT_FALSE(matches("/usr/bin/g??", "/usr/bin/gc"));
  EXPECT_FALSE(matches("a?b", "a/b"));
  EXPECT_TRUE(matches("a?b", "a\xff"
                             "b"));
}

TEST(Glob, DoubleStar_CrossesParts) {
  EXPECT_TRUE(matches("/proc/sys/**", "/proc/sys/kernel/core_pattern"));
  EXPECT_TRUE(matches("/proc/sys/**", "/proc/sys/x"));
  EXPECT_FALSE(matches("/proc/sys/**", "/proc/sys"));
  EXPECT_FALSE(matches("/proc/sys/**", "/proc/system"));
  EXPECT_TRUE(matches("/a**z", "/a/b/z"));
  EXPECT_TRUE(matches("/a**z", "/az"));
  EXPECT_TRUE(matches("***", "a/b"));
}

TEST(Glob, DoubleStarAlone_IsAnyNumberOfParts) {
  EXPECT_TRUE(matches("/**/release_agent", "/release_agent"));
  EXPECT_TRUE(matches("/**/release_agent", "/a/b/release_agent"));
  EXPECT_FALSE(matches("/**/release_agent", "/a/b/my_release_agent"));
  EXPECT_FALSE(matches("/**/release_agent", "/a/release_agent/x"));
  EXPECT_TRUE(matches("/a/**/**/b/*", "/a/b/c"));
  EXPECT_TRUE(matches("/a/**/b?/**/c", "/a/x/b1/y/z/c"));
  EXPECT_FALSE(matches("/a/**/b?/**/c", "/a/x/b/y/z/c"));
  EXPECT_TRUE(matches("**/c", "c"));
  EXPECT_TRUE(matches("**/c", "/a/c"));
  EXPECT_FALSE(matches("**/c", "/ac"));
}

TEST(Glob, FoldedCase_IsOfAsciiOnly) {
  EXPECT_TRUE(matches("DbgView*.EXE", "dbgVIEW64.exe", GlobCase::ascii_folded));
  EXPECT_TRUE(matches("a*B?c", "A__bXC", GlobCase::ascii_folded));
  EXPECT_FALSE(matches("\xc3\xa4", "\xc3\x84", GlobCase::ascii_folded));
  EXPECT_FALSE(matches("[", "{", GlobCase::ascii_folded));
}

TEST(Glob, AnyByte_IsTakenAsItIs) {
  EXPECT_TRUE(matches("[a]\\*", "[a]\\x"));
  EXPECT_TRUE(matches("a*", std::string_view("a\0\n\xff", 4)));
}

TEST(Glob, RefusedPatterns_SayWhy) {
  EXPECT_FALSE(Glob::make(""));
  EXPECT_FALSE(Glob::make(std::string_view("a\0b", 3)));
  EXPECT_FALSE(Glob::make(std::string(4097, 'a')));
  EXPECT_TRUE(Glob::make(std::string(4096, 'a')));
  EXPECT_TRUE(Glob::make("*" + std::string(253, 'a') + "*"));
  const Result<Glob> long_middle = Glob::make("*" + std::string(254, 'a') + "*");
  ASSERT_FALSE(long_middle);
  EXPECT_NE(long_middle.error().reason.find("255"), std::string::npos);
  EXPECT_TRUE(Glob::make("*" + std::string(4000, 'a')));
}

TEST(Glob, HostileText_CostsNoMoreThanItsLengthTimesThePattern) {
  std::string pattern;
  for (int i = 0; i < 40; ++i)
    pattern += "*a**/";
  pattern += "c*"; // stands nowhere, and is neither prefix nor suffix, so that only the search can tell
  std::string text;
  for (int i = 0; i < 10'000; ++i)
    text += "aa/";
  EXPECT_FALSE(matches(pattern, text)); // exponential or cubic matching would not end
  EXPECT_TRUE(matches(pattern, text + "cx"));
}

} // namespace
} // namespace monster
