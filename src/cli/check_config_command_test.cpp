// SPDX-License-Identifier: Apache-2.0
#include "cli/check_config_command.hpp"

#include "config/load.hpp"

#include <gmock/gmock.h>

namespace monster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(CheckConfig, Defaults_AreDescribedInOneLine) {
  EXPECT_EQ(describe_config({}), "TSV files in /var/lib/monster-agent/events (keeps 5GiB); built-in policy");
}

TEST(CheckConfig, WhatDiffersFromTheDefaults_IsSaid) {
  Config config;
  config.exporters.tsv.enabled = false;
  config.policy.builtin = false;
  config.policy.read_blocks = true;
  config.trace_policy.process_image_name.exclude = {"a"};
  EXPECT_EQ(describe_config(config),
            "TSV files off; built-in policy off; 1 program excluded; blocks of files that are only read");
}

TEST(CheckConfig, ExcludesByNameAlone_AreThoseThatNameNoDirectory) {
  Config config;
  config.trace_policy.process_image_name.exclude = {"dbgview.exe",  "/usr/bin/rsync", "*/cc1",          "/init",
                                                    "c:\\a\\x.exe", "*/bin/x",        "*\\explorer.exe"};
  EXPECT_THAT(excluded_by_name_alone(config), ElementsAre("dbgview.exe", "*/cc1", "*\\explorer.exe"));
}

TEST(CheckConfig, PolicyFileThatIsMissing_IsNotThePolicyCompiledIn) {
  Config config;
  EXPECT_TRUE(check_policy(config));
  config.policy.builtin_file = "/nonexistent/policy.json";
  const auto checked = check_policy(config);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message(), "cannot open /nonexistent/policy.json: No such file or directory");
}

TEST(CheckConfig, Diagnostics_StandOneALineAtTheirPlace) {
  const LoadedConfig loaded = parse_config("{\"nonsense\": 1,\n \"export\": 2}", "a.json", false);
  const std::string plain = format_diagnostics(loaded.diagnostics, false);
  EXPECT_THAT(plain, HasSubstr("a.json:1:"));
  EXPECT_THAT(plain, HasSubstr("\na.json:2:12: export: found 2"));
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  const std::string colored = format_diagnostics(loaded.diagnostics, true);
  EXPECT_THAT(colored, HasSubstr("\x1b[33m warning:\x1b[0m"));
  EXPECT_THAT(colored, HasSubstr("\x1b[1ma.json:2:12:\x1b[0m\x1b[31m export:"));
}

TEST(CheckConfig, HostileNames_DoNotReachTheTerminal) {
  const LoadedConfig loaded = parse_config("{\"\\u001b[2J\": 1}", "\x1b[31m.json", true);
  EXPECT_THAT(format_diagnostics(loaded.diagnostics, false), Not(HasSubstr("\x1b")));
}

} // namespace
} // namespace monster
