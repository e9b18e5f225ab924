// SPDX-License-Identifier: Apache-2.0
#include "agent/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace monster {
namespace {

class Settings : public testing::Test {
protected:
  Settings() {
    std::string pattern = (std::filesystem::temp_directory_path() / "monster-settings-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      ADD_FAILURE() << system_error("make directory", pattern).message();
    root_ = pattern;
    host_.machine_id = {1};
    host_.boot_id = {2};
    host_.host_name = "h";
  }
  ~Settings() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  std::filesystem::path root_;
  Config config_;
  HostFacts host_;
};

TEST_F(Settings, RunFacts_AreThoseOfTheHostAndTheConfiguration) {
  config_.process.environment = {"A"};
  config_.trace_policy.process_image_name.exclude = {"make*"};
  config_.policy.builtin = false;
  config_.hash.wait = milliseconds(5);
  const auto facts = run_facts(config_, host_, {7});
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->keys.host, host_id_from_machine_id(host_.machine_id));
  EXPECT_EQ(facts->keys.boot_id, host_.boot_id);
  EXPECT_EQ(facts->host_name, "h");
  EXPECT_EQ(facts->clock, ClockOffset{7});
  EXPECT_EQ(facts->environment, std::vector<std::string>{"A"});
  EXPECT_EQ(facts->process_exclude, std::vector<std::string>{"make*"});
  EXPECT_FALSE(facts->builtin_policy);
  EXPECT_EQ(facts->builtin_json, "");
  EXPECT_EQ(facts->hash_wait, milliseconds(5));
  EXPECT_EQ(facts->trace_pid, 0U);
}

TEST_F(Settings, RunFacts_EachRun_HasAnIdOfItsOwn) {
  EXPECT_NE(run_facts(config_, host_, {})->keys.run, run_facts(config_, host_, {})->keys.run);
}

TEST_F(Settings, RunFacts_Homes_AreAbsoluteAndNeverTheRoot) {
  const auto facts = run_facts(config_, host_, {});
  ASSERT_TRUE(facts.has_value());
  EXPECT_TRUE(
      std::ranges::all_of(facts->homes, [](const std::string& home) { return home.size() > 1 && home[0] == '/'; }));
}

TEST_F(Settings, BuiltinFile_IsReadWhole) {
  const std::string text = "{\n \"a\": 1 }";
  std::ofstream(root_ / "policy.json") << text;
  config_.policy.builtin_file = root_ / "policy.json";
  EXPECT_EQ(run_facts(config_, host_, {})->builtin_json, text);
}

TEST_F(Settings, BuiltinFile_MissingEmptyOrAFolder_IsRefused) {
  std::ofstream(root_ / "empty.json").flush();
  for (const auto& path : {root_ / "none.json", root_ / "empty.json", root_}) {
    config_.policy.builtin_file = path;
    const auto facts = run_facts(config_, host_, {});
    ASSERT_FALSE(facts.has_value()) << path;
    EXPECT_EQ(facts.error().object, path);
    EXPECT_FALSE(facts.error().advice.empty());
  }
}

TEST_F(Settings, IdentityOptions_AreThoseOfTheConfiguration) {
  config_.hash.workers = 3;
  config_.hash.max_size = 17;
  const auto options = identity_options(config_, 4026);
  EXPECT_EQ(options.threads, 3U);
  EXPECT_EQ(options.digester.max_size, 17U);
  EXPECT_EQ(options.host_mnt_ns, 4026U);
}

TEST_F(Settings, TsvDirectory_IsTheConfiguredOneElseTheData) {
  EXPECT_EQ(tsv_directory(config_, "/data"), "/data");
  config_.exporters.tsv.directory = "/other";
  EXPECT_EQ(tsv_directory(config_, "/data"), "/other");
}

TEST_F(Settings, Exporters_AreThoseThatAreEnabled) {
  const SystemClock clock;
  const ExportContext context{{{1, 2}, "h", {3, 4}}, clock};
  const auto both = make_exporters(config_, root_, context);
  ASSERT_TRUE(both.has_value()) << both.error().message();
  ASSERT_EQ(both->size(), 1U);
  EXPECT_EQ(both->front()->name(), "tsv");
  config_.exporters.tsv.enabled = false;
  EXPECT_TRUE(make_exporters(config_, root_, context)->empty());
}

TEST_F(Settings, KernelCounters_KeepTheirMeaning) {
  KernelCounters counters;
  counters.family[0] = {.seen = 1,
                        .suppressed = 2,
                        .condensed = 3,
                        .sent = 4,
                        .lost_ring = 5,
                        .lost_map = 6,
                        .lost_scratch = 7,
                        .lost_end = 12,
                        .unreadable = 8,
                        .lost_blocks = 9,
                        .lost_share = 10};
  counters.family[1].seen = 11;
  const CountersNotice notice = to_notice(counters, {5});
  EXPECT_EQ(notice.time, BootTime{5});
  const KernelCounts& process = notice.family[0];
  EXPECT_EQ(process.seen, 1U);
  EXPECT_EQ(process.suppressed, 2U);
  EXPECT_EQ(process.condensed, 3U);
  EXPECT_EQ(process.sent, 4U);
  EXPECT_EQ(process.lost_ring, 5U);
  EXPECT_EQ(process.lost_map, 6U);
  EXPECT_EQ(process.lost_scratch, 7U);
  EXPECT_EQ(process.lost_end, 12U);
  EXPECT_EQ(process.unreadable, 8U);
  EXPECT_EQ(process.lost_blocks, 9U);
  EXPECT_EQ(process.lost_share, 10U);
  EXPECT_EQ(notice.family[1].seen, 11U);
}

TEST_F(Settings, CountersJson_TellsWhatIsNotZero) {
  KernelCounters counters;
  EXPECT_EQ(counters_json({}, counters, {}), "{}");
  counters.family[0].unreadable = 2;
  counters.family[1].unreadable = 3;
  const NamedCount sensitive[] = {{"files_cut", 4}, {"unreadable", 0}};
  EXPECT_EQ(counters_json({}, counters, sensitive),
            R"({"kernel_process_unreadable":2,"kernel_file_unreadable":3,"sensitive_files_cut":4})");
}

} // namespace
} // namespace monster
