// SPDX-License-Identifier: Apache-2.0
#include "agent/inputs.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

template <class T> std::vector<std::byte> written(const T& value) {
  ByteWriter to;
  write(to, value);
  EXPECT_TRUE(to.ok());
  return to.take();
}

// Every cut, and every byte too many, is refused.
template <class Read> void refuse_other_sizes(std::vector<std::byte> bytes, Read read) {
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read(std::span<const std::byte>(bytes).first(size)).has_value()) << size << " of " << bytes.size();
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(read(std::span<const std::byte>(bytes)).has_value()) << "a byte too many";
}

TEST(Inputs, RunFacts_RoundTrip) {
  RunFacts facts;
  facts.keys = {{1, 2}, {3, 4, 5}, {6, 7}};
  facts.host_name = "h\xff";
  facts.clock = {-8};
  facts.environment = {"A", ""};
  facts.process_exclude = {"make*"};
  facts.builtin_policy = false;
  facts.builtin_json = "{}";
  facts.homes = {"/root", "/home/a"};
  facts.hash_wait = milliseconds(800);
  facts.trace_pid = 9;
  const auto bytes = written(facts);
  const auto read = read_run_facts(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->keys.host, facts.keys.host);
  EXPECT_EQ(read->keys.boot_id, facts.keys.boot_id);
  EXPECT_EQ(read->keys.run, facts.keys.run);
  EXPECT_EQ(read->host_name, facts.host_name);
  EXPECT_EQ(read->clock, facts.clock);
  EXPECT_EQ(read->environment, facts.environment);
  EXPECT_EQ(read->process_exclude, facts.process_exclude);
  EXPECT_FALSE(read->builtin_policy);
  EXPECT_EQ(read->builtin_json, facts.builtin_json);
  EXPECT_EQ(read->homes, facts.homes);
  EXPECT_EQ(read->hash_wait, facts.hash_wait);
  EXPECT_EQ(read->trace_pid, 9U);
  refuse_other_sizes(bytes, read_run_facts);
}

TEST(Inputs, RunFacts_HostileCount_IsRefusedBeforeAnyMemoryIsTaken) {
  std::vector<std::byte> bytes = written(RunFacts{});
  constexpr std::size_t environment_count = 16 + 16 + 16 + 4 + 8;
  for (std::size_t i = 0; i < 4; ++i)
    bytes[environment_count + i] = std::byte{0xff};
  EXPECT_FALSE(read_run_facts(bytes).has_value());
}

HealthReport a_report() {
  HealthReport report;
  report.action = HealthAction::start;
  report.agent_version = "1.2";
  report.last_end = LastEnd::unclean;
  report.last_run_id = "ab";
  report.last_seq = 0;
  report.not_watched_from = WallTime{1};
  report.not_watched_to = WallTime{2};
  report.cpu_user = 3;
  report.cpu_system = 4;
  report.rss_anon = 5;
  report.kernel_maps = 6;
  report.hooks = {"a", "b"};
  report.exporters_json = "{}";
  report.counters_json = "[]";
  return report;
}

TEST(Inputs, HealthReport_RoundTrips) {
  const auto bytes = written(a_report());
  const auto read = read_health(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->action, HealthAction::start);
  EXPECT_EQ(read->agent_version, "1.2");
  EXPECT_EQ(read->last_end, LastEnd::unclean);
  EXPECT_EQ(read->last_run_id, "ab");
  EXPECT_EQ(read->last_seq, 0);
  EXPECT_EQ(read->not_watched_from, WallTime{1});
  EXPECT_EQ(read->not_watched_to, WallTime{2});
  EXPECT_EQ(read->cpu_user, 3U);
  EXPECT_EQ(read->cpu_system, 4U);
  EXPECT_EQ(read->rss_anon, 5U);
  EXPECT_EQ(read->kernel_maps, 6U);
  EXPECT_EQ(read->hooks, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read->exporters_json, "{}");
  EXPECT_EQ(read->counters_json, "[]");
  refuse_other_sizes(bytes, read_health);
}

