// SPDX-License-Identifier: Apache-2.0
#include "config/address.hpp"
#include "config/entry.hpp"
#include "config/source_text.hpp"
#include "config/unit.hpp"

#include <gtest/gtest.h>
#include <string>

namespace monster {
namespace {

using namespace std::string_view_literals;

TEST(Unit, Sizes_NeedTheirExactUnit) {
  EXPECT_EQ(parse_size("64MiB"), 67'108'864U);
  EXPECT_EQ(parse_size("1B"), 1U);
  EXPECT_EQ(parse_size("8388607TiB"), 8388607ULL << 40);
  for (const auto text : {"", "64", "MiB", "64MB", "64mib", "64 MiB", " 64MiB", "-1MiB", "+1MiB", "1.5GiB", "0x1KiB",
                          "8388608TiB", "99999999999999999999B", "1MiBx"})
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
}

TEST(Unit, Durations_NeedTheirExactUnit) {
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("15min"), seconds(900));
  EXPECT_EQ(parse_duration("1h"), seconds(3600));
  EXPECT_EQ(parse_duration("2d"), seconds(172'800));
  for (const auto text : {"", "5", "s", "5 s", "5sec", "-5s", "1.5s", "5m", "106752d", "9223372036854775807ms"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Unit, Formatted_ReadsBackTheSame) {
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(1536), "1536B");
  EXPECT_EQ(format_size(5ULL << 30), "5GiB");
  EXPECT_EQ(format_duration({}), "0ms");
  EXPECT_EQ(format_duration(seconds(900)), "15min");
  EXPECT_EQ(format_duration(milliseconds(1500)), "1500ms");
}

TEST(Address, Ports_AreOneOrARange) {
  EXPECT_EQ(parse_port_range("443"), (PortRange{443, 443}));
  EXPECT_EQ(parse_port_range("8000-8100"), (PortRange{8000, 8100}));
  for (const auto text : {"", "0", "65536", "-1", "1-", "-", "2-1", "1--2", "1-2-3", " 1", "http", "1 - 2"})
    EXPECT_EQ(parse_port_range(text), std::nullopt) << text;
}

TEST(Address, Addresses_AreOneABlockOrARange) {
  EXPECT_EQ(parse_ip_range("10.2.0.0/15"), parse_ip_range("10.2.0.0-10.3.255.255"));
  EXPECT_EQ(parse_ip_range("0.0.0.0/0"), parse_ip_range("0.0.0.0-255.255.255.255"));
  EXPECT_EQ(parse_ip_range("192.168.1.1"), parse_ip_range("192.168.1.1/32"));
  EXPECT_EQ(parse_ip_range("2001:db8::/32"), parse_ip_range("2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
  EXPECT_TRUE(parse_ip_range("::1").value_or(IpRange{}).v6);
  for (const auto text : {"", "1.2.3", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "10.1.0.0/15", "1.2.3.4/8", "::/129",
                          "1.2.3.4-::1", "1.2.3.5-1.2.3.4", "01.2.3.4", "1.2.3.4 ", "localhost", "fe80::1%eth0"})
    EXPECT_EQ(parse_ip_range(text), std::nullopt) << text;
  EXPECT_EQ(parse_ip_range("1.2.3.4\0x"sv), std::nullopt);
}

TEST(Entry, Forms_AcceptWhatCanMatchAndRefuseWhatCannot) {
  struct Case {
    TextForm form;
    std::string_view text;
    bool accepted;
  };
  const Case cases[] = {
      {TextForm::image_name, "dbgview.exe", true},
      {TextForm::image_name, "*/bin/make", true},
      {TextForm::image_name, "bin/make", false},
      {TextForm::image_name, "", false},
      {TextForm::image_name, "a\0b"sv, false},
      {TextForm::path_pattern, "/tmp/*", true},
      {TextForm::path_pattern, "tmp", false},
      {TextForm::extension, "e?e", true},
      {TextForm::extension, ".exe", false},
      {TextForm::registry_key, "HKLM\\*", true},
      {TextForm::variable, "LD_PRELOAD", true},
      {TextForm::variable, "1X", false},
      {TextForm::variable, "A=B", false},
      {TextForm::absolute_path, "/x", true},
      {TextForm::absolute_path, "x", false},
      {TextForm::host, "logs.example.org", true},
      {TextForm::host, "::1", true},
      {TextForm::host, "::1-::2", false},
      {TextForm::host, "-x", false},
      {TextForm::host, "a b", false},
      {TextForm::kafka_servers, "a:9092,b:9092", true},
      {TextForm::kafka_servers, "a,", false},
      {TextForm::kafka_servers, "a:0", false},
      {TextForm::kafka_servers, "a:1-2", false},
      {TextForm::kafka_servers, "[::1]:9092", true},
      {TextForm::kafka_servers, "[::1", false},
      {TextForm::kafka_servers, "[::1]9092", false},
      {TextForm::kafka_topic, "a.b_c-1", true},
      {TextForm::kafka_topic, "..", false},
      {TextForm::kafka_topic, "a/b", false},
  };
  for (const Case& c : cases)
    EXPECT_EQ(has_form(c.form, c.text), c.accepted) << c.text;
  EXPECT_FALSE(has_form(TextForm::absolute_path, "/" + std::string(4095, 'x')));
  EXPECT_FALSE(has_form(TextForm::kafka_topic, std::string(250, 'x')));
}

TEST(SourceText, Position_CountsLinesAndBytesFromOne) {
  const SourceText text("ab\n\nc");
  EXPECT_EQ(text.position(0), (Position{1, 1}));
  EXPECT_EQ(text.position(2), (Position{1, 3}));
  EXPECT_EQ(text.position(3), (Position{2, 1}));
  EXPECT_EQ(text.position(4), (Position{3, 1}));
  EXPECT_EQ(text.position(5), (Position{3, 2}));
  EXPECT_EQ(text.position(99), (Position{3, 2}));
}

TEST(Printable, HiddenCharactersAndBadBytes_AreEscaped) {
  EXPECT_EQ(printable("\xc3\xa4 \"x\"\\\n"), "\xc3\xa4 \\\"x\\\"\\\\\\u000a");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b\xef\xbb\xbf\xc2\x9b\x7f"),
            "a\\u202eb\\ufeff\\u009b\\u007f");
  EXPECT_EQ(printable("\xf3\xa0\x80\x81"), "\\ue0001");
  EXPECT_EQ(printable("\xc3\xa4\xc3\xa4", 3), "\xc3\xa4... (4 bytes)");
}

} // namespace
} // namespace monster
