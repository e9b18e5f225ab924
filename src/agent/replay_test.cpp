// SPDX-License-Identifier: Apache-2.0
#include "agent/replay.hpp"

#include "sensor/linux/bpf/wire_builder.hpp"
#include "sensor/recording/test_recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace monster {
namespace {

using recording_test::TemporaryDirectory;
using testing::HasSubstr;

constexpr std::uint32_t wire_of_tests = 7;
const Result<> ready{};

class Replay : public testing::Test {
protected:
  Replay() : writer_(RecordingWriter::create(path_, wire_of_tests)) { EXPECT_TRUE(writer_.has_value()); }

  void add(InputKind kind, std::span<const std::byte> bytes = {}) {
    const auto added = writer_->append({kind, bytes});
    EXPECT_TRUE(added.has_value()) << added.error().message();
  }
  template <class T> void add_value(InputKind kind, const T& value) {
    ByteWriter to;
    write(to, value);
    add(kind, to.view());
  }
  void add_time(InputKind kind, std::int64_t ns) {
    ByteWriter to;
    add(kind, to.i64(ns).view());
  }
  void add_host() {
    RunFacts facts;
    facts.keys = {{1, 2}, {3}, {4, 5}};
    facts.host_name = "recorded";
    facts.clock = {1'000};
    add_value(InputKind::host, facts);
  }
  void add_name(AnswerKind kind, Text name) {
    ByteWriter to;
    add(InputKind::answer, to.u8(static_cast<std::uint8_t>(kind)).nullable_text(name).view());
  }
  void add_identity(std::string_view signer) {
    ByteWriter to;
    to.u8(static_cast<std::uint8_t>(AnswerKind::identity)).u8(static_cast<std::uint8_t>(HostAnswers::Asked::known));
    FileFacts facts;
    facts.status = HashStatus::ok;
    facts.signer = signer;
    write(to, facts);
    add(InputKind::answer, to.view());
  }
  void add_exec(std::uint32_t pid) {
    WireBuilder<wire::wire_exec> exec(
        wire::WIRE_EXEC, 500,
        {.start = 400, .pid = pid, .tid = pid, .exec_id = 1, .uid = 0, .mnt_ns = 1, .session = 1});
    exec->image = {.inode = 9, .device = 8, .generation = 0};
    exec->image_facts.mode = 0100755;
    exec->image_facts.nlink = 1;
    exec.text(exec->image_length, "/bin/true");
    add(InputKind::record, exec.bytes());
  }

  // The image, user and signer of each 1500, in their order.
  Result<ReplayResult> run(BeforeReplay before = [](const RunFacts&) { return ready; }) {
    told_.clear();
    auto reader = RecordingReader::open(writer_.has_value() && finished_ ? path_ : path_ + ".part", wire_of_tests);
    if (!reader)
      return fail(reader.error());
    return replay(*reader, before, [this](const auto& batch) { take(*batch); });
  }
  void finish() {
    EXPECT_TRUE(writer_->finish().has_value());
    finished_ = true;
  }
  void take(const Batch& batch) {
    for (const Event& event : batch.events) {
      if (const auto* create = std::get_if<ProcessCreate>(&event.payload))
        told_ += std::string(event.common.image.bytes()) + " " + std::string(event.common.user.bytes()) + " " +
                 std::string(create->signer.bytes()) + "\n";
      else
        told_ += std::string(info_of(event.payload).name) + "\n";
    }
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.file("r");
  Result<RecordingWriter> writer_;
  bool finished_ = false;
  std::string told_;
};

TEST_F(Replay, Recording_GivesTheSameEventsWithTheAnswersInIt) {
  add_host();
  add_exec(70);
  add_name(AnswerKind::user_name, "somebody");
  add_identity("dash (Debian)");
  add_time(InputKind::tick, 10'000'000'000);
  add(InputKind::stop);
  finish();
  const auto result = run();
  ASSERT_TRUE(result.has_value()) << result.error().message();
  EXPECT_THAT(told_, HasSubstr("/bin/true somebody dash (Debian)\n"));
  EXPECT_TRUE(result->ended_cleanly);
  EXPECT_EQ(result->inputs, 6U);
  EXPECT_GE(result->events, 1);
  EXPECT_EQ(result->torn_reason, "");
  const std::string once = told_;
  ASSERT_TRUE(run().has_value());
  EXPECT_EQ(told_, once);
}

TEST_F(Replay, Recording_SaysWhichRunItWasBeforeAnyEvent) {
  add_host();
  add_value(InputKind::health, HealthReport{});
  add(InputKind::stop);
  finish();
  std::string host;
  const auto result = run([&](const RunFacts& facts) {
    host = facts.host_name;
    EXPECT_EQ(told_, "");
    return ready;
  });
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(host, "recorded");
  EXPECT_THAT(told_, HasSubstr("agent_health"));
}

TEST_F(Replay, Recording_CallerIsNotReady_EndsItAtOnce) {
  add_host();
  add(InputKind::stop);
  finish();
  const auto result = run([](const RunFacts&) -> Result<> { return fail({"make", "out", "no room"}); });
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason, "no room");
}

TEST_F(Replay, Recording_WithoutTheHostFirst_IsRefused) {
  add_time(InputKind::tick, 1);
  add_host();
  finish();
  EXPECT_THAT(run().error().reason, HasSubstr("does not begin with the facts of the host"));
}

TEST_F(Replay, Recording_HostTwice_IsRefused) {
  add_host();
  add_host();
  finish();
  EXPECT_THAT(run().error().reason, HasSubstr("a second time"));
}

TEST_F(Replay, Recording_Empty_IsRefused) {
  finish();
  EXPECT_FALSE(run().has_value());
}

TEST_F(Replay, Recording_AnswerMissing_IsAnErrorNotAnUnknown) {
  add_host();
  add_exec(70);
  add_time(InputKind::tick, 10'000'000'000);
  add(InputKind::stop);
  finish();
  const auto result = run();
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().reason, HasSubstr("no answer where the pipeline asked one"));
}

TEST_F(Replay, Recording_AnswerToAnotherQuestion_IsAnError) {
  add_host();
  add_exec(70);
  add_name(AnswerKind::group_name, "g");
  add_name(AnswerKind::group_name, "g");
  add_time(InputKind::tick, 10'000'000'000);
  finish();
  EXPECT_FALSE(run().has_value());
}

TEST_F(Replay, Recording_BreaksOff_GivesWhatCameBeforeAndSaysSo) {
  add_host();
  add_value(InputKind::health, HealthReport{});
  add_time(InputKind::tick, 1);
  EXPECT_TRUE(writer_->flush().has_value());
  const auto result = run();
  ASSERT_TRUE(result.has_value()) << result.error().message();
  EXPECT_FALSE(result->ended_cleanly);
  EXPECT_NE(result->torn_reason, "");
  EXPECT_EQ(result->inputs, 3U);
}

TEST_F(Replay, Recording_HostileRecord_IsALossNotAnEnd) {
  add_host();
  const std::byte garbage[100]{};
  add(InputKind::record, garbage);
  add(InputKind::stop);
  finish();
  const auto result = run();
  ASSERT_TRUE(result.has_value()) << result.error().message();
  EXPECT_GE(result->ledger.lost_total(), 1U);
  EXPECT_THAT(told_, HasSubstr("agent_loss"));
}

} // namespace
} // namespace monster