TEST(Inputs, HealthReport_WhatIsUnknown_StaysUnknown) {
  const auto read = read_health(written(HealthReport{}));
  ASSERT_TRUE(read.has_value());
  EXPECT_FALSE(read->last_end || read->last_seq || read->not_watched_from || read->not_watched_to);
}

TEST(Inputs, HealthReport_UnknownAction_IsRefused) {
  auto bytes = written(a_report());
  bytes[0] = std::byte{3};
  EXPECT_FALSE(read_health(bytes).has_value());
}

TEST(Inputs, LossNotice_RoundTrips) {
  const LossNotice notice{Family::file, "queue", "full", 7, {8}, {9}};
  auto bytes = written(notice);
  const auto read = read_loss(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->family, Family::file);
  EXPECT_EQ(read->stage, "queue");
  EXPECT_EQ(read->reason, "full");
  EXPECT_EQ(read->count, 7U);
  EXPECT_EQ(read->from, WallTime{8});
  EXPECT_EQ(read->to, WallTime{9});
  refuse_other_sizes(bytes, read_loss);
  bytes[0] = std::byte{family_count};
  EXPECT_FALSE(read_loss(bytes).has_value()) << "a family that is none";
}

TEST(Inputs, Counters_RoundTrip) {
  CountersNotice notice;
  notice.time = {9};
  notice.family[0] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  notice.family[1] = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21};
  notice.processes = {{{{70}, {5'000}, 3}, Family::file, LossCause::share, 21},
                      {{}, Family::process, LossCause::ring, 1}};
  const auto bytes = written(notice);
  const auto read = read_counters(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->time, BootTime{9});
  EXPECT_EQ(read->family[0].seen, 1U);
  EXPECT_EQ(read->family[0].unreadable, 9U);
  EXPECT_EQ(read->family[1].suppressed, 12U);
  EXPECT_EQ(read->family[1].condensed, 13U);
  EXPECT_EQ(read->family[1].sent, 14U);
  EXPECT_EQ(read->family[1].lost(), 15U + 16 + 17 + 18 + 20 + 21);
  EXPECT_EQ(read->processes, notice.processes);
  refuse_other_sizes(bytes, read_counters);
}

TEST(Inputs, LivingNotice_RoundTrips) {
  const LivingNotice notice{{9}, false, {1, 1ULL << 40, 3}};
  const auto bytes = written(notice);
  const auto read = read_living(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->time, BootTime{9});
  EXPECT_FALSE(read->last);
  EXPECT_EQ(read->objects, notice.objects);
  refuse_other_sizes(bytes, read_living);
}

TEST(Inputs, Time_IsEightBytes) {
  ByteWriter to;
  to.i64(-5);
  const auto bytes = to.take();
  EXPECT_EQ(read_time(bytes), -5);
  refuse_other_sizes(bytes, read_time);
}

TEST(Inputs, FileFacts_RoundTrip) {
  FileFacts facts;
  facts.status = HashStatus::ok;
  facts.sha256.emplace().bytes[31] = 7;
  facts.signature = SignatureState::package_modified;
  facts.digest_algorithm = "md5";
  facts.not_checked_reason = "r";
  facts.signer = "bash (Debian)";
  facts.version = "5.2";
  const auto bytes = written(facts);
  ByteReader from(bytes);
  const FileFacts read = read_file_facts(from);
  ASSERT_TRUE(from.finished());
  EXPECT_EQ(read.status, HashStatus::ok);
  EXPECT_EQ(read.sha256, facts.sha256);
  EXPECT_EQ(read.signature, SignatureState::package_modified);
  EXPECT_EQ(read.digest_algorithm, "md5");
  EXPECT_EQ(read.not_checked_reason, "r");
  EXPECT_EQ(read.signer, "bash (Debian)");
  EXPECT_EQ(read.version, "5.2");
}

TEST(Inputs, FileFacts_StatusThatIsNone_IsRefused) {
  auto bytes = written(FileFacts{});
  bytes[0] = std::byte{static_cast<std::uint8_t>(HashStatus::unreadable) + 1};
  ByteReader from(bytes);
  (void)read_file_facts(from);
  EXPECT_FALSE(from.ok());
}

} // namespace
} // namespace monster
