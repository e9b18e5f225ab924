// SPDX-License-Identifier: Apache-2.0
#include "host/identity_cache.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

FileReference version(std::uint64_t inode, std::int64_t ctime_ns = 1) {
  FileReference file;
  file.identity = {1, inode, 0};
  file.size = 10;
  file.mtime_ns = 1;
  file.ctime_ns = ctime_ns;
  file.path = "/bin/x";
  return file;
}

FileFacts hashed(std::uint8_t first) {
  FileFacts facts;
  facts.status = HashStatus::ok;
  facts.sha256.emplace().bytes[0] = first;
  facts.packages_generation = 1;
  return facts;
}

TEST(IdentityCache, KnownVersion_IsFound) {
  IdentityCache cache;
  cache.insert(version(1), hashed(7));
  ASSERT_NE(cache.find(version(1), 1), nullptr);
  EXPECT_EQ(cache.find(version(1), 1)->sha256->bytes[0], 7);
  EXPECT_EQ(cache.find(version(2), 1), nullptr);
  EXPECT_EQ(cache.counters().hits, 2U);
  EXPECT_EQ(cache.counters().misses, 1U);
}

TEST(IdentityCache, AnotherVersionOfTheFile_IsNotFound) {
  IdentityCache cache;
  cache.insert(version(1, 1), hashed(7));
  EXPECT_EQ(cache.find(version(1, 2), 1), nullptr);
  EXPECT_FALSE(cache.known_digests(version(1, 2)));
  FileReference other_generation = version(1);
  other_generation.identity.generation = 9;
  EXPECT_EQ(cache.find(other_generation, 1), nullptr);
  cache.insert(version(1, 2), hashed(8));
  EXPECT_EQ(cache.size(), 1U) << "one version of a file";
}

TEST(IdentityCache, OtherPathOrPackageGeneration_KeepsTheDigestsOnly) {
  IdentityCache cache;
  cache.insert(version(1), hashed(7));
  FileReference other_path = version(1);
  other_path.path = "/tmp/x";
  EXPECT_EQ(cache.find(other_path, 1), nullptr);
  EXPECT_TRUE(cache.known_digests(other_path));
  EXPECT_EQ(cache.find(version(1), 2), nullptr);
  ASSERT_TRUE(cache.known_digests(version(1)));
  EXPECT_EQ(cache.known_digests(version(1))->sha256.bytes[0], 7);
}

TEST(IdentityCache, SeenWrite_ForgetsTheFile) {
  IdentityCache cache;
  cache.insert(version(1), hashed(7));
  cache.invalidate(version(1).identity);
  cache.invalidate(version(2).identity);
  EXPECT_EQ(cache.find(version(1), 1), nullptr);
  EXPECT_EQ(cache.counters().invalidated, 1U);
}

TEST(IdentityCache, FullCache_ForgetsTheLeastRecentlyUsed) {
  IdentityCache cache(2);
  cache.insert(version(1), hashed(1));
  cache.insert(version(2), hashed(2));
  EXPECT_NE(cache.find(version(1), 1), nullptr);
  cache.insert(version(3), hashed(3));
  EXPECT_NE(cache.find(version(1), 1), nullptr);
  EXPECT_EQ(cache.find(version(2), 1), nullptr);
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(cache.counters().evicted, 1U);
}

TEST(IdentityCache, AnswersThatMayChange_AreNotKept) {
  IdentityCache cache;
  for (const HashStatus status : {HashStatus::pending, HashStatus::gone, HashStatus::unreadable}) {
    FileFacts facts;
    facts.status = status;
    cache.insert(version(1), facts);
  }
  EXPECT_EQ(cache.size(), 0U);
}

} // namespace
} // namespace monster
