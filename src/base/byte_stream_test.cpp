// SPDX-License-Identifier: Apache-2.0
#include "base/byte_stream.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

std::vector<std::byte> one_of_each() {
  ByteWriter out;
  out.u8(0xab).u32(0x01020304).u64(0x1112131415161718).i64(-2).flag(true);
  out.text("alice").text("").nullable_text({}).nullable_text("");
  return out.take();
}

TEST(ByteStream, OneOfEach_WrittenAndRead_IsTheSame) {
  const std::vector<std::byte> bytes = one_of_each();
  ByteReader in(bytes);
  EXPECT_EQ(in.u8(), 0xab);
  EXPECT_EQ(in.u32(), 0x01020304U);
  EXPECT_EQ(in.u64(), 0x1112131415161718U);
  EXPECT_EQ(in.i64(), -2);
  EXPECT_TRUE(in.flag());
  EXPECT_EQ(in.text(), "alice");
  EXPECT_EQ(in.text(), "");
  EXPECT_TRUE(in.nullable_text().is_null());
  EXPECT_FALSE(in.nullable_text().is_null());
  EXPECT_TRUE(in.finished());
}

TEST(ByteStream, Integers_Written_StandLittleEndian) {
  ByteWriter out;
  out.u32(0x01020304).text("x");
  const std::uint8_t expected[] = {4, 3, 2, 1, 1, 0, 0, 0, 'x'};
  const auto written = out.view();
  ASSERT_EQ(written.size(), sizeof expected);
  EXPECT_EQ(std::memcmp(written.data(), expected, sizeof expected), 0);
}

TEST(ByteStream, Input_CutAnywhere_IsNotFinishedAndReadsZeros) {
  const std::vector<std::byte> bytes = one_of_each();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    ByteReader in(cut);
    (void)in.u8(), (void)in.u32(), (void)in.u64(), (void)in.i64(), (void)in.flag();
    (void)in.text(), (void)in.text(), (void)in.nullable_text();
    EXPECT_EQ(in.nullable_text().bytes(), "");
    EXPECT_FALSE(in.ok()) << size;
    EXPECT_FALSE(in.finished()) << size;
    EXPECT_EQ(in.u64(), 0U);
    EXPECT_TRUE(in.text().empty());
  }
}

TEST(ByteStream, ReadPastTheEnd_LeavesNothingForLaterReads) {
  ByteWriter out;
  out.u8(7).u8(8);
  ByteReader in(out.view());
  EXPECT_EQ(in.u32(), 0U);
  EXPECT_EQ(in.u8(), 0U);
  EXPECT_EQ(in.left(), 0U);
  EXPECT_FALSE(in.ok());
}

TEST(ByteStream, LengthBeyondTheEnd_GivesEmptyAndNotOk) {
  ByteWriter out;
  out.u32(0xffffffff).u8(1);
  ByteReader in(out.view());
  EXPECT_TRUE(in.bytes().empty());
  EXPECT_FALSE(in.ok());
}

TEST(ByteStream, FlagOtherThanZeroAndOne_IsRefused) {
  ByteWriter out;
  out.u8(2).u8(1);
  ByteReader in(out.view());
  EXPECT_FALSE(in.flag());
  EXPECT_FALSE(in.ok());
}

TEST(ByteStream, CountOfMoreThanIsLeft_IsRefused) {
  ByteWriter out;
  out.u32(3).u64(0).u64(0);
  EXPECT_EQ(ByteReader(out.view()).count(5), 3U);
  ByteReader in(out.view());
  EXPECT_EQ(in.count(8), 0U);
  EXPECT_FALSE(in.ok());
}

TEST(ByteStream, TextLongerThanItsLengthField_IsLeftOutWholeAndTold) {
  ByteWriter out;
  const std::byte one{};
  out.u8(1).bytes(std::span(&one, std::size_t{1} << 32)); // refused by its size, never read
  EXPECT_FALSE(out.ok());
  EXPECT_EQ(out.view().size(), 1U);
}

TEST(ByteStream, Take_StartsAgainEmpty) {
  ByteWriter out;
  out.text("first");
  EXPECT_EQ(out.take().size(), 9U);
  EXPECT_TRUE(out.view().empty());
  EXPECT_TRUE(out.u8(1).ok());
}

TEST(ByteReader, NumberBeyondTheLastEnumerator_IsRefused) {
  const std::byte bytes[] = {std::byte{2}, std::byte{3}, std::byte{1}};
  ByteReader from(bytes);
  EXPECT_EQ(from.u8_up_to(2), 2);
  EXPECT_TRUE(from.ok());
  EXPECT_EQ(from.u8_up_to(2), 0);
  EXPECT_FALSE(from.ok());
  EXPECT_EQ(from.u8_up_to(2), 0);
}

} // namespace
} // namespace monster
