// SPDX-License-Identifier: Apache-2.0
// Disks that are full, fail, or take less than they were given.
#include "export/tsv/tsv_test_kit.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

namespace monster::tsv_test {
namespace {

TsvOptions small_buffers() {
  TsvOptions options;
  options.buffer_bytes = 2'000;
  return options;
}

TEST(DiskFull, RowsThatDoNotFit_AreCountedAndTheFileGoesOnWhenThereIsRoom) {
  WriterRig rig(small_buffers());
  rig.files.room = 5'000;
  rig.write(1, 100);
  rig.pass(seconds(1));
  const std::string part = rig.directory.events() + "/" + rig.directory.names().at(0);
  const std::size_t fitted = read_rows(part).size();
  EXPECT_GT(fitted, 0U);
  const std::uint64_t dropped = rig.writer->counters().dropped;
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(fitted + rig.writer->counters().buffered + dropped, 100U);

  rig.files.room = 1'000'000;
  rig.pass(seconds(1));
  rig.write(101, 10);
  rig.writer->close();
  const std::vector<LossReport> losses = rig.writer->take_losses();
  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].count, dropped);
  EXPECT_EQ(losses[0].family, Family::file);
  EXPECT_EQ(losses[0].reason, "No space left on device");
  EXPECT_EQ(losses[0].from.ns, start_ns);
  const std::vector<std::int64_t> seqs = stream_seqs(rig.directory);
  EXPECT_EQ(seqs.size(), 110 - dropped);
  EXPECT_EQ(seqs.back(), 110);
  EXPECT_TRUE(rig.balanced());
}

TEST(DiskFull, NoRoomYet_IsAskedOnceASecondAndNotWrittenTo) {
  WriterRig rig(small_buffers());
  rig.files.room = 1'500;
  rig.write(1, 20);
  rig.pass(milliseconds(250));
  const std::size_t writes = rig.files.writes.size();
  const std::uint64_t failures = rig.writer->counters().write_failures;
  rig.files.room = 100;
  for (int i = 0; i < 20; ++i)
    rig.pass(milliseconds(250));
  EXPECT_EQ(rig.files.writes.size(), writes);
  EXPECT_EQ(rig.writer->counters().write_failures, failures);
}

TEST(DiskFull, HeaderDoesNotFit_LeavesNoFile) {
  WriterRig rig(small_buffers());
  rig.files.room = 10;
  rig.write(1, 1);
  rig.pass(seconds(1));
  EXPECT_TRUE(rig.directory.names().empty());
  rig.files.room.reset();
  rig.pass(seconds(1));
  rig.writer->close();
  EXPECT_EQ(stream_seqs(rig.directory), numbers(1, 1));
}

TEST(DiskFull, StillFullAtTheEnd_DropsWhatWasBuffered) {
  WriterRig rig(small_buffers());
  rig.files.room = 3'000;
  rig.write(1, 50);
  rig.writer->close();
  EXPECT_EQ(rig.writer->counters().buffered, 0U);
  EXPECT_EQ(rig.writer->counters().synced + rig.writer->counters().dropped, 50U);
  EXPECT_EQ(stream_seqs(rig.directory).size(), rig.writer->counters().synced);
  EXPECT_TRUE(rig.balanced());
}

TEST(DiskFull, ShortWrites_AreContinued) {
  WriterRig rig(small_buffers());
  rig.files.longest_write = 7;
  rig.write(1, 20);
  rig.writer->close();
  EXPECT_EQ(stream_seqs(rig.directory), numbers(1, 20));
}

TEST(DiskError, WriteFails_KeepsTheBufferAndRetries) {
  WriterRig rig(small_buffers());
  rig.files.write_error = EIO;
  rig.write(1, 2);
  rig.pass(milliseconds(250));
  rig.files.write_error = 0;
  rig.pass(milliseconds(999));
  EXPECT_EQ(rig.writer->counters().buffered, 2U);
  rig.pass(milliseconds(1));
  EXPECT_EQ(rig.writer->counters().buffered, 0U);
  rig.writer->close();
  EXPECT_EQ(stream_seqs(rig.directory), numbers(1, 2));
}

