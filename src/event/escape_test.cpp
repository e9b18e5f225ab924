// SPDX-License-Identifier: Apache-2.0
#include "event/escape.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

struct Written {
  std::string text;
  bool exact;
  friend bool operator==(const Written&, const Written&) = default;
  friend void PrintTo(const Written& w, std::ostream* out) { *out << w.text << (w.exact ? " exact" : " not exact"); }
};

template <Escape style> Written write(std::string_view bytes) {
  Written written{};
  RowBuffer buffer(written.text);
  written.exact = append_text<style>(buffer, bytes);
  buffer.flush();
  return written;
}

Written tsv(std::string_view bytes) { return write<Escape::tsv>(bytes); }
Written json(std::string_view bytes) { return write<Escape::json>(bytes); }
Written json_in_tsv(std::string_view bytes) { return write<Escape::json_in_tsv>(bytes); }

using namespace std::string_view_literals;

TEST(Escape, Tsv_SignsOfTheFormat_AreEscaped) {
  EXPECT_EQ(tsv("a\tb\nc\rd\\e\\N"), (Written{R"(a\tb\nc\rd\\e\\N)", true}));
}

TEST(Escape, Tsv_OtherControlCharactersAndQuotes_StayAsTheyAre) {
  EXPECT_EQ(tsv("\x01\x1b[2J\x7f\"'"), (Written{"\x01\x1b[2J\x7f\"'", true}));
}

TEST(Escape, Json_ControlCharacters_AreEscaped) {
  EXPECT_EQ(json("\"\\/\b\t\n\f\r\x1b\x7f"), (Written{"\\\"\\\\/\\u0008\\t\\n\\u000c\\r\\u001b\x7f", true}));
}

TEST(Escape, Json_C1Controls_AreEscapedAndTheirNeighboursAreNot) {
  EXPECT_EQ(json("a\xc2\x80\xc2\x9b"
                 "31m\xc2\x9f\xc2\xa0\xc3\x9b"),
            (Written{"a\\u0080\\u009b31m\\u009f\xc2\xa0\xc3\x9b", true}));
  EXPECT_EQ(json("\xc2"), (Written{"\xef\xbf\xbd", false}));
  EXPECT_EQ(tsv("\xc2\x9b"), (Written{"\xc2\x9b", true}));
}

TEST(Escape, JsonInTsv_Backslashes_AreDoubled) {
  EXPECT_EQ(json_in_tsv("\"\\\t\x1b"), (Written{R"(\\"\\\\\\t\\u001b)", true}));
}

TEST(Escape, EveryStyle_EachByteAtEachPlaceOfAWord_IsFound) {
  for (std::size_t place = 0; place < 20; ++place) {
    for (int byte = 1; byte < 128; ++byte) {
      std::string text(20, 'x');
      text[place] = static_cast<char>(byte);
      const std::string alone = tsv(text.substr(place, 1)).text;
      EXPECT_EQ(tsv(text).text, text.substr(0, place) + alone + text.substr(place + 1));
      const std::string alone_json = json(text.substr(place, 1)).text;
      EXPECT_EQ(json(text).text, text.substr(0, place) + alone_json + text.substr(place + 1));
    }
  }
}

TEST(Escape, EveryStyle_ValidUtf8_StaysAsItIs) {
  constexpr std::string_view text = "naïve/日本語/\U0001F4A9/\u07ff\u0800\uffff\U0010ffff";
  for (const Written& written : {tsv(text), json(text), json_in_tsv(text)})
    EXPECT_EQ(written, (Written{std::string(text), true}));
}

TEST(Escape, EveryStyle_Nul_IsReplacedAndTold) {
  for (const Written& written : {tsv("a\0b"sv), json("a\0b"sv), json_in_tsv("a\0b"sv)})
    EXPECT_EQ(written, (Written{"a\uFFFDb", false}));
}

// The examples of the Unicode Standard, tables 3-8 to 3-11.
TEST(Escape, InvalidUtf8_MaximalSubparts_AreReplacedOneEach) {
  struct Case {
    std::string_view bytes, shown;
  };
  for (const auto& [bytes, shown] : {
           Case{"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA"},
           Case{"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA"},
           Case{"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDA\uFFFD\uFFFDB"},
           Case{"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", "\uFFFD\uFFFD\uFFFD\uFFFDA"},
           Case{"\xe2\x82", "\uFFFD"},
           Case{"\xff", "\uFFFD"},
       }) {
    EXPECT_EQ(tsv(bytes), (Written{std::string(shown), false}));
    EXPECT_EQ(json(bytes), (Written{std::string(shown), false}));
  }
}

TEST(Escape, IsExact_AnyByteAtTheEnd_AgreesWithAppendText) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string("0123456789") + static_cast<char>(byte);
    EXPECT_EQ(is_exact(text), tsv(text).exact) << byte;
  }
}

TEST(Escape, LongText_LargerThanTheRowBuffer_IsWhole) {
  std::string text;
  for (int i = 0; i < 5000; ++i)
    text += i % 7 == 0 ? "\t" : "abc";
  std::string expected;
  for (int i = 0; i < 5000; ++i)
    expected += i % 7 == 0 ? "\\t" : "abc";
  EXPECT_EQ(tsv(text), (Written{expected, true}));
  const std::string plain(100'000, 'p');
  EXPECT_EQ(tsv(plain), (Written{plain, true}));
}

} // namespace
} // namespace monster
