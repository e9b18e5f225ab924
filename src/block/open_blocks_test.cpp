// SPDX-License-Identifier: Apache-2.0
#include "block/open_blocks.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

constexpr FileIdentity file{8, 9, 1};
constexpr ProcessIdentity process{{50}, {60}, 1};

std::vector<std::uint64_t> objects(std::initializer_list<std::uint64_t> list) { return list; }

class OpenBlocksTest : public testing::Test {
protected:
  void open(std::uint64_t object, BootTime at = BootTime{}) {
    ASSERT_NE(blocks_.remember(object, at), nullptr);
    blocks_.index(object, file, process);
  }
  [[nodiscard]] std::uint64_t newest() const {
    const std::uint64_t* found = blocks_.newest_of(file, process);
    return found == nullptr ? 0 : *found;
  }
  void sweep(const std::vector<std::uint64_t>& living, BootTime at) {
    blocks_.still_open(living, at);
    blocks_.end_sweep(at);
  }

  OpenBlocks blocks_;
};

TEST_F(OpenBlocksTest, Handles_OfOneFileAndProcess_AreFoundNewestFirstInWhateverOrderTheyEnd) {
  const std::vector<std::vector<std::uint64_t>> orders{{1, 2, 3}, {3, 2, 1}, {2, 3, 1},
                                                       {2, 1, 3}, {1, 3, 2}, {3, 1, 2}};
  for (const auto& order : orders) {
    std::vector<std::uint64_t> left{1, 2, 3};
    for (const std::uint64_t object : left)
      open(object);
    for (const std::uint64_t object : order) {
      EXPECT_EQ(newest(), left.back());
      blocks_.forget(object);
      std::erase(left, object);
    }
    EXPECT_EQ(newest(), 0U);
    EXPECT_EQ(blocks_.size(), 0U);
  }
}

TEST_F(OpenBlocksTest, Handle_IndexedTwice_StaysWhereItWas) {
  open(1);
  open(2);
  open(1);
  blocks_.index(1, {9, 9, 9}, process);
  EXPECT_EQ(newest(), 2U);
  EXPECT_EQ(blocks_.newest_of({9, 9, 9}, process), nullptr);
  blocks_.forget(2);
  blocks_.forget(1);
  EXPECT_EQ(newest(), 0U);
}

TEST_F(OpenBlocksTest, ObjectZero_IsNone) {
  EXPECT_EQ(blocks_.remember(0, {}), nullptr);
  blocks_.index(0, file, process);
  blocks_.keep_path(0, {}, "/x");
  EXPECT_EQ(blocks_.find(0), nullptr);
  EXPECT_EQ(newest(), 0U);
}

TEST_F(OpenBlocksTest, Sweep_ForgetsWhatTheKernelHasNoMore) {
  open(1, {});
  open(2, {});
  sweep({2, 99}, BootTime{} + seconds(10));
  EXPECT_EQ(blocks_.find(1), nullptr);
  EXPECT_NE(blocks_.find(2), nullptr);
  EXPECT_EQ(blocks_.find(99), nullptr);
  EXPECT_EQ(newest(), 2U);
  EXPECT_EQ(blocks_.counts().swept, 1U);
}

TEST_F(OpenBlocksTest, Sweep_InParts_KeepsWhatAnyOfThemHas) {
  open(1, {});
  open(2, {});
  blocks_.still_open(objects({1}), BootTime{} + seconds(10));
  sweep({2}, BootTime{} + seconds(10));
  EXPECT_EQ(blocks_.size(), 2U);
}

// A long path is sent a moment before the kernel lists the handle: a sweep in between must not take it.
TEST_F(OpenBlocksTest, Sweep_LongPathJustBefore_IsKeptUntilTheNextOne) {
  const BootTime at = BootTime{} + seconds(10);
  blocks_.keep_path(1, at - milliseconds(1), "/long");
  sweep({}, at);
  ASSERT_NE(blocks_.find(1), nullptr);
  EXPECT_EQ(blocks_.find(1)->path, "/long");
  sweep({}, at + seconds(10)); // its block was never made
  EXPECT_EQ(blocks_.find(1), nullptr);
  EXPECT_EQ(blocks_.text_bytes(), 0U);
}

TEST_F(OpenBlocksTest, Sweep_SignOfLifeAfterIt_Counts) {
  open(1, {});
  open(1, BootTime{} + seconds(20));
  sweep({}, BootTime{} + seconds(10));
  EXPECT_NE(blocks_.find(1), nullptr);
}

TEST_F(OpenBlocksTest, Texts_AreBoundedByBytesAndGivenBack) {
  const std::string path(32'000, 'p');
  std::uint64_t object = 0;
  while (blocks_.counts().texts_not_remembered == 0)
    blocks_.keep_path(++object, {}, path);
  EXPECT_LE(blocks_.text_bytes(), OpenBlocks::max_text_bytes);
  EXPECT_EQ(object, OpenBlocks::max_text_bytes / path.size() + 1);
  EXPECT_TRUE(blocks_.find(object)->path.empty());
  blocks_.forget(1);
  blocks_.keep_path(object, {}, path);
  EXPECT_EQ(blocks_.find(object)->path, path);
}

TEST_F(OpenBlocksTest, Attributes_TakeFromTheSameBound) {
  blocks_.add_xattr(1, {}, "user.x");
  blocks_.add_xattr(1, {}, "user.x");
  EXPECT_EQ(blocks_.text_bytes(), 6U);
  for (int i = 0; i < 100; ++i)
    blocks_.add_xattr(1, {}, std::to_string(i));
  EXPECT_EQ(blocks_.find(1)->xattrs.size(), OpenBlocks::max_xattrs);
  EXPECT_EQ(blocks_.counts().texts_not_remembered, 69U);
  blocks_.forget(1);
  EXPECT_EQ(blocks_.text_bytes(), 0U);
}

} // namespace
} // namespace monster
