// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline.hpp"

#include "agent/pipeline_test_kit.hpp"

namespace monster {
namespace {

using namespace pipeline_test;

TEST_F(PipelineTest, ForkExecExit_GivesOneCreateAndOneExit) {
  image(parent, "/bin/sh", start);
  fork(parent, child, child.begun);
  image(child.after_exec(), "/bin/true", child.begun + milliseconds(1));
  exit(child.after_exec(), child.begun + milliseconds(2));
  stop();
  const auto creates = events<ProcessCreate>();
  ASSERT_EQ(creates.size(), 2U);
  EXPECT_EQ(creates[1].first->image.bytes(), "/bin/true");
  EXPECT_EQ(creates[1].second->source, ProcessSource::exec);
  const auto exits = events<ProcessExit>();
  ASSERT_EQ(exits.size(), 1U);
  EXPECT_EQ(exits[0].first->process_key, creates[1].first->process_key);
  EXPECT_EQ(exits[0].second->exit_code, 3);
  expect_balance();
}

TEST_F(PipelineTest, ForkThatWrites_IsToldBeforeItsFirstBlock) {
  image(parent, "/bin/sh", start);
  fork(parent, child, child.begun);
  wrote(child, "/tmp/a", child.begun + milliseconds(1));
  stop();
  const auto creates = events<ProcessCreate>();
  ASSERT_EQ(creates.size(), 2U);
  EXPECT_EQ(creates[1].second->source, ProcessSource::fork_only);
  const auto blocks = events<FileBlock>();
  ASSERT_EQ(blocks.size(), 1U);
  EXPECT_GT(blocks[0].first->seq, creates[1].first->seq);
  EXPECT_EQ(blocks[0].first->process_key, creates[1].first->process_key);
  expect_balance();
}

TEST_F(PipelineTest, SnapshotOfWhatExecutedMeanwhile_IsNotToldAgain) {
  image(parent, "/bin/sh", start);
  image(parent, "/bin/sh", start + milliseconds(1), wire::WIRE_TASK);
  stop();
  ASSERT_EQ(events<ProcessCreate>().size(), 1U);
  EXPECT_EQ(events<ProcessCreate>()[0].second->source, ProcessSource::exec);
  expect_balance();
}

TEST_F(PipelineTest, OldProcessThatActsBeforeItsSnapshot_IsToldOnce) {
  const BootTime now = start + seconds(60);
  tick(now);
  wrote(parent, "/tmp/a", now);
  image(parent, "/bin/sh", now + milliseconds(1), wire::WIRE_TASK);
  stop();
  const auto creates = events<ProcessCreate>();
  ASSERT_EQ(creates.size(), 1U);
  ASSERT_EQ(events<FileBlock>().size(), 1U);
  EXPECT_EQ(events<FileBlock>()[0].first->process_key, creates[0].first->process_key);
  expect_balance();
}

TEST_F(PipelineTest, OldProcessThatEndsBeforeItsSnapshot_IsTold) {
  const BootTime now = start + seconds(60);
  tick(now);
  exit(parent, now);
  stop();
  EXPECT_EQ(events<ProcessCreate>().size(), 1U);
  EXPECT_EQ(events<ProcessExit>().size(), 1U);
  expect_balance();
}

TEST_F(PipelineTest, ExitJustBeforeTheStop_IsTold) {
  image(parent, "/bin/sh", start);
  tick(start + seconds(1));
  exit(parent, start + seconds(1));
  stop();
  EXPECT_EQ(events<ProcessExit>().size(), 1U);
  expect_balance();
}

TEST_F(PipelineTest, ScriptsHash_IsWaitedForBesideThatOfItsImage_InAnyOrder) {
  host_.asked = HostAnswers::Asked::asked;
  image(parent, "/bin/sh", start, wire::WIRE_EXEC, "/srv/run");
  image(child, "/bin/sh", start, wire::WIRE_EXEC, "/srv/run");
  ASSERT_EQ(host_.tickets.size(), 4U);
  const auto answer = [&](std::size_t question, std::uint8_t hash) {
    FileFacts facts;
    facts.status = HashStatus::ok;
    facts.sha256 = Sha256{};
    facts.sha256->bytes[0] = hash;
    ByteWriter bytes;
    bytes.u8(static_cast<std::uint8_t>(AnswerKind::identity_later)).u64(host_.tickets[question]);
    write(bytes, facts);
    feed({InputKind::answer, bytes.view()});
    tick(start + milliseconds(1));
  };
  answer(0, 1);
  answer(3, 4);
  answer(3, 9);
  EXPECT_TRUE(events<ProcessCreate>().empty());
  answer(2, 3);
  ASSERT_EQ(events<ProcessCreate>().size(), 1U);
  tick(start + milliseconds(800));
  const auto creates = events<ProcessCreate>();
  ASSERT_EQ(creates.size(), 2U);
  EXPECT_EQ(creates[0].first->pid, Pid{child.pid});
  EXPECT_EQ(creates[0].second->image_sha256->bytes[0], 3);
  EXPECT_EQ(creates[0].second->script_sha256->bytes[0], 4);
  EXPECT_EQ(creates[1].second->image_sha256->bytes[0], 1);
  EXPECT_FALSE(creates[1].second->script_sha256.has_value());
  EXPECT_EQ(creates[1].second->script_hash_status, HashStatus::pending);
  stop();
  expect_balance();
}

TEST_F(PipelineTest, HashThatComesLater_IsInTheEvent) {
  host_.asked = HostAnswers::Asked::asked;
  image(parent, "/bin/sh", start);
  tick(start + milliseconds(100));
  EXPECT_TRUE(events<ProcessCreate>().empty());
  ASSERT_EQ(host_.tickets.size(), 1U);
  FileFacts facts;
  facts.status = HashStatus::ok;
  facts.sha256 = Sha256{};
  facts.sha256->bytes[0] = 7;
  ByteWriter bytes;
  bytes.u8(static_cast<std::uint8_t>(AnswerKind::identity_later)).u64(host_.tickets[0]);
  write(bytes, facts);
  feed({InputKind::answer, bytes.view()});
  feed({InputKind::answer, bytes.view()}); // a second time: nothing waits for it
  stop();
  const auto creates = events<ProcessCreate>();
  ASSERT_EQ(creates.size(), 1U);
  EXPECT_EQ(creates[0].second->hash_status, HashStatus::ok);
  EXPECT_EQ(creates[0].second->image_sha256, facts.sha256);
  EXPECT_EQ(creates[0].first->time, wall.to_wall(start));
  expect_balance();
}

TEST_F(PipelineTest, HashThatNeverComes_EventGoesWithoutItAtItsDeadline) {
  host_.asked = HostAnswers::Asked::asked;
  image(parent, "/bin/sh", start);
  tick(start + milliseconds(799));
  EXPECT_TRUE(events<ProcessCreate>().empty());
  tick(start + milliseconds(800));
  const auto creates = events<ProcessCreate>();
  ASSERT_EQ(creates.size(), 1U);
  EXPECT_EQ(creates[0].second->hash_status, HashStatus::pending);
  EXPECT_FALSE(creates[0].second->image_sha256);
  stop();
  expect_balance();
}

TEST_F(PipelineTest, ExcludedProcess_IsToldWithATagAndItsFilesAreNot) {
  image(parent, "/opt/DbgView.exe", start);
  wrote(parent, "/tmp/a", start + milliseconds(1));
  exit(parent, start + milliseconds(2));
  stop();
  ASSERT_EQ(events<ProcessCreate>().size(), 1U);
  ASSERT_EQ(events<ProcessExit>().size(), 1U);
  EXPECT_TRUE(events<FileBlock>().empty());
  for (const Common* common : {events<ProcessCreate>()[0].first, events<ProcessExit>()[0].first}) {
    ASSERT_EQ(common->tags.size(), 1U);
    EXPECT_EQ(common->tags[0].bytes(), Policy::excluded_tag);
  }
  EXPECT_GT(pipeline_->ledger().balance(Family::file).filtered, 0U);
  expect_balance();
}

TEST_F(PipelineTest, ClockSetBack_EventsFollowTheBootClockAndTheStepIsToldOnce) {
  image(parent, "/bin/sh", start);
  feed_time(InputKind::clock, wall.ns - hour.ns);
  wrote(parent, "/tmp/a", start + seconds(1));
  tick(start + seconds(2));
  health(HealthAction::interval);
  health(HealthAction::interval);
  stop();
  ASSERT_EQ(events<FileBlock>().size(), 1U);
  EXPECT_EQ(events<ProcessCreate>()[0].first->time, wall.to_wall(start));
  EXPECT_EQ(events<FileBlock>()[0].first->time.ns, wall.to_wall(start + seconds(1)).ns - hour.ns);
  EXPECT_GT(events<FileBlock>()[0].first->seq, events<ProcessCreate>()[0].first->seq);
  const auto reports = events<AgentHealth>();
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[0].second->clock_step, -hour.ns);
  EXPECT_EQ(reports[0].second->clock_offset, wall.ns - hour.ns);
  EXPECT_EQ(reports[1].second->clock_step, 0);
}

TEST_F(PipelineTest, ClockSlewed_IsNoStep) {
  feed_time(InputKind::clock, wall.ns - milliseconds(900).ns);
  health(HealthAction::interval);
  stop();
  EXPECT_EQ(events<AgentHealth>()[0].second->clock_step, 0);
}

TEST_F(PipelineTest, RecordThatCannotBeRead_IsLostAndTold) {
  WireBuilder<wire::wire_fork> r(wire::WIRE_FORK, 1, parent.actor());
  feed({InputKind::record, r.bytes().first(40)});
  stop();
  EXPECT_EQ(events<AgentLoss>().size(), 1U);
  EXPECT_EQ(pipeline_->ledger().lost_total(), 1U);
}

TEST_F(PipelineTest, InputsThatAreNotWhole_AreErrors) {
  const std::byte few[3] = {};
  for (const InputKind kind :
       {InputKind::tick, InputKind::clock, InputKind::counters, InputKind::health, InputKind::loss, InputKind::host})
    EXPECT_FALSE(pipeline_->feed({kind, few}));
}

class TracingPipeline : public PipelineTest {
protected:
  TracingPipeline() : PipelineTest(parent.pid) {}
};

TEST_F(TracingPipeline, OnlyWhatDescendsFromTheCommand_IsTold) {
  const Who stranger{30, 1};
  image(parent, "/usr/bin/monster-agent", start, wire::WIRE_TASK); // before its exec it is not the command yet
  image(stranger, "/bin/other", start);
  wrote(stranger, "/tmp/other", start);
  image(parent.after_exec(), "/bin/sh", start + milliseconds(1));
  fork(parent.after_exec(), child, child.begun);
  image(child.after_exec(), "/bin/cp", child.begun);
  wrote(child.after_exec(), "/tmp/ours", child.begun);
  exit(stranger, child.begun);
  exit(child.after_exec(), child.begun);
  stop();
  const auto creates = events<ProcessCreate>();
  ASSERT_EQ(creates.size(), 2U);
  EXPECT_EQ(creates[0].first->image.bytes(), "/bin/sh");
  EXPECT_EQ(creates[1].first->image.bytes(), "/bin/cp");
  ASSERT_EQ(events<FileBlock>().size(), 1U);
  EXPECT_EQ(events<FileBlock>()[0].second->path.bytes(), "/tmp/ours");
  EXPECT_EQ(events<ProcessExit>().size(), 1U);
  expect_balance();
}

TEST_F(PipelineTest, FilesThatLiveNoMore_AreForgottenAndCountedIn9900) {
  image(parent, "/bin/sh", start);
  for (const std::uint64_t object : {1, 2, 3}) {
    WireBuilder<wire::wire_long_path> r(wire::WIRE_LONG_PATH, static_cast<std::uint64_t>(start.ns), parent.actor());
    r->object = object;
    r.text(r->path_length, "/long");
    record(Family::file, r.bytes());
  }
  const BootTime asked = start + seconds(10);
  feed_value(InputKind::living, LivingNotice{asked, false, {2}});
  health(HealthAction::interval);
  feed_value(InputKind::living, LivingNotice{asked, true, {77}});
  stop();
  const auto reports = events<AgentHealth>();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_TRUE(reports[0].second->counters.text.is_null()) << "the sweep was not at its end";
  EXPECT_EQ(reports[1].second->counters.text.bytes(), R"({"file_blocks_swept":2})");
  expect_balance();
}

TEST_F(PipelineTest, CountsOfThePipeline_StandBesideThoseThatWereMeasured) {
  WireBuilder<wire::wire_long_path> r(wire::WIRE_LONG_PATH, static_cast<std::uint64_t>(start.ns), parent.actor());
  r->object = 0; // no block has this number
  r.text(r->path_length, "/long");
  record(Family::file, r.bytes());
  HealthReport report;
  for (const auto* measured : {"{}", R"({"kernel_file_unreadable":3})", "no object"}) {
    report.counters_json = measured;
    feed_value(InputKind::health, report);
  }
  stop();
  const auto reports = events<AgentHealth>();
  ASSERT_EQ(reports.size(), 4U);
  EXPECT_EQ(reports[0].second->counters.text.bytes(), R"({"file_blocks_not_remembered":1})");
  EXPECT_EQ(reports[1].second->counters.text.bytes(), R"({"kernel_file_unreadable":3,"file_blocks_not_remembered":1})");
  EXPECT_EQ(reports[2].second->counters.text.bytes(), "no object");
  EXPECT_EQ(reports[3].second->counters.text.bytes(), R"({"file_blocks_not_remembered":1})");
}

} // namespace
} // namespace monster
