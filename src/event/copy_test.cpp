// SPDX-License-Identifier: Apache-2.0
#include "event/copy.hpp"

#include <gtest/gtest.h>
#include <string>

namespace monster {
namespace {

TEST(Copy, Block_OutlivesTheBatchItWasMadeIn) {
  Arena own;
  Event copy;
  {
    Arena batch;
    const std::span<Text> names = batch.array<Text>(1);
    names[0] = Text(batch.copy(std::string(200, 'x')));
    FileBlock block;
    block.path = Text(batch.copy(std::string("/tmp/a")));
    block.xattrs_changed = names;
    Event event;
    event.common.image = Text(batch.copy(std::string("/usr/bin/cp")));
    event.payload = block;
    copy = copy_event(event, own);
  }
  const auto& block = std::get<FileBlock>(copy.payload);
  EXPECT_EQ(copy.common.image.bytes(), "/usr/bin/cp");
  EXPECT_EQ(block.path.bytes(), "/tmp/a");
  ASSERT_EQ(block.xattrs_changed.size(), 1U);
  EXPECT_EQ(block.xattrs_changed[0].bytes(), std::string(200, 'x'));
}

TEST(Copy, NullAndEmptyLists_StayWhatTheyAre) {
  Arena own;
  EXPECT_EQ(copy_value(TextList{}, own).data(), nullptr);
  const TextList empty = own.array<Text>(0);
  EXPECT_NE(copy_value(empty, own).data(), nullptr);
  EXPECT_TRUE(copy_value(Text{}, own).is_null());
}

} // namespace
} // namespace monster
