// SPDX-License-Identifier: Apache-2.0
#include "policy/rules.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace monster {
namespace {

std::string complaint(std::string_view json) {
  const Result<BuiltinPolicy> parsed = parse_builtin_policy(json, "p.json");
  return parsed ? "" : parsed.error().message();
}

std::string with_rule(std::string_view rule) { return R"({"version": 1, "rules": [)" + std::string(rule) + "]}"; }

void expect_complaint(std::string_view json, std::string_view part) {
  EXPECT_NE(complaint(json).find(part), std::string::npos) << json << "\n" << complaint(json);
}

TEST(BuiltinRules, CompiledIn_AreUnderstood) {
  const Result<BuiltinPolicy> parsed = parse_builtin_policy(compiled_builtin_json(), "builtin");
  ASSERT_TRUE(parsed) << parsed.error().message();
  for (const auto* id :
       {"proc", "sysfs", "cgroup", "password-hashes", "sudoers", "ssh-host-keys", "ssh-user-keys", "gpg-private-keys"})
    EXPECT_NE(std::ranges::find(parsed->rules, id, &BuiltinRule::id), parsed->rules.end()) << id;
}

TEST(BuiltinRules, EachMember_IsRead) {
  const auto parsed = parse_builtin_policy(
      with_rule(R"({"id": "a-1", "does": "drop", "reason": "r", "file_systems": ["proc", "bpf"], "paths": ["/a/**"],
                    "except_paths": ["/a/b*"]}, {"id": "b", "does": "read", "reason": "r", "paths": ["{home}/x"]})"),
      "p.json");
  ASSERT_TRUE(parsed) << parsed.error().message();
  ASSERT_EQ(parsed->rules.size(), 2U);
  const BuiltinRule& rule = parsed->rules[0];
  EXPECT_EQ(rule.id, "a-1");
  EXPECT_EQ(rule.act, RuleAct::drop);
  EXPECT_EQ(rule.reason, "r");
  EXPECT_EQ(rule.file_systems, (std::vector<std::string>{"proc", "bpf"}));
  EXPECT_EQ(rule.paths, (std::vector<std::string>{"/a/**"}));
  EXPECT_EQ(rule.except_paths, (std::vector<std::string>{"/a/b*"}));
  EXPECT_EQ(parsed->rules[1].act, RuleAct::read);
}

TEST(BuiltinRules, NoRules_AreAPolicyToo) { EXPECT_EQ(complaint(R"({"version": 1, "rules": []})"), ""); }

TEST(BuiltinRules, BrokenJson_IsToldWithItsPlace) {
  EXPECT_EQ(complaint("{\n  \"version\": 1,,\n}").substr(0, 38), "cannot use p.json: line 2, column 16: ");
  expect_complaint("", "line 1, column 1");
  expect_complaint(R"({"version": 1, "rules": []} x)", "column 29");
  expect_complaint(std::string_view("{\"version\": 1, \"rules\": []}\0{", 29), "NUL");
  expect_complaint("{\"version\": 1, \"rules\": [], \"about\": [\"\xff\"]}", "encoding");
  expect_complaint(std::string(100'000, '['), "line 1");
  expect_complaint(std::string((1 << 20) + 1, ' '), "larger");
}

TEST(BuiltinRules, UnknownAndRepeatedKeys_AreRefused) {
  expect_complaint(R"({"version": 1, "rules": [], "rule": []})", "unknown key \"rule\"");
  expect_complaint(R"({"version": 1, "rules": [], "rules": []})", "\"rules\" stands twice");
  expect_complaint(with_rule(R"({"id": "a", "does": "read", "reason": "r", "path": ["/a"]})"),
                   "rule 1: (\"a\") unknown key \"path\"");
  expect_complaint(with_rule(R"({"id": "a", "id": "b"})"), "\"id\" stands twice");
  expect_complaint(with_rule("{\"\\u001b[2J\": 1}"), "unknown key \"?[2J\"");
}

TEST(BuiltinRules, WrongTypes_AreRefused) {
  for (const auto* json : {"1", "null", "[]", R"({"rules": []})", R"({"version": 2, "rules": []})", R"({"version": 1})",
                           R"({"version": "1", "rules": []})", R"({"version": 1, "rules": {}})",
                           R"({"version": 1, "rules": [], "about": "x"})", R"({"version": 1, "rules": [1]})"})
    EXPECT_NE(complaint(json), "") << json;
  for (const auto* member : {R"("id": 1)", R"("id": "")", R"("reason": [])", R"("does": "skip")", R"("does": true)",
                             R"("paths": "/a")", R"("paths": [])", R"("paths": [1])", R"("file_systems": {})"})
    EXPECT_NE(complaint(with_rule("{" + std::string(member) + "}")), "") << member;
}

TEST(BuiltinRules, ThatMakeNoSense_AreRefused) {
  const auto rule = [](std::string_view id, std::string_view rest) {
    return with_rule(R"({"reason": "r", "id": ")" + std::string(id) + "\", " + std::string(rest) + "}");
  };
  const std::string_view reads = R"("does": "read", "paths": ["/a"])";
  EXPECT_EQ(complaint(rule("a", reads)), "");
  expect_complaint(rule("default", reads), "called default");
  expect_complaint(rule("A b", reads), "a-z");
  expect_complaint(rule("a", R"("paths": ["/a"])"), "no \"does\"");
  expect_complaint(rule("a", R"("does": "read")"), "needs \"paths\"");
  expect_complaint(rule("a", R"("does": "drop", "paths": ["/a"])"), "needs \"file_systems\"");
  expect_complaint(rule("a", R"("does": "read", "paths": ["/a"], "file_systems": ["proc"])"),
                   "has no \"file_systems\"");
  expect_complaint(rule("a", R"("does": "drop", "file_systems": ["ext4"])"), "\"ext4\" is not one of anon_inodefs");
  expect_complaint(rule("a", R"("does": "keep", "file_systems": ["bpf"], "except_paths": ["/a"])"), "except_paths");
  expect_complaint(with_rule(R"({"id": "a", "does": "read", "paths": ["/a"]})"), "no \"reason\"");
  expect_complaint(with_rule(R"({"does": "read", "reason": "r", "paths": ["/a"]})"), "no \"id\"");
  const std::string same = R"({"id": "a", "does": "read", "reason": "r", "paths": ["/a"]})";
  expect_complaint(with_rule(same + "," + same), "rule 2: id \"a\" is taken");
}

TEST(BuiltinRules, PathsThatCannotBeCompared_AreRefused) {
  const auto reading = [](const std::string& path) {
    return complaint(with_rule(R"({"id": "a", "does": "read", "reason": "r", "paths": [")" + path + "\"]}"));
  };
  EXPECT_EQ(reading("{home}/.ssh/id_*"), "");
  for (const auto* path : {"", "a", "/", "/a/", "/a/../b", "/a//b", "/a/{home}", "{home}", "{home}x", "{HOME}/a",
                           "/a/**", "{home}/**/b", "/a\\u0000"})
    EXPECT_NE(reading(path), "") << path;
  EXPECT_NE(complaint(with_rule(
                R"({"id": "a", "does": "drop", "reason": "r", "file_systems": ["proc"], "paths": ["{home}/a"]})")),
            "");
}

} // namespace
} // namespace monster
