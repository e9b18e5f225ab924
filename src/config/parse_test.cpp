// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"
#include "config/option.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

std::vector<std::string> complaints(std::string_view text, bool strict = false) {
  std::vector<std::string> lines;
  for (const Diagnostic& d : parse_config(text, "agent.json", strict).diagnostics)
    lines.push_back(format_diagnostic(d));
  return lines;
}

std::string only_complaint(std::string_view text, bool strict = false) {
  const auto lines = complaints(text, strict);
  return lines.size() == 1 ? lines.front() : std::to_string(lines.size()) + " complaints";
}

Config accepted(std::string_view text) {
  LoadedConfig loaded = parse_config(text, "agent.json", true);
  for (const Diagnostic& d : loaded.diagnostics)
    ADD_FAILURE() << format_diagnostic(d);
  return loaded.config;
}

TEST(ParseConfig, Parse_EmptyObject_IsAllDefaults) {
  const Config c = accepted("{}");
  EXPECT_TRUE(c.exporters.tsv.enabled);
  EXPECT_EQ(c.exporters.tsv.directory, std::nullopt);
  EXPECT_EQ(c.exporters.tsv.rotate_size, 67'108'864U);
  EXPECT_EQ(c.exporters.tsv.rotate_time, seconds(900));
  EXPECT_EQ(c.exporters.tsv.keep, 5'368'709'120U);
  EXPECT_EQ(c.kernel.ring_bytes, 16'777'216U);
  EXPECT_EQ(c.kernel.open_blocks, 131'072);
  EXPECT_EQ(c.hash.wait, milliseconds(800));
  EXPECT_EQ(c.process.environment.size(), 6U);
}

TEST(ParseConfig, Parse_EveryTypeOfValue_ReachesItsMember) {
  const Config c = accepted(R"({
    "export": {
      "tsv": {"enabled": false, "directory": "/srv/events", "rotate_size": 1048576, "rotate_time": "1h",
              "keep": "10GiB", "flush": "250ms", "sync": "1min", "queue_bytes": "64MiB",
              "detail_columns": "full", "details": 0},
      "kafka": {"servers": "a:9092,[::1]:9093,10.0.0.1", "acks": 1, "codec": "zstd", "partition": -1},
      "syslog": {"server": "2001:db8::1", "port": "6514"}},
    "trace_policy": {"process_image_name": {"exclude": ["Make*", "/usr/bin/g??"]}},
    "policy": {"builtin": 0, "builtin_file": "/etc/monster-agent/policy.json", "read_blocks": 1},
    "process": {"environment": ["HOME"]},
    "kernel": {"ring_bytes": "1MiB", "open_blocks": 4096},
    "health": {"interval": "10s"},
    "hash": {"max_size": 0, "wait": "0ms", "workers": 2}})");
  EXPECT_FALSE(c.exporters.tsv.enabled);
  EXPECT_EQ(c.exporters.tsv.directory, "/srv/events");
  EXPECT_EQ(c.exporters.tsv.rotate_size, 1'048'576U);
  EXPECT_EQ(c.exporters.tsv.rotate_time, seconds(3600));
  EXPECT_EQ(c.exporters.tsv.keep, 10'737'418'240U);
  EXPECT_EQ(c.exporters.tsv.flush, milliseconds(250));
  EXPECT_EQ(c.exporters.tsv.sync, seconds(60));
  EXPECT_EQ(c.exporters.tsv.detail_columns, TsvDetailColumns::full);
  EXPECT_FALSE(c.exporters.tsv.details);
  EXPECT_EQ(c.exporters.kafka.servers, "a:9092,[::1]:9093,10.0.0.1");
  EXPECT_EQ(c.exporters.kafka.acks, KafkaAcks::leader);
  EXPECT_EQ(c.exporters.kafka.codec, KafkaCodec::zstd);
  EXPECT_EQ(c.exporters.syslog.port, 6514);
  EXPECT_EQ(c.trace_policy.process_image_name.exclude, (std::vector<std::string>{"Make*", "/usr/bin/g??"}));
  EXPECT_FALSE(c.policy.builtin);
  EXPECT_EQ(c.policy.builtin_file, "/etc/monster-agent/policy.json");
  EXPECT_TRUE(c.policy.read_blocks);
  EXPECT_EQ(c.process.environment, std::vector<std::string>{"HOME"});
  EXPECT_EQ(c.kernel.ring_bytes, 1'048'576U);
  EXPECT_EQ(c.health.interval, seconds(10));
  EXPECT_EQ(c.hash.max_size, 0U);
  EXPECT_EQ(c.hash.wait, Duration{0});
  EXPECT_EQ(c.hash.workers, 2);
}

TEST(ParseConfig, WrongWord_SaysWhereWhatAndWhatIsAllowed) {
  EXPECT_EQ(only_complaint("{\n  \"export\": {\n    \"kafka\": {\"acks\": \"maybe\"}}}"),
            "agent.json:3:23: export.kafka.acks: found \"maybe\", allowed: \"0\", \"1\", \"all\"");
}

constexpr std::string_view sizes = ", as bytes or with a unit (B, KiB, MiB, GiB, TiB)";

TEST(ParseConfig, WrongValues_NameTheirBounds) {
  const auto at = [](std::string_view text, std::string_view rest) {
    EXPECT_EQ(only_complaint(text), "agent.json:1:" + std::string(rest)) << text;
  };
  at(R"({"kernel": {"ring_bytes": "3MiB"}})",
     R"(27: kernel.ring_bytes: found "3MiB", allowed: a power of two from "64KiB" to "1GiB")" + std::string(sizes));
  at(R"({"kernel": {"ring_bytes": "16MB"}})",
     R"(27: kernel.ring_bytes: found "16MB", allowed: a power of two from "64KiB" to "1GiB")" + std::string(sizes));
  at(R"({"kernel": {"open_blocks": 10}})",
     "28: kernel.open_blocks: found 10, allowed: a whole number from 1024 to 4194304");
  at(R"({"hash": {"workers": 1.5}})", "22: hash.workers: found 1.5, allowed: a whole number from 1 to 64");
  at(R"({"hash": {"workers": 99999999999999999999}})",
     "22: hash.workers: found 99999999999999999999, allowed: a whole number from 1 to 64");
  at(R"({"hash": {"wait": 800}})",
     R"(19: hash.wait: found 800, allowed: a duration from "0ms" to "1min", with a unit (ms, s, min, h, d))");
  at(R"({"policy": {"builtin": "yes"}})", R"(24: policy.builtin: found "yes", allowed: 0, 1, false, true)");
  at(R"({"policy": {"builtin": null}})", "24: policy.builtin: found null, allowed: 0, 1, false, true");
  at(R"({"policy": {"builtin": {}}})", "24: policy.builtin: found an object, allowed: 0, 1, false, true");
  at(R"({"policy": {"builtin_file": "x.json"}})",
     R"(29: policy.builtin_file: found "x.json", allowed: null, a path that starts with /)");
  at(R"({"export": {"syslog": {"port": "1-2"}}})",
     R"(32: export.syslog.port: found "1-2", allowed: a port from 1 to 65535)");
  at(R"({"export": 5})", "12: export: found 5, allowed: an object");
  at(R"({"export": ["tsv"]})", "12: export: found a list, allowed: an object");
  at(R"({"process": {"environment": "PATH"}})", R"(29: process.environment: found "PATH", allowed: a list)");
  at(R"({"process": {"environment": ["A", "B=C"]}})",
     R"(35: process.environment[1]: found "B=C", allowed: the name of an environment variable)");
  at(R"({"process": {"environment": ["A", ["B"]]}})",
     "35: process.environment[1]: found a list, allowed: the name of an environment variable");
}

TEST(ParseConfig, RootThatIsNoObject_IsRefused) {
  EXPECT_EQ(only_complaint("[]"), "agent.json:1:1: found a list, allowed: an object");
  EXPECT_EQ(only_complaint(" 7"), "agent.json:1:2: found 7, allowed: an object");
}

TEST(ParseConfig, UnknownName_IsWarningAndInStrictError) {
  const std::string_view text = "{\"export\": {\"tsv\": {\"enabeld\": 1}}}";
  EXPECT_EQ(only_complaint(text),
            "agent.json:1:21: warning: export.tsv.enabeld: unknown option; did you mean \"enabled\"?");
  EXPECT_TRUE(parse_config(text, "agent.json", false).ok());
  EXPECT_EQ(only_complaint(text, true),
            "agent.json:1:21: export.tsv.enabeld: unknown option; did you mean \"enabled\"?");
  EXPECT_FALSE(parse_config(text, "agent.json", true).ok());
}

TEST(ParseConfig, UnknownName_FarFromAll_SuggestsNothing) {
  EXPECT_EQ(only_complaint(R"({"internal": {"tsv": [{"enabled": 3}]}})"),
            "agent.json:1:2: warning: internal: unknown option");
}

TEST(ParseConfig, UnknownGroup_IsComplainedOfOnceAndNotApplied) {
  const LoadedConfig loaded = parse_config(R"({"exports": {"tsv": {"enabled": 0, "x": {"y": 1}}}})", "a", false);
  ASSERT_EQ(loaded.diagnostics.size(), 1U);
  EXPECT_EQ(loaded.diagnostics[0].message, "unknown option; did you mean \"export\"?");
  EXPECT_TRUE(loaded.config.exporters.tsv.enabled);
}

TEST(ParseConfig, NameWithDots_DoesNotPassForAPath) {
  const LoadedConfig loaded = parse_config(R"({"export.tsv.enabled": 0})", "a", true);
  EXPECT_FALSE(loaded.ok());
  EXPECT_TRUE(loaded.config.exporters.tsv.enabled);
  EXPECT_EQ(loaded.diagnostics.at(0).message,
            R"(unknown option; write each name as an object of its own: {"export": {"tsv": ...}})");
}

TEST(ParseConfig, NameTwice_IsErrorAtTheSecondAndTheFirstCounts) {
  const std::string_view text = "{\"policy\": {\"builtin\": 1,\n \"builtin\": 0}}";
  EXPECT_EQ(only_complaint(text),
            "agent.json:2:2: policy.builtin: \"builtin\" stands twice in one object, first in line 1");
  EXPECT_TRUE(parse_config(text, "a", false).config.policy.builtin);
  EXPECT_EQ(only_complaint("{\"policy\": {\"\\u0062uiltin\": 1,\n \"builtin\": 0}}"),
            "agent.json:2:2: policy.builtin: \"builtin\" stands twice in one object, first in line 1");
  EXPECT_EQ(complaints(R"({"odd": {"a": 1, "a": 2}})").back(),
            "agent.json:1:18: odd: \"a\" stands twice in one object, first in line 1");
}

TEST(ParseConfig, KafkaAndSyslogEnabled_AreRefusedForThisBuild) {
  EXPECT_EQ(only_complaint(R"({"export": {"kafka": {"enabled": 1}}})"),
            "agent.json:1:34: export.kafka.enabled: found 1, allowed: 0, false; this build cannot export to Kafka yet");
  EXPECT_EQ(
      only_complaint(R"({"export": {"syslog": {"enabled": true}}})"),
      "agent.json:1:35: export.syslog.enabled: found true, allowed: 0, false; this build cannot export to syslog yet");
}

TEST(ParseConfig, EveryFilterButExcludedImages_IsRefusedWhenNotEmpty) {
  int filters = 0;
  for (const Option& option : config_options()) {
    if (!option.path.starts_with("trace_policy."))
      continue;
    ++filters;
    const std::string_view path = option.path;
    const std::size_t last = path.rfind('.');
    const std::string filter(path.substr(13, last - 13));
    const std::string list(path.substr(last + 1));
    const std::string entry = filter == "net_target_ip" ? "10.0.0.0/8" : filter == "net_target_port" ? "80-90" : "*x";
    const std::string text = R"({"trace_policy": {")" + filter + R"(": {")" + list + R"(": [")" + entry + R"("]}}})";
    const std::string column = std::to_string(text.find('[') + 1);
    if (path == "trace_policy.process_image_name.exclude") {
      EXPECT_TRUE(complaints(text).empty());
      continue;
    }
    EXPECT_EQ(only_complaint(text), "agent.json:1:" + column + ": " + std::string(path) +
                                        ": found a list of 1, allowed: []; this build cannot apply the filter " +
                                        filter + "." + list + " yet");
  }
  EXPECT_EQ(filters, 12);
}

TEST(ParseConfig, BadEntriesOfFilters_AreShownEach) {
  EXPECT_EQ(only_complaint(R"({"trace_policy": {"process_image_name": {"exclude": ["bin/x"]}}})"),
            "agent.json:1:54: trace_policy.process_image_name.exclude[0]: found \"bin/x\", "
            "allowed: the name of a program, or its full path, with * and ?");
  EXPECT_EQ(only_complaint(R"({"trace_policy": {"net_target_ip": {"include": ["10.0.0.1/8"]}}})"),
            "agent.json:1:49: trace_policy.net_target_ip.include[0]: found \"10.0.0.1/8\", allowed: an address "
            "(\"10.0.0.1\"), a network (\"10.0.0.0/8\") or a range (\"10.0.0.1-10.0.0.9\"), IPv4 or IPv6");
  EXPECT_EQ(only_complaint(R"({"trace_policy": {"net_target_port": {"include": [0]}}})"),
            "agent.json:1:51: trace_policy.net_target_port.include[0]: found 0, "
            "allowed: a port (443, \"443\") or a range (\"8000-8100\")");
}

TEST(ParseConfig, ExcludeOfEverything_IsWarned) {
  EXPECT_EQ(
      only_complaint(R"({"trace_policy": {"process_image_name": {"exclude": ["*"]}}})", true),
      "agent.json:1:54: warning: trace_policy.process_image_name.exclude[0]: found \"*\"; this matches everything");
}

TEST(ParseConfig, ListOverItsLimit_IsOneError) {
  std::string text = R"({"process": {"environment": ["A")";
  for (std::size_t i = 0; i < list_limit + 5; ++i)
    text += ",\"A\"";
  EXPECT_EQ(only_complaint(text + "]}}"),
            "agent.json:1:16414: process.environment[4096]: a list has at most 4096 entries");
}

TEST(ParseConfig, KeepBelowRotateSize_IsRefusedWhereItStands) {
  EXPECT_EQ(
      only_complaint(R"({"export": {"tsv": {"keep": "1MiB"}}})"),
      "agent.json:1:29: export.tsv.keep: keep (1MiB) is less than rotate_size (64MiB): not even one file could stay");
  EXPECT_EQ(only_complaint(R"({"export": {"tsv": {"rotate_size": "6GiB"}}})"),
            "agent.json:1:36: export.tsv.rotate_size: keep (5GiB) is less than rotate_size (6GiB): not even one file "
            "could stay");
}

TEST(ParseConfig, ManyComplaints_AreBoundedAndCounted) {
  std::string text = "{";
  for (int i = 0; i < 250; ++i)
    text += "\n\"unknown" + std::to_string(i) + "\": 0,";
  text += "\n\"policy\": 1}";
  const auto lines = complaints(text);
  ASSERT_EQ(lines.size(), 102U);
  EXPECT_EQ(lines[100], "agent.json:252:11: policy: found 1, allowed: an object");
  EXPECT_EQ(lines[101], "agent.json:102:1: warning: 150 more complaints from here on are not listed");
}

} // namespace
} // namespace monster