TEST(DiskError, HalfARowThatCannotBeCut_IsCompletedBeforeAnyOther) {
  WriterRig rig(small_buffers());
  rig.files.room = 2'100;
  rig.files.truncate_error = EIO;
  rig.write(1, 20);
  rig.pass(seconds(1));
  rig.files.room.reset();
  rig.pass(seconds(1));
  rig.writer->close();
  const std::vector<std::int64_t> seqs = stream_seqs(rig.directory);
  EXPECT_EQ(seqs.size() + rig.writer->counters().dropped, 20U);
  EXPECT_TRUE(rig.balanced());
}

TEST(DiskError, HalfARowAtTheEnd_KeepsThePartForTheNextStartToCut) {
  WriterRig rig(small_buffers());
  rig.files.room = 2'100;
  rig.files.truncate_error = EIO;
  rig.write(1, 20);
  rig.writer->close();
  EXPECT_EQ(rig.writer->counters().files_left_part, 1U);
  EXPECT_TRUE(rig.directory.names().at(0).ends_with(".part"));
}

TEST(DiskError, SyncFails_RowsAreNeverCalledAcknowledged) {
  WriterRig rig;
  rig.files.sync_error = EIO;
  rig.write(1, 3);
  rig.pass(seconds(1));
  rig.pass(seconds(5));
  rig.files.sync_error = 0;
  rig.write(4, 1);
  rig.writer->close();
  EXPECT_EQ(rig.writer->counters().unsure, 3U);
  EXPECT_EQ(rig.writer->counters().synced, 1U);
  EXPECT_EQ(rig.writer->counters().sync_failures, 1U);
  EXPECT_TRUE(rig.balanced());
}

// In a child with mounts of its own, so that nothing is left whatever happens.
std::string fill_a_real_file_system(const std::string& at) {
  const int spaces = CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER);
  if (::unshare(spaces) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=256k,mode=700") != 0)
    return system_error("mount a small tmpfs at", at).message();
  auto directory = open_events_directory(at);
  if (!directory)
    return directory.error().message();
  ManualClock clock;
  LinuxFiles files;
  LatencyHistogram latency;
  const TsvOptions options = small_buffers();
  TsvWriter writer(options, {{HostId{1, 1}, "host", run}, clock}, files, directory->get(), latency);
  const std::string ballast = at + "/ballast";
  std::ofstream(ballast) << std::string(120'000, 'x');
  writer.write(*blocks(1, 2'000, clock.wall()), 0);
  const std::uint64_t dropped = writer.counters().dropped;
  std::filesystem::remove(ballast);
  clock.now = clock.now + seconds(2);
  writer.tick();
  writer.write(*blocks(2'001, 10, clock.wall()), 0);
  writer.close();
  std::size_t rows = 0;
  for (const auto& entry : std::filesystem::directory_iterator(at + "/events"))
    rows += read_rows(entry.path()).size();
  if (dropped == 0 || writer.counters().dropped != dropped || rows + dropped != 2'010 ||
      writer.counters().synced != rows)
    return "rows on disk and rows dropped do not add up";
  return ::testing::Test::HasFailure() ? "a file has half a row" : "";
}

TEST(DiskFull, RealFileSystem_KeepsWholeRowsAndGoesOnWhenThereIsRoom) {
  const TempDirectory directory;
  int pipe_ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const std::string problem = fill_a_real_file_system(directory.path());
    const bool told = ::write(pipe_ends[1], problem.data(), problem.size()) >= 0;
    ::_exit(told ? 0 : 1);
  }
  ::close(pipe_ends[1]);
  char text[512];
  const ssize_t size = ::read(pipe_ends[0], text, sizeof text);
  ::close(pipe_ends[0]);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(std::string(text, static_cast<std::size_t>(std::max<ssize_t>(size, 0))), "");
}

} // namespace
} // namespace monster::tsv_test
