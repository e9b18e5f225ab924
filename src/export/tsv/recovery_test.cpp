// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/recovery.hpp"

#include "event/tsv.hpp"
#include "export/tsv/tsv_test_kit.hpp"

#include <csignal>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <thread>

namespace monster::tsv_test {
namespace {

const std::string header = tsv_header(Payload(FileBlock{}).index());

std::string row(std::int64_t seq, std::int64_t time_ns = start_ns, RunId of = run) {
  std::string text;
  append_tsv_row(text, file_block(seq, {time_ns}), {HostId{1, 1}, "host", of}, seq);
  return text;
}

std::string part_name(std::uint32_t number) {
  return tsv_file_name(Describe<FileBlock>::info, {start_ns}, run, number).part();
}
std::string finished_name(std::uint32_t number) {
  return tsv_file_name(Describe<FileBlock>::info, {start_ns}, run, number).finished();
}

class RecoverParts : public ::testing::Test {
protected:
  RecoverParts() : fd_(std::move(*open_events_directory(directory_.path()))) {}
  void put(const std::string& name, const std::string& content) const { std::ofstream(path(name)) << content; }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_.events() + "/" + name; }
  [[nodiscard]] bool exists(const std::string& name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path(name)));
  }
  [[nodiscard]] RecoveredRun recover() const { return recover_parts(fd_.get()); }

  TempDirectory directory_;
  UniqueFd fd_;
};

TEST_F(RecoverParts, EmptyDirectory_NothingIsKnown) {
  const RecoveredRun found = recover();
  EXPECT_FALSE(found.found_unfinished());
  EXPECT_FALSE(found.last);
}

TEST_F(RecoverParts, TornLastRow_IsCutAndTheFileRenamed) {
  put(part_name(1), header + row(7) + row(9, start_ns + 5) + row(10).substr(0, 40));
  const RecoveredRun found = recover();
  EXPECT_EQ(found.finished, 1U);
  EXPECT_EQ(found.rows_cut, 1U);
  EXPECT_EQ(found.bytes_cut, 40U);
  EXPECT_FALSE(exists(part_name(1)));
  EXPECT_EQ(read_rows(path(finished_name(1))).size(), 2U);
  ASSERT_TRUE(found.last);
  EXPECT_EQ(found.last->run_id, run.hex());
  EXPECT_EQ(found.last->seq, 9);
  EXPECT_EQ(found.last->time.ns, start_ns + 5);
  EXPECT_TRUE(found.found_unfinished());
}

TEST_F(RecoverParts, NoWholeRow_IsRemoved) {
  put(part_name(1), "");
  put(part_name(2), header.substr(0, 30));
  put(part_name(3), header);
  put(part_name(4), header + row(1).substr(0, 20));
  const RecoveredRun found = recover();
  EXPECT_EQ(found.empty_removed, 4U);
  EXPECT_EQ(found.rows_cut, 1U);
  EXPECT_TRUE(directory_.names().empty());
}

