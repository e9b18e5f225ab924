// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"
#include "config/option.hpp"
#include "config/outline.hpp"

#include <gtest/gtest.h>
#include <set>

namespace monster {
namespace {

// {"a": {"b": VALUE}} for "a.b".
std::string document(std::string_view path, std::string_view value) {
  std::string text;
  std::string shut;
  for (std::size_t dot = 0; dot != std::string_view::npos;) {
    dot = path.find('.');
    text += "{\"" + std::string(path.substr(0, dot)) + "\": ";
    shut += '}';
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  }
  return text + std::string(value) + shut;
}

TEST(Options, EveryDefault_IsAcceptedByItsOwnOption) {
  for (const Option& option : config_options()) {
    const LoadedConfig loaded = parse_config(document(option.path, default_value(option)), "default", true);
    for (const Diagnostic& d : loaded.diagnostics)
      ADD_FAILURE() << format_diagnostic(d);
  }
}

TEST(Options, EveryOption_RefusesAnObjectAndSaysWhatItAllows) {
  for (const Option& option : config_options()) {
    const LoadedConfig loaded = parse_config(document(option.path, "{}"), "default", true);
    ASSERT_EQ(loaded.diagnostics.size(), 1U) << option.path;
    EXPECT_EQ(loaded.diagnostics[0].path, option.path);
    EXPECT_EQ(loaded.diagnostics[0].allowed, is_list(option) ? "a list" : allowed_values(option));
    EXPECT_FALSE(loaded.diagnostics[0].allowed.empty());
  }
}

TEST(Options, Paths_AreUniqueAndGroupsStandTogether) {
  std::set<std::string_view> paths;
  std::set<std::string_view> groups;
  std::string_view group;
  for (const Option& option : config_options()) {
    EXPECT_TRUE(paths.insert(option.path).second) << option.path;
    EXPECT_FALSE(is_group(option.path)) << option.path;
    const std::string_view its_group = option.path.substr(0, option.path.rfind('.'));
    EXPECT_EQ(groups.insert(its_group).second, its_group != group) << its_group << " stands in two places";
    group = its_group;
  }
}

TEST(Options, Meanings_AreSentences) {
  for (const Option& option : config_options()) {
    EXPECT_TRUE(option.meaning.ends_with('.')) << option.path;
    EXPECT_EQ(option.meaning.find('|'), std::string_view::npos) << option.path;
  }
}

TEST(Outline, NamesBelow_AreThoseOfTheFile) {
  EXPECT_EQ(names_below(""),
            (std::vector<std::string_view>{"export", "trace_policy", "policy", "process", "kernel", "health", "hash"}));
  EXPECT_EQ(names_below("export"), (std::vector<std::string_view>{"tsv", "kafka", "syslog"}));
  EXPECT_FALSE(is_group("expor"));
  EXPECT_FALSE(is_group("export.tsv.enabled"));
}

TEST(Outline, SimilarName_IsFoundByTyposOnly) {
  EXPECT_EQ(similar_name("", "Export"), "export");
  EXPECT_EQ(similar_name("", "trace-policy"), "trace_policy");
  EXPECT_EQ(similar_name("export", "kafak"), std::nullopt);
  EXPECT_EQ(similar_name("export", "kafca"), "kafka");
  EXPECT_EQ(similar_name("export", ""), std::nullopt);
  EXPECT_EQ(similar_name("export", std::string(100'000, 'k')), std::nullopt);
}

TEST(Reference, EveryOption_HasItsRow) {
  const std::string page = config_reference_markdown();
  EXPECT_NE(page.find("## export.tsv\n\n| option | default | allowed | meaning |\n|---|---|---|---|\n"
                      "| `enabled` | `true` | 0, 1, false, true | Write events as TSV files. |\n"),
            std::string::npos);
  EXPECT_NE(page.find("| `enabled` | `false` | 0, 1, false, true | Send events to Kafka. **Not in this build:** it "
                      "cannot export to Kafka yet. |\n"),
            std::string::npos);
  for (const Option& option : config_options())
    EXPECT_NE(page.find(option.meaning), std::string::npos) << option.path;
}

TEST(Schema, IsJsonAndNamesEveryMeaning) {
  const std::string schema = config_json_schema();
  // Our own reader judges the syntax: unknown names are all it may complain of.
  EXPECT_TRUE(parse_config(schema, "schema", false).ok());
  EXPECT_EQ(schema.find("\"default\": ,"), std::string::npos);
  for (const Option& option : config_options())
    EXPECT_NE(schema.find("\"description\": \"" + std::string(option.meaning) + "\""), std::string::npos)
        << option.path;
}

} // namespace
} // namespace monster
