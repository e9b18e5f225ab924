// SPDX-License-Identifier: Apache-2.0
#include "block/file_payload.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace monster {
namespace {

constexpr ClockOffset clock_offset{1'000'000};
const KeyMaker keys{{1, 2}, {3}, {4, 5}};

std::string text_of(Text text) { return text.is_null() ? "(null)" : std::string(text.bytes()); }

OpenFile an_open_file() {
  OpenFile file;
  file.object = 7;
  file.open_time = {100};
  file.opener.process = {{50}, {60}, 1};
  file.file = {8, 9, 1};
  file.open_flags = O_WRONLY;
  file.writable = true;
  file.before = {
      .size = 5, .mtime = {1000}, .ctime = {1001}, .mode = 0100640, .uid = 1, .gid = 2, .nlink = 1, .inode_flags = 0};
  return file;
}

FileBlockTold a_block() {
  FileBlockTold told;
  told.file = an_open_file();
  told.after = told.file.before;
  return told;
}

FileBlock block_of(const FileBlockTold& told, Arena& arena, std::optional<std::uint32_t> mode_before = {}) {
  return make_file_block(told, "/d/x", clock_offset, mode_before, keys, arena);
}

TEST(Disposition, OfOpenFlags_IsTheWindowsWord) {
  EXPECT_EQ(disposition_of(O_RDONLY), CreateDisposition::file_open);
  EXPECT_EQ(disposition_of(O_WRONLY | O_CREAT), CreateDisposition::file_open_if);
  EXPECT_EQ(disposition_of(O_WRONLY | O_CREAT | O_EXCL), CreateDisposition::file_create);
  EXPECT_EQ(disposition_of(O_WRONLY | O_CREAT | O_EXCL | O_TRUNC), CreateDisposition::file_create);
  EXPECT_EQ(disposition_of(O_WRONLY | O_TRUNC), CreateDisposition::file_overwrite);
  EXPECT_EQ(disposition_of(O_WRONLY | O_TRUNC | O_CREAT), CreateDisposition::file_overwrite_if);
  EXPECT_EQ(disposition_of(O_WRONLY | O_EXCL), CreateDisposition::file_open);
}

std::vector<std::string> options(std::uint32_t flags) {
  Arena arena;
  std::vector<std::string> names;
  for (const Text name : options_of(flags, arena))
    names.push_back(text_of(name));
  return names;
}

TEST(CreateOptions, OfOpenFlags_AreTheWindowsWords) {
  EXPECT_TRUE(options(O_RDWR | O_CREAT).empty());
  EXPECT_EQ(options(O_DIRECTORY | O_NOFOLLOW),
            (std::vector<std::string>{"FILE_DIRECTORY_FILE", "FILE_OPEN_REPARSE_POINT"}));
  EXPECT_EQ(options(O_SYNC), (std::vector<std::string>{"FILE_WRITE_THROUGH"}));
  EXPECT_EQ(options(O_DSYNC | O_DIRECT),
            (std::vector<std::string>{"FILE_WRITE_THROUGH", "FILE_NO_INTERMEDIATE_BUFFERING"}));
  EXPECT_EQ(options(O_TMPFILE), (std::vector<std::string>{"FILE_DELETE_ON_CLOSE"})); // contains O_DIRECTORY
}

TEST(MakeFileCreate, Opened_TellsStateBeforeAndWhatWasAskedFor) {
  Arena arena;
  OpenFile file = an_open_file();
  file.call_flags = O_WRONLY | O_CREAT;
  file.before.inode_flags = 4;
  file.birth_time = WallTime{77};
  const FileCreate create = make_file_create(file, "/d/x", keys, arena);
  EXPECT_EQ(text_of(create.path), "/d/x");
  EXPECT_EQ(create.file_key, keys.of(file.file));
  EXPECT_EQ(create.size, 5U);
  EXPECT_EQ(create.birth_time, WallTime{77});
  EXPECT_EQ(create.modification_time, WallTime{1000});
  EXPECT_EQ(create.mode, 0640U);
  EXPECT_EQ(create.owner_uid, 1U);
  EXPECT_EQ(create.owner_gid, 2U);
  EXPECT_EQ(create.append_only, true);
  EXPECT_EQ(create.immutable, false);
  EXPECT_EQ(create.create_disposition, CreateDisposition::file_open_if);
  EXPECT_EQ(create.create_result, CreateResult::file_opened);
  EXPECT_EQ(text_of(create.result), "ok");
}

TEST(MakeFileCreate, CreatedOrTruncated_SaysSo) {
  Arena arena;
  OpenFile file = an_open_file();
  file.truncated_at_open = true;
  EXPECT_EQ(make_file_create(file, "/x", keys, arena).create_result, CreateResult::file_overwritten);
  file.created = true;
  EXPECT_EQ(make_file_create(file, "/x", keys, arena).create_result, CreateResult::file_created);
}

TEST(MakeFileCreate, OpenNotSeen_HasNoDispositionAndNoResult) {
  for (const bool lazy : {false, true}) {
    Arena arena;
    OpenFile file = an_open_file();
    file.lazy = lazy;
    file.snapshot = !lazy;
    const FileCreate create = make_file_create(file, "/x", keys, arena);
    EXPECT_FALSE(create.create_disposition.has_value() || create.create_result.has_value());
  }
}

TEST(MakeFileBlock, Written_TellsBytesTimesAndOffsets) {
  Arena arena;
  FileBlockTold told = a_block();
  told.bytes_written = 10;
  told.write_count = 2;
  told.first_write = BootTime{110};
  told.last_write = BootTime{120};
  told.lowest_offset = 0;
  told.highest_end = 10;
  told.after.size = 10;
  told.after.mtime = {1200};
  const FileBlock block = block_of(told, arena);
  EXPECT_EQ(block.bytes_written, 10U);
  EXPECT_EQ(block.write_count, 2U);
  EXPECT_EQ(block.first_write_time, WallTime{1'000'110});
  EXPECT_EQ(block.last_write_time, WallTime{1'000'120});
  EXPECT_EQ(block.lowest_offset, 0U);
  EXPECT_EQ(block.highest_end, 10U);
  EXPECT_EQ(block.size_at_open, 5U);
  EXPECT_EQ(block.size_at_close, 10U);
  EXPECT_EQ(block.open_time, WallTime{1'000'100});
  EXPECT_EQ(block.access, FileAccess::write);
  EXPECT_EQ(block.file_kind, FileKind::regular);
  EXPECT_EQ(block.state, BlockState::final);
  EXPECT_EQ(block.source, BlockSource::open);
  EXPECT_TRUE(block.complete);
  EXPECT_FALSE(block.attributes_changed || block.time_set_back || block.made_executable || block.setuid_given);
  EXPECT_TRUE(block.final_path.is_null());
}

TEST(MakeFileBlock, OneUser_IsTheOnlyWriter) {
  Arena arena;
  FileBlockTold told = a_block();
  told.bytes_written = 10;
  const FileBlock block = block_of(told, arena);
  ASSERT_EQ(block.writers.size(), 1U);
  EXPECT_EQ(block.writers[0].process_key, keys.of(told.file.opener.process));
  EXPECT_EQ(block.writers[0].bytes_written, 10U);
}

TEST(MakeFileBlock, SharedHandle_KeepsEachProcessApartAndLeavesOutIdleOnes) {
  const ProcessIdentity child{{51}, {61}, 1};
  const std::vector<HandleUser> users{{{{50}, {60}, 1}, 0, 0}, {child, 1, 2}, {{{52}, {62}, 1}, 0, 5}, {child, 3, 4}};
  Arena arena;
  FileBlockTold told = a_block();
  told.users = users;
  told.writers_truncated = true;
  const FileBlock block = block_of(told, arena);
  ASSERT_EQ(block.writers.size(), 2U);
  EXPECT_EQ(block.writers[0].process_key, keys.of(child));
  EXPECT_EQ(block.writers[0].bytes_read, 4U); // both slots of one process
  EXPECT_EQ(block.writers[0].bytes_written, 6U);
  EXPECT_EQ(block.writers[1].bytes_written, 5U);
  EXPECT_TRUE(block.writers_truncated);
}

TEST(MakeFileBlock, ModeChanged_TellsWhatWasGiven) {
  Arena arena;
  FileBlockTold told = a_block();
  told.after.mode = 0104750;
  const FileBlock block = block_of(told, arena);
  EXPECT_EQ(block.mode_before, 0640U);
  EXPECT_EQ(block.mode_after, 04750U);
  EXPECT_TRUE(block.attributes_changed && block.made_executable && block.setuid_given);
}

TEST(MakeFileBlock, ExecuteBitThatWasThereOrWasTaken_IsNotGiven) {
  Arena arena;
  FileBlockTold told = a_block();
  told.file.before.mode = 0104755;
  told.after.mode = 0100744;
  const FileBlock block = block_of(told, arena);
  EXPECT_TRUE(block.attributes_changed);
  EXPECT_FALSE(block.made_executable || block.setuid_given);
}

TEST(MakeFileBlock, ChangedBeforeItsFirstUse_TakesTheModeThatWasTold) {
  Arena arena;
  FileBlockTold told = a_block();
  told.file.lazy = true;
  told.attributes_changed = true;
  told.file.before.mode = told.after.mode = 0100755;
  const FileBlock block = block_of(told, arena, 0100600);
  EXPECT_EQ(block.mode_before, 0600U);
  EXPECT_TRUE(block.made_executable);
  EXPECT_EQ(block.source, BlockSource::lazy);
  EXPECT_FALSE(block.open_time.has_value());
}

TEST(MakeFileBlock, OpenBeforeTheAgent_HasNoOpenTimeAndSize) {
  Arena arena;
  FileBlockTold told = a_block();
  told.file.snapshot = true;
  const FileBlock block = block_of(told, arena);
  EXPECT_FALSE(block.open_time || block.size_at_open);
  EXPECT_EQ(block.source, BlockSource::snapshot);
}

TEST(MakeFileBlock, TimeSetBack_OnlyWhenTimesWereSet) {
  Arena arena;
  FileBlockTold told = a_block();
  told.after.mtime = {999};
  EXPECT_FALSE(block_of(told, arena).time_set_back);
  told.times_set = true;
  EXPECT_TRUE(block_of(told, arena).time_set_back);
  told.after.mtime = {1000};
  EXPECT_FALSE(block_of(told, arena).time_set_back);
}

TEST(MakeFileBlock, SomethingHiddenOrLost_IsNotComplete) {
  Arena arena;
  FileBlockTold told = a_block();
  told.completions_hidden = true;
  EXPECT_FALSE(block_of(told, arena).complete);
  EXPECT_TRUE(block_of(told, arena).completions_suppressed);
  told.completions_hidden = false;
  told.incomplete = true;
  EXPECT_FALSE(block_of(told, arena).complete);
}

TEST(MakeFileBlock, Interim_IsOpen) {
  Arena arena;
  FileBlockTold told = a_block();
  told.interim = true;
  EXPECT_EQ(block_of(told, arena).state, BlockState::open);
}

TEST(MakeFileBlock, EveryKindOfFile_HasItsName) {
  constexpr std::pair<std::uint32_t, std::optional<FileKind>> kinds[] = {
      {0100644, FileKind::regular},      {0040755, FileKind::directory}, {0120777, FileKind::symlink},
      {0010644, FileKind::fifo},         {0140755, FileKind::socket},    {0020620, FileKind::character_device},
      {0060660, FileKind::block_device}, {0000644, std::nullopt}};
  Arena arena;
  FileBlockTold told = a_block();
  for (const auto& [mode, kind] : kinds) {
    told.after.mode = mode;
    EXPECT_EQ(block_of(told, arena).file_kind, kind) << mode;
  }
}

TEST(ErrorName, KnownByNameOthersByNumber) {
  Arena arena;
  EXPECT_EQ(text_of(error_name(13, arena)), "EACCES");
  EXPECT_EQ(text_of(error_name(1, arena)), "EPERM");
  EXPECT_EQ(text_of(error_name(5, arena)), "errno 5");
  EXPECT_EQ(text_of(error_name(std::numeric_limits<std::int32_t>::min(), arena)), "errno -2147483648");
}

} // namespace
} // namespace monster