TEST_F(RecoverParts, LiveRun_IsLeftAlone) {
  put(part_name(1), header + row(1));
  const UniqueFd writer(::open(path(part_name(1)).c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(writer.get(), LOCK_EX), 0);
  const RecoveredRun found = recover();
  EXPECT_EQ(found.live, 1U);
  EXPECT_EQ(found.finished, 0U);
  EXPECT_TRUE(exists(part_name(1)));
}

TEST_F(RecoverParts, FinalNameTaken_IsNotOverwritten) {
  put(part_name(1), header + row(2));
  put(finished_name(1), header + row(1));
  EXPECT_EQ(recover().finished, 1U);
  EXPECT_EQ(read_rows(path(finished_name(1))).at(0).at("seq"), "1");
  EXPECT_EQ(read_rows(path(finished_name(2))).at(0).at("seq"), "2");
}

TEST_F(RecoverParts, LinksFifosAndForeignFiles_AreLeftAlone) {
  std::ofstream(directory_.path() + "/victim") << header << row(1) << "torn";
  std::filesystem::create_symlink("../victim", path(part_name(1)));
  std::filesystem::create_hard_link(directory_.path() + "/victim", path(part_name(2)));
  ASSERT_EQ(::mkfifo(path(part_name(3)).c_str(), 0600), 0);
  std::filesystem::create_directory(path(part_name(4)));
  put(part_name(5), "another program's file\nwith lines\ntorn");
  put(part_name(6), std::string(100'000, 'x'));
  put("notes.part", "torn");
  const auto before = directory_.names();
  const RecoveredRun found = recover();
  EXPECT_EQ(found.finished + found.empty_removed, 0U);
  EXPECT_EQ(found.refused, 3U); // the hard link, the lines, the long line; what is no regular file is not listed
  EXPECT_EQ(directory_.names(), before);
  EXPECT_EQ(std::filesystem::file_size(directory_.path() + "/victim"), header.size() + row(1).size() + 4);
}

TEST_F(RecoverParts, HostileRows_AreCountedAndNotBelieved) {
  std::string huge = row(3);
  huge.replace(huge.find("\t3\t"), 3, "\t99999999999999999999\t");
  const RunId other{0xffffffffffffffffU, 1};
  put(part_name(1), header + row(1) + "a\tb\n\n" + row(500, start_ns + 1, other) + huge + std::string(300'000, '\t') +
                        "\n" + row(2).insert(3, 1, '\0') + std::string(300'000, 'x') + "\n" + row(4));
  const RecoveredRun found = recover();
  EXPECT_EQ(found.finished, 1U);
  EXPECT_EQ(found.malformed_rows, 7U);
  ASSERT_TRUE(found.last);
  EXPECT_EQ(found.last->seq, 4);
  EXPECT_EQ(found.last->time.ns, start_ns);
}

TEST_F(RecoverParts, ZeroesAtTheEnd_AfterAPowerCutAreCut) {
  put(part_name(1), header + row(1) + std::string(8'192, '\0'));
  const RecoveredRun found = recover();
  EXPECT_EQ(found.bytes_cut, 8'192U);
  EXPECT_EQ(read_rows(path(finished_name(1))).size(), 1U);
}

TEST_F(RecoverParts, CleanEnd_LastSeqComesFromTheNewestFinishedFiles) {
  std::string many;
  for (std::int64_t seq = 1; seq <= 6'000; ++seq)
    many += row(seq, start_ns + seq);
  put(finished_name(1), header + row(50'000, start_ns));
  put(finished_name(2), header + many);
  const RecoveredRun found = recover();
  EXPECT_FALSE(found.found_unfinished());
  ASSERT_TRUE(found.last);
  EXPECT_EQ(found.last->seq, 6'000);
  EXPECT_EQ(found.last->time.ns, start_ns + 6'000);
}

TEST_F(RecoverParts, SeveralRuns_TheLatestIsTold) {
  const RunId older{0x9999999900000000U, 1};
  put(part_name(1), header + row(10, start_ns + 100));
  put(tsv_file_name(Describe<FileBlock>::info, {start_ns}, older, 1).part(), header + row(77, start_ns, older));
  const RecoveredRun found = recover();
  EXPECT_EQ(found.finished, 2U);
  ASSERT_TRUE(found.last);
  EXPECT_EQ(found.last->seq, 10);
}

[[noreturn]] void write_until_killed(const std::string& data_directory) {
  TsvOptions options;
  options.data_directory = data_directory;
  options.rotate_bytes = 1U << 20;
  options.buffer_bytes = 3'000;
  const SystemClock clock;
  auto exporter = TsvExporter::make(options, {{HostId{1, 1}, "host", run}, clock});
  if (!exporter || !(*exporter)->start())
    ::_exit(1);
  for (std::int64_t seq = 1;; seq += 50) {
    static_cast<void>((*exporter)->offer(blocks(seq, 50, clock.offset().to_wall(clock.boot_now()))));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST_F(RecoverParts, KilledWhileWriting_AllRowsLeftAreWhole) {
  for (int round = 0; round < 3; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0)
      write_until_killed(directory_.path());
    std::this_thread::sleep_for(std::chrono::milliseconds(120 + 37 * round));
    const RecoveredRun during = recover();
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_EQ(during.finished + during.refused, 0U);
    const RecoveredRun found = recover();
    EXPECT_EQ(found.malformed_rows, 0U);
    ASSERT_TRUE(found.last);
    std::int64_t largest = 0;
    for (const std::string& name : directory_.names()) {
      EXPECT_TRUE(name.ends_with(".tsv")) << name;
      for (const Row& each : read_rows(path(name)))
        largest = std::max(largest, static_cast<std::int64_t>(std::stoll(each.at("seq"))));
      std::filesystem::remove(path(name));
    }
    EXPECT_EQ(found.last->seq, largest);
  }
}

TEST(EventsDirectory, LinksAreRefused) {
  const TempDirectory directory;
  std::filesystem::create_directory(directory.path() + "/elsewhere");
  std::filesystem::create_symlink("elsewhere", directory.path() + "/data");
  EXPECT_FALSE(open_events_directory(directory.path() + "/data"));
  EXPECT_FALSE(open_events_directory(directory.path() + "/data/"));
  std::filesystem::create_directory(directory.path() + "/real");
  std::filesystem::create_symlink("../elsewhere", directory.path() + "/real/events");
  const auto refused = open_events_directory(directory.path() + "/real");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("real/events"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path() + "/elsewhere"));
}

TEST(EventsDirectory, OpenMode_IsMadePrivate) {
  const TempDirectory directory;
  std::filesystem::create_directory(directory.events());
  std::filesystem::permissions(directory.events(), std::filesystem::perms::all);
  ASSERT_TRUE(open_events_directory(directory.path() + "//"));
  EXPECT_EQ(std::filesystem::status(directory.events()).permissions(), std::filesystem::perms::owner_all);
}

TEST(EventsDirectory, OwnedByAnotherUser_IsRefused) {
  const TempDirectory directory;
  std::filesystem::create_directory(directory.events());
  const bool root = ::geteuid() == 0;
  ASSERT_TRUE(!root || ::chown(directory.events().c_str(), 12'345, 12'345) == 0);
  const auto refused = root ? open_events_directory(directory.path()) : open_private_directory("/", "etc");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "it belongs to another user");
}

TEST(TsvFileName, OnlyOurNames_AreParsed) {
  const std::string good = finished_name(12);
  const auto parsed = parse_finished_name(good);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->finished(), good);
  EXPECT_EQ(parsed->part(), good + ".part");
  EXPECT_FALSE(parse_part_name(good));
  EXPECT_FALSE(parse_finished_name(good + ".part"));
  for (const char* bad :
       {"", ".tsv", "notes.tsv", "2500_file_block-s1-20260102T030405Z-0a1b2c3d-.tsv",
        "2500_file_block-s1-20260102T030405Z-0A1B2C3D-1.tsv", "2500_file_block-s1-20260102T030405Z-0a1b2c3d-01.tsv",
        "2500_file_block-s1-20260102T030405Z-0a1b2c3d-1-2.tsv", "250_file_block-s1-20260102T030405Z-0a1b2c3d-1.tsv",
        "2500_../../etc-s1-20260102T030405Z-0a1b2c3d-1.tsv",
        "2500_file_block-s99999999999-20260102T030405Z-0a1b2c3d-1.tsv"})
    EXPECT_FALSE(parse_finished_name(bad)) << bad;
}

} // namespace
} // namespace monster::tsv_test
