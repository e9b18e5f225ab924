// SPDX-License-Identifier: Apache-2.0
#include "event/value_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace monster {
namespace {

template <Token T> std::string text_of(const T& value) {
  char text[longest_token];
  return {text, write_token(text, value)};
}

TEST(ValueText, Time_AnyMoment_HasNineDigitsAndZ) {
  EXPECT_EQ(text_of(WallTime{0}), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(text_of(WallTime{1'795'519'353'123'456'789}), "2026-11-24T11:22:33.123456789Z");
  EXPECT_EQ(text_of(WallTime{951'782'399'999'999'999}), "2000-02-28T23:59:59.999999999Z");
  EXPECT_EQ(text_of(WallTime{951'782'400'000'000'000}), "2000-02-29T00:00:00.000000000Z");
}

TEST(ValueText, Time_BeforeTheEpochAndAtTheEnds_IsRight) {
  EXPECT_EQ(text_of(WallTime{-1}), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(text_of(WallTime{std::numeric_limits<std::int64_t>::min()}), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(text_of(WallTime{std::numeric_limits<std::int64_t>::max()}), "2262-04-11T23:47:16.854775807Z");
}

TEST(ValueText, Integers_Extremes_AreWritten) {
  EXPECT_EQ(text_of(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(text_of(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(text_of(std::uint16_t{2500}), "2500");
  EXPECT_EQ(text_of(Pid{4'194'304}), "4194304");
}

TEST(ValueText, Hex_EveryDigit_IsLowerCaseAndInPlace) {
  EXPECT_EQ(text_of(Hex64{0x0123456789abcdefU}), "0123456789abcdef");
  EXPECT_EQ(text_of(Hex64{0xfedcba9876543210U}), "fedcba9876543210");
  EXPECT_EQ(text_of(Hex64{0}), "0000000000000000");
  const FileKey key{0x00ff10a09f0e5d6cU, 0x8000000000000001U};
  EXPECT_EQ(text_of(key), key.hex());
  Sha256 hash;
  for (std::size_t i = 0; i < 32; ++i)
    hash.bytes[i] = static_cast<std::uint8_t>(i * 8);
  EXPECT_EQ(text_of(hash), "0008101820283038404850586068707880889098a0a8b0b8c0c8d0d8e0e8f0f8");
}

TEST(ValueText, Enumerations_WindowsWords_AreUpperCase) {
  EXPECT_EQ(text_of(CreateDisposition::file_overwrite_if), "FILE_OVERWRITE_IF");
  EXPECT_EQ(name_of(CreateDisposition::file_open), "FILE_OPEN");
  EXPECT_EQ(name_of(CreateResult::file_created), "FILE_CREATED");
  EXPECT_EQ(name_of(FileAccess::read_write), "read_write");
  EXPECT_EQ(name_of(ProcessSource::fork_only), "fork_only");
}

TEST(ValueText, Enumerations_ValueOutsideTheTable_IsUnknown) {
  EXPECT_EQ(name_of(static_cast<FileKind>(200)), "unknown");
}

} // namespace
} // namespace monster
