// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/carried_processes.hpp"

#include "export/tsv/tsv_test_kit.hpp"

#include <set>

namespace monster {
namespace {

using namespace tsv_test;

Event process_event(std::uint64_t number, WallTime time, Payload payload) {
  Event event;
  event.common.time = time;
  event.common.seq = static_cast<std::int64_t>(number);
  event.common.process_key = ProcessKey{number, 77};
  event.payload = std::move(payload);
  return event;
}

class Carrying : public testing::Test {
protected:
  static TsvOptions small() {
    TsvOptions options;
    options.rotate_bytes = 8'000;
    options.keep_bytes = 60'000;
    options.rotate_after = seconds(3600);
    return options;
  }
  void write(Payload payload, std::uint64_t process) {
    auto batch = std::make_shared<Batch>();
    batch->events.push_back(process_event(process, rig_.clock.wall(), std::move(payload)));
    rig_.writer->write(*batch, 0);
  }
  void begins(std::uint64_t process, std::string_view directory = "/home/\ta\\b") {
    ProcessCreate create;
    create.cwd = Text(directory);
    write(create, process);
  }
  void ends(std::uint64_t process) { write(ProcessExit{}, process); }
  void writes(std::uint64_t process) { write(FileBlock{}, process); }
  // Processes that live a moment and write a file, until the files were kept and deleted several times over.
  void pass_time(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t process = first; process < first + count; ++process) {
      begins(process);
      writes(process);
      rig_.pass(seconds(1));
      ends(process);
    }
    rig_.pass(seconds(2));
  }
  [[nodiscard]] std::vector<Row> rows(std::string_view event) const {
    std::vector<Row> rows;
    for (const std::string& name : rig_.directory.names())
      if (name.starts_with(event))
        std::ranges::move(read_rows(rig_.directory.events() + "/" + name), std::back_inserter(rows));
    return rows;
  }
  [[nodiscard]] std::vector<Row> creates_of(std::uint64_t process) const {
    std::vector<Row> found = rows("1500");
    std::erase_if(found, [&](const Row& row) { return row.at("process_key") != ProcessKey{process, 77}.hex(); });
    return found;
  }
  void expect_every_join_finds_its_process() const {
    std::set<std::string> told;
    for (const Row& row : rows("1500"))
      EXPECT_TRUE(told.insert(row.at("process_key")).second) << row.at("process_key") << " stands twice";
    for (const std::string_view event : {"2500", "1501"})
      for (const Row& row : rows(event))
        EXPECT_TRUE(told.contains(row.at("process_key"))) << event << " of " << row.at("process_key");
  }

  WriterRig rig_{small()};
};

TEST_F(Carrying, LivingProcess_IsToldAgainBeforeItsFileGoes) {
  begins(1);
  pass_time(100, 400);
  writes(1);
  pass_time(600, 5);
  rig_.writer->close();
  const std::vector<Row> told = creates_of(1);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].at("source"), "carried");
  EXPECT_EQ(told[0].at("seq"), "1") << "it is the same event";
  EXPECT_EQ(told[0].at("cwd"), "/home/\\ta\\\\b");
  EXPECT_GT(rig_.writer->counters().carried, 1U);
  EXPECT_GT(rig_.writer->counters().files_deleted, 10U);
  expect_every_join_finds_its_process();
  EXPECT_TRUE(rig_.balanced());
}

TEST_F(Carrying, ProcessThatEnded_IsToldAgainWhileRowsOfItStay) {
  begins(1);
  pass_time(100, 120);
  writes(1);
  ends(1);
  for (std::uint64_t i = 0; i < 30; ++i) {
    pass_time(1000 + i * 20, 20);
    expect_every_join_finds_its_process();
  }
  rig_.writer->close();
  EXPECT_TRUE(creates_of(1).empty()) << "nothing speaks of it any more";
  EXPECT_TRUE(rig_.balanced());
}

TEST_F(Carrying, ShortLives_CostNoMemory) {
  CarriedProcesses processes;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const WallTime now{start_ns + static_cast<std::int64_t>(i) * 1'000'000'000};
    processes.wrote(process_event(i, now, ProcessCreate{}), 1);
    processes.wrote(process_event(i, now, ProcessExit{}), 1);
  }
  EXPECT_LE(processes.followed(), 7U);
}

TEST_F(Carrying, MoreProcessesThanAreFollowed_AreCounted) {
  CarriedProcesses processes;
  for (std::uint64_t i = 0; i < CarriedProcesses::max_followed + 10; ++i)
    processes.wrote(process_event(i, {start_ns}, ProcessCreate{}), 1);
  EXPECT_EQ(processes.followed(), CarriedProcesses::max_followed);
  EXPECT_EQ(processes.not_followed(), 10U);
}

} // namespace
} // namespace monster
