// SPDX-License-Identifier: Apache-2.0
// What is not JSON, or is JSON made to harm its reader or the terminal.
#include "config/load.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

using namespace std::string_literals;

std::string first_complaint(std::string_view text, std::string_view file = "agent.json") {
  const LoadedConfig loaded = parse_config(text, file, false);
  return loaded.diagnostics.empty() ? "none" : format_diagnostic(loaded.diagnostics.front());
}

std::string last_complaint(std::string_view text) {
  const LoadedConfig loaded = parse_config(text, "agent.json", false);
  EXPECT_FALSE(loaded.ok());
  return loaded.diagnostics.empty() ? "none" : format_diagnostic(loaded.diagnostics.back());
}

struct Case {
  std::string text;
  std::string_view expected; // behind "agent.json:"
};

TEST(ConfigSyntax, Malformed_IsShownWhereItStands) {
  const Case cases[] = {
      {"", "1:1: found the end; there is nothing in it; a configuration of defaults is {}"},
      {" \n\n ", "3:2: found the end; there is nothing in it; a configuration of defaults is {}"},
      {"{", "1:2: found the end; expected a name in double quotes"},
      {"{\n  \"policy\": {\n", "3:1: found the end; expected a name in double quotes"},
      {"{}x", "1:3: found \"x\"; the configuration ends before this"},
      {"{} {}", "1:4: found \"{\"; the configuration ends before this"},
      {"// none\n{}", "1:1: found \"/\"; JSON has no comments"},
      {"{ /* none */ }", "1:3: found \"/\"; JSON has no comments"},
      {"{\n# none\n}", "2:1: found \"#\"; JSON has no comments"},
      {"{\"policy\": {\"builtin\": 1,}}", "1:26: found \"}\"; a comma stands before it, but nothing follows"},
      {"{\"process\": {\"environment\": [\"A\",]}}",
       "1:34: found \"]\"; a comma stands before it, but nothing follows"},
      {"{'policy': 1}", "1:2: found \"'\"; JSON quotes with \", not with '"},
      {"{policy: 1}", "1:2: found \"p\"; expected a name in double quotes"},
      {"{\"policy\" 1}", "1:11: found \"1\"; expected a colon behind the name"},
      {"{\"a\": 1 \"b\": 2}", "1:9: found \"\\\"\"; expected a comma or }"},
      {"{\"a\": [1 2]}", "1:10: found \"2\"; expected a comma or ]"},
      {"{\"a\": tru}", "1:7: found \"t\"; expected a value"},
      {"{\"a\": +1}", "1:7: found \"+\"; expected a value"},
      {"{\"a\": 1.}", "1:9: found \"}\"; expected a digit behind the point"},
      {"{\"a\": \"b", "1:9: found the end; the closing double quote is missing"},
      {"{\"a\": \"b\nc\"}", "1:9: found \"\\u000a\"; a line break or tab in a text must be written as \\n, \\r or \\t"},
      {"{\"a\": \"\\q\"}", "1:8: found \"\\\\\"; not an escape of JSON; a backslash itself is \\\\"},
      {"{\"a\": \"\\ud800\"}", "1:8: found \"\\\\\"; half of a surrogate pair"},
      {"{\"a\": \"\\udc00\"}", "1:7: found \\\"\\\\udc00\\\"; an escape in it is half of a surrogate pair"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(last_complaint(c.text), "agent.json:" + std::string(c.expected)) << c.text;
}

TEST(ConfigSyntax, HostileBytes_AreRefusedWithTheirPlace) {
  const Case cases[] = {
      {"{}\0{\"policy\": 1}"s, "1:3: found \"\\u0000\"; a control character"},
      {"\0"s, "1:1: found \"\\u0000\"; a control character"},
      {"{\n \"a\": \"\x1b[31m\"}", "2:8: found \"\\u001b\"; a control character"},
      {"{\"a\": \"\xff\"}", "1:8: found \"\\xff\"; not UTF-8"},
      {"{\"a\": \"\xc0\xaf\"}", "1:8: found \"\\xc0\"; not UTF-8"},
      {"{\"a\": \"\xed\xa0\x80\"}", "1:8: found \"\\xed\"; not UTF-8"},
      {"{\"a\": \"\xf5\x80\x80\x80\"}", "1:8: found \"\\xf5\"; not UTF-8"},
      {"{\"a\": \"\xe2\x82", "1:8: found \"\\xe2\"; not UTF-8"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(last_complaint(c.text), "agent.json:" + std::string(c.expected));
}

TEST(ConfigSyntax, TerminalEscapes_NeverReachTheMessage) {
  EXPECT_EQ(first_complaint("{\"policy\": {\"builtin\": \"\\u001b[2J\\u202e\\u009b\"}}"),
            "agent.json:1:24: policy.builtin: found \"\\u001b[2J\\u202e\\u009b\", allowed: 0, 1, false, true");
  EXPECT_EQ(first_complaint("{\"\\u001b]0;x\\u0007\": 1}", "a\x1b[0m\n.json"),
            "a\\u001b[0m\\u000a.json:1:2: warning: \\u001b]0;x\\u0007: unknown option");
}

TEST(ConfigSyntax, LongText_IsCutInTheMessageAndSaysSo) {
  const std::string text = "{\"policy\": {\"builtin\": \"" + std::string(5000, 'x') + "\"}}";
  EXPECT_EQ(first_complaint(text), "agent.json:1:24: policy.builtin: found \"" + std::string(120, 'x') +
                                       "... (5000 bytes)\", allowed: 0, 1, false, true");
}

TEST(ConfigSyntax, NulByEscape_IsRefusedInEveryText) {
  EXPECT_EQ(first_complaint("{\"export\": {\"tsv\": {\"directory\": \"/a\\u0000b\"}}}"),
            "agent.json:1:34: export.tsv.directory: found \"/a\\u0000b\", allowed: null, a path that starts with /");
}

TEST(ConfigSyntax, Columns_CountBytes) {
  EXPECT_EQ(first_complaint("{\"\xc3\xa4\": {}, \"policy\": 1}"), "agent.json:1:2: warning: \xc3\xa4: unknown option");
  EXPECT_EQ(format_diagnostic(parse_config("{\"\xc3\xa4\": {}, \"policy\": 1}", "a", false).diagnostics.at(1)),
            "a:1:22: policy: found 1, allowed: an object");
}

TEST(ConfigSyntax, CarriageReturns_BelongToTheirLine) {
  EXPECT_EQ(first_complaint("{\r\n\t\"policy\": 1\r\n}\r\n"), "agent.json:2:12: policy: found 1, allowed: an object");
}

TEST(ConfigSyntax, ByteOrderMark_IsPassedOver) {
  EXPECT_EQ(first_complaint("\xef\xbb\xbf{\"policy\": {}}"), "none");
  EXPECT_EQ(first_complaint("\xef\xbb\xbf{\"policy\": 1}"), "agent.json:1:15: policy: found 1, allowed: an object");
}

TEST(ConfigSyntax, Depth_Of64IsReadAndOf65Refused) {
  const std::string open(63, '[');
  const std::string shut(63, ']');
  EXPECT_EQ(first_complaint("{\"a\":" + open + shut + "}"), "agent.json:1:2: warning: a: unknown option");
  const LoadedConfig deep = parse_config("{\"a\":[" + open + shut + "]}", "agent.json", false);
  ASSERT_EQ(deep.diagnostics.size(), 2U);
  EXPECT_EQ(format_diagnostic(deep.diagnostics[1]), "agent.json:1:69: found [; more than 64 levels deep");
  EXPECT_FALSE(parse_config(std::string(500'000, '['), "a", false).ok());
}

TEST(ConfigSyntax, Size_OfOneMebibyteIsReadAndMoreRefused) {
  EXPECT_EQ(first_complaint("{}" + std::string(config_size_limit - 2, ' ')), "none");
  EXPECT_EQ(first_complaint("{}" + std::string(config_size_limit - 1, ' ')),
            "agent.json:1:1: it has 1048577 bytes; a configuration has at most 1048576");
}

TEST(ConfigSyntax, ManyNames_AreReadInReasonableTimeAndMemory) {
  std::string text = "{\"a\": 1";
  while (text.size() < config_size_limit - 32)
    text += ",\"" + std::to_string(text.size()) + "\":0";
  const LoadedConfig loaded = parse_config(text + "}", "a", false);
  EXPECT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.diagnostics.size(), 101U);
}

} // namespace
} // namespace monster
