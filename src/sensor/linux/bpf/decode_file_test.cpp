// SPDX-License-Identifier: Apache-2.0
// decode() of the records about files; the others are in decode_test.cpp.

#include "sensor/linux/bpf/decode_test_kit.hpp"

namespace monster {
namespace {

using namespace decode_test;

void fill(wire::wire_file& file) {
  file.object = 31;
  file.open_time = 8'000;
  file.opener = {.start = 4'000, .pid = 50, .tid = 51, .exec_id = 1, .uid = 0, .mnt_ns = 4027, .session = 50};
  file.id = {.inode = 99, .device = 0x800001, .generation = 7};
  file.fs_magic = 0xef53;
  file.open_flags = 0x8001;
  file.file_mode = 2;
  file.before = some_facts;
  file.birth_time = 10;
  file.call_flags = 0x8241;
}

TEST(DecodeFile, FileOpened_RoundTrips) {
  auto record = record_of<wire::wire_file_opened>(wire::WIRE_FILE_OPENED);
  fill(record->file);
  record->file.flags = wire::WIRE_CREATED | wire::WIRE_SENSITIVE | wire::WIRE_LONG_OPEN_PATH | wire::WIRE_PATH_CUT;
  record.text(record->file.path_length, "/tmp/x");
  DecodeMemory memory;
  const OpenFile file = decoded<FileOpened>(record.bytes(), memory).file;
  EXPECT_EQ(file.object, 31U);
  EXPECT_EQ(file.open_time.ns, 8'000);
  EXPECT_EQ(file.opener.process, (ProcessIdentity{{50}, {4'000}, 1}));
  EXPECT_EQ(file.opener.tid.value, 51U);
  EXPECT_EQ(file.file, (FileIdentity{0x800001, 99, 7}));
  EXPECT_EQ(file.fs_magic, 0xef53U);
  EXPECT_EQ(file.open_flags, 0x8001U);
  EXPECT_EQ(file.call_flags, 0x8241U);
  EXPECT_FALSE(file.readable);
  EXPECT_TRUE(file.call_flags_known);
  EXPECT_TRUE(file.writable && file.created && file.sensitive && file.long_path && file.path_truncated);
  EXPECT_FALSE(file.truncated_at_open || file.lazy || file.snapshot || file.temporary);
  EXPECT_EQ(file.before.mode, 0100644U);
  EXPECT_EQ(file.before.uid, 14U);
  EXPECT_EQ(file.before.gid, 15U);
  EXPECT_EQ(file.before.nlink, 2U);
  EXPECT_EQ(file.before.ctime.ns, 13);
  EXPECT_EQ(file.before.inode_flags, 4U | 8U);
  EXPECT_EQ(file.birth_time, WallTime{10});
  EXPECT_EQ(text_of(file.path), "/tmp/x");
  refuse_lies(record, {&record->file.path_length});
}

TEST(DecodeFile, FileOpened_NoBirthTime_IsUnknown) {
  auto record = record_of<wire::wire_file_opened>(wire::WIRE_FILE_OPENED);
  DecodeMemory memory;
  EXPECT_FALSE(decoded<FileOpened>(record.bytes(), memory).file.birth_time.has_value());
}

TEST(DecodeFile, FileOpened_NotesOfTheKernel_AreNoInodeFlags) {
  auto record = record_of<wire::wire_file_opened>(wire::WIRE_FILE_OPENED);
  record->file.before.inode_flags = 0xffffffff;
  DecodeMemory memory;
  EXPECT_EQ(decoded<FileOpened>(record.bytes(), memory).file.before.inode_flags, 1U | 2U | 4U | 8U | 64U);
}

TEST(DecodeFile, FileBlock_RoundTrips) {
  auto record = record_of<wire::wire_file_block>(wire::WIRE_FILE_BLOCK);
  fill(record->file);
  record->file.flags = wire::WIRE_WRITTEN | wire::WIRE_TRUNCATED | wire::WIRE_RENAMED | wire::WIRE_DELETED |
                       wire::WIRE_TIMES_SET | wire::WIRE_ATTRIBUTES | wire::WIRE_WRITERS_TRUNCATED |
                       wire::WIRE_FINAL_PATH_CUT | wire::WIRE_INCOMPLETE;
  record->io = {.bytes_written = 1,
                .write_count = 2,
                .bytes_read = 3,
                .read_count = 4,
                .first_write = 5,
                .last_write = 6,
                .lowest_offset = 7,
                .highest_end = 8,
                .truncated_to = 9};
  record->after = some_facts;
  record->writer_count = 2;
  record->writers[1] = {.start = 77, .pid = 78, .exec_id = 79, .bytes_read = 2, .bytes_written = 1};
  record.text(record->file.path_length, "/tmp/old").text(record->final_path_length, "/tmp/new name");
  DecodeMemory memory;
  const auto told = decoded<FileBlockTold>(record.bytes(), memory);
  EXPECT_EQ(text_of(told.file.path), "/tmp/old");
  EXPECT_EQ(text_of(told.final_path), "/tmp/new name");
  EXPECT_EQ(told.bytes_written, 1U);
  EXPECT_EQ(told.write_count, 2U);
  EXPECT_EQ(told.bytes_read, 3U);
  EXPECT_EQ(told.read_count, 4U);
  EXPECT_EQ(told.first_write, BootTime{5});
  EXPECT_EQ(told.last_write, BootTime{6});
  EXPECT_EQ(told.lowest_offset, 7U);
  EXPECT_EQ(told.highest_end, 8U);
  EXPECT_EQ(told.truncated_to, 9U);
  EXPECT_EQ(told.after.size, 11U);
  EXPECT_TRUE(told.renamed && told.deleted && told.times_set && told.attributes_changed && told.writers_truncated);
  EXPECT_TRUE(told.kept && told.final_path_truncated && told.incomplete);
  EXPECT_FALSE(told.interim || told.mapped_writable || told.completions_hidden || told.file.path_truncated);
  ASSERT_EQ(told.users.size(), 2U);
  EXPECT_EQ(told.users[1].process, (ProcessIdentity{{78}, {77}, 79}));
  EXPECT_EQ(told.users[1].bytes_read, 2U);
  EXPECT_EQ(told.users[1].bytes_written, 1U);
  refuse_lies(record, {&record->file.path_length, &record->final_path_length});
}

TEST(DecodeFile, FileBlock_NothingWritten_HasNoTimesAndOffsets) {
  auto record = record_of<wire::wire_file_block>(wire::WIRE_FILE_BLOCK);
  record->io.lowest_offset = std::numeric_limits<std::uint64_t>::max();
  record->io.truncated_to = 3;
  DecodeMemory memory;
  const auto told = decoded<FileBlockTold>(record.bytes(), memory);
  EXPECT_FALSE(told.first_write || told.last_write || told.lowest_offset || told.highest_end || told.truncated_to);
}

TEST(DecodeFile, FileBlock_TruncatedAtOpenOnly_WasTruncatedToNothing) {
  auto record = record_of<wire::wire_file_block>(wire::WIRE_FILE_BLOCK);
  record->file.flags = wire::WIRE_TRUNCATED_AT_OPEN;
  DecodeMemory memory;
  EXPECT_EQ(decoded<FileBlockTold>(record.bytes(), memory).truncated_to, 0U);
}

TEST(DecodeFile, FileBlock_KeptOnlyForWhatAHunterAsks) {
  const auto kept = [](std::uint32_t flags) {
    auto record = record_of<wire::wire_file_block>(wire::WIRE_FILE_BLOCK);
    record->file.flags = flags;
    DecodeMemory memory;
    return decoded<FileBlockTold>(record.bytes(), memory).kept;
  };
  for (const std::uint32_t flag : {wire::WIRE_CREATED, wire::WIRE_TRUNCATED_AT_OPEN, wire::WIRE_WRITTEN,
                                   wire::WIRE_TRUNCATED, wire::WIRE_ALLOCATED, wire::WIRE_MAPPED_WRITABLE,
                                   wire::WIRE_ATTRIBUTES, wire::WIRE_RENAMED, wire::WIRE_DELETED, wire::WIRE_SENSITIVE})
    EXPECT_TRUE(kept(flag)) << flag;
  EXPECT_FALSE(kept(wire::WIRE_LAZY | wire::WIRE_SNAPSHOT | wire::WIRE_SHARED | wire::WIRE_TOLD | wire::WIRE_INTERIM));
}

TEST(DecodeFile, FileBlock_MoreWritersThanFit_IsRefused) {
  auto record = record_of<wire::wire_file_block>(wire::WIRE_FILE_BLOCK);
  record->writer_count = wire::WIRE_WRITERS_MAX;
  DecodeMemory memory;
  EXPECT_EQ(decoded<FileBlockTold>(record.bytes(), memory).users.size(), std::size_t{wire::WIRE_WRITERS_MAX});
  for (const std::uint32_t lie : {wire::WIRE_WRITERS_MAX + 1U, 0xffffffffU}) {
    record->writer_count = lie;
    EXPECT_TRUE(is_refused(record.bytes())) << lie;
  }
}

WireBuilder<wire::wire_path_op> path_act_record() {
  auto record = record_of<wire::wire_path_op>(wire::WIRE_PATH_OP);
  record->object = 5;
  record->act = wire::WIRE_ACT_RENAME;
  record->call_flags = 2;
  record->value = 17;
  record->fs_magic = 0xef53;
  record->touched_count = 2;
  record->touched[0].id = {.inode = 1, .device = 2, .generation = 3};
  record->touched[0].parent_inode = 4;
  record->touched[0].mtime_before = 6;
  record->touched[1].id.inode = 9;
  record->touched[0].after = some_facts;
  record.text(record->touched[0].before_length, "/d/a").text(record->touched[0].after_length, "/d/b");
  record.text(record->touched[1].before_length, "/d").text(record->touched[1].after_length, "/d/.");
  record.text(record->argument1_length, "a").text(record->argument2_length, "b");
  record.text(record->base1_length, "/base1").text(record->base2_length, "/base2");
  record.text(record->name_length, "user.x");
  return record;
}

TEST(DecodeFile, PathAct_RoundTrips) {
  auto record = path_act_record();
  DecodeMemory memory;
  const auto act = decoded<PathAct>(record.bytes(), memory);
  EXPECT_EQ(act.kind, PathActKind::rename);
  EXPECT_EQ(act.object, 5U);
  EXPECT_EQ(act.call_flags, 2U);
  EXPECT_EQ(act.value, 17U);
  EXPECT_EQ(act.fs_magic, 0xef53U);
  ASSERT_EQ(act.touched.size(), 2U);
  EXPECT_EQ(act.touched[0].file, (FileIdentity{2, 1, 3}));
  EXPECT_EQ(act.touched[0].parent_inode, 4U);
  EXPECT_EQ(act.touched[0].mtime_before.ns, 6);
  ASSERT_TRUE(act.touched[0].after.has_value());
  EXPECT_EQ(act.touched[0].after->mode, 0100644U);
  EXPECT_EQ(text_of(act.touched[0].path_before), "/d/a");
  EXPECT_EQ(text_of(act.touched[0].path_after), "/d/b");
  EXPECT_FALSE(act.touched[1].after.has_value()); // no mode: it could not be read
  EXPECT_EQ(text_of(act.touched[1].path_before), "/d");
  EXPECT_EQ(text_of(act.argument1), "a");
  EXPECT_EQ(text_of(act.argument2), "b");
  EXPECT_EQ(text_of(act.base1), "/base1");
  EXPECT_EQ(text_of(act.base2), "/base2");
  EXPECT_EQ(text_of(act.name), "user.x");
  refuse_lies(record, {&record->touched[0].before_length, &record->touched[0].after_length,
                       &record->touched[1].before_length, &record->touched[1].after_length, &record->argument1_length,
                       &record->argument2_length, &record->base1_length, &record->base2_length, &record->name_length});
}

TEST(DecodeFile, PathAct_WhatWasCutOrLost_SaysSo) {
  auto record = path_act_record();
  DecodeMemory memory;
  auto act = decoded<PathAct>(record.bytes(), memory);
  EXPECT_FALSE(act.argument1_truncated || act.argument2_truncated || act.touched_lost || act.outcome_hidden);
  EXPECT_FALSE(act.touched[0].path_after_truncated);
  record->flags = wire::WIRE_ACT_ARGUMENT1_CUT | wire::WIRE_ACT_TOUCHED_LOST;
  record->touched[0].after_cut = 1;
  act = decoded<PathAct>(record.bytes(), memory);
  EXPECT_TRUE(act.argument1_truncated && act.touched_lost && act.touched[0].path_after_truncated);
  EXPECT_FALSE(act.argument2_truncated || act.outcome_hidden);
}

TEST(DecodeFile, PathAct_CutBase_CutsOnlyWhatStartsFromIt) {
  for (const std::string_view argument : {"relative", "/absolute"}) {
    auto record = record_of<wire::wire_path_op>(wire::WIRE_PATH_OP);
    record->act = wire::WIRE_ACT_RENAME;
    record->flags = wire::WIRE_ACT_BASE1_CUT | wire::WIRE_ACT_BASE2_CUT;
    record.text(record->argument1_length, argument).text(record->argument2_length, argument);
    DecodeMemory memory;
    const auto act = decoded<PathAct>(record.bytes(), memory);
    EXPECT_EQ(act.argument1_truncated, argument == "relative");
    EXPECT_EQ(act.argument2_truncated, argument == "relative");
  }
}

// What overlayfs does to the file systems below is not what the caller named.
TEST(DecodeFile, PathAct_OnAStackedFileSystem_TouchedWhatTheCallerSees) {
  constexpr std::uint32_t overlay = 0x794c7630;
  auto record = path_act_record();
  record->touched[1].fs_magic = overlay;
  record->touched[1].id.inode = 77;
  DecodeMemory memory;
  const auto act = decoded<PathAct>(record.bytes(), memory);
  ASSERT_EQ(act.touched.size(), 1U);
  EXPECT_EQ(act.touched[0].file.inode, 77U);
  EXPECT_EQ(text_of(act.touched[0].path_before), "/d");
  EXPECT_EQ(act.fs_magic, overlay);
  EXPECT_EQ(text_of(act.argument1), "a");
}

TEST(DecodeFile, PathAct_EachKind_KeepsItsMeaning) {
  constexpr std::pair<wire::wire_path_act, PathActKind> kinds[] = {
      {wire::WIRE_ACT_RENAME, PathActKind::rename},
      {wire::WIRE_ACT_UNLINK, PathActKind::unlink},
      {wire::WIRE_ACT_RMDIR, PathActKind::rmdir},
      {wire::WIRE_ACT_LINK, PathActKind::link},
      {wire::WIRE_ACT_SYMLINK, PathActKind::symlink},
      {wire::WIRE_ACT_MKDIR, PathActKind::mkdir},
      {wire::WIRE_ACT_MKNOD, PathActKind::mknod},
      {wire::WIRE_ACT_TRUNCATE, PathActKind::truncate},
      {wire::WIRE_ACT_CHMOD, PathActKind::chmod},
      {wire::WIRE_ACT_CHOWN, PathActKind::chown},
      {wire::WIRE_ACT_UTIMES, PathActKind::utimes},
      {wire::WIRE_ACT_SETXATTR, PathActKind::setxattr},
      {wire::WIRE_ACT_REMOVEXATTR, PathActKind::removexattr},
      {wire::WIRE_ACT_SETFLAGS, PathActKind::setflags}};
  auto record = path_act_record();
  DecodeMemory memory;
  for (const auto& [on_wire, kind] : kinds) {
    record->act = on_wire;
    EXPECT_EQ(decoded<PathAct>(record.bytes(), memory).kind, kind) << on_wire;
  }
}

TEST(DecodeFile, PathAct_UnknownKindOrTooManyTouched_IsRefused) {
  auto record = path_act_record();
  for (const std::uint32_t act : {0U, wire::WIRE_ACT_SETFLAGS + 1U, 0xffffffffU}) {
    record->act = act;
    EXPECT_TRUE(is_refused(record.bytes())) << act;
  }
  record->act = wire::WIRE_ACT_RENAME;
  for (const std::uint32_t count : {wire::WIRE_TOUCHED_MAX + 1U, 0xffffffffU}) {
    record->touched_count = count;
    EXPECT_TRUE(is_refused(record.bytes())) << count;
  }
}

TEST(DecodeFile, OpenRefused_RoundTrips) {
  auto record = record_of<wire::wire_open_failed>(wire::WIRE_OPEN_FAILED);
  record->result = -13;
  record->open_flags = 1;
  record->flags = wire::WIRE_ACT_BASE1_CUT;
  record.text(record->argument_length, "shadow").text(record->base_length, "/etc");
  DecodeMemory memory;
  const auto refused = decoded<OpenRefused>(record.bytes(), memory);
  EXPECT_EQ(refused.error, 13);
  EXPECT_EQ(refused.open_flags, 1U);
  EXPECT_EQ(text_of(refused.argument), "shadow");
  EXPECT_EQ(text_of(refused.base), "/etc");
  EXPECT_TRUE(refused.argument_truncated);
  refuse_lies(record, {&record->argument_length, &record->base_length});
}

TEST(DecodeFile, OpenRefused_ResultThatIsNoError_IsRefused) {
  auto record = record_of<wire::wire_open_failed>(wire::WIRE_OPEN_FAILED);
  for (const std::int32_t result : {0, 3, -4096, std::numeric_limits<std::int32_t>::min()}) {
    record->result = result;
    EXPECT_TRUE(is_refused(record.bytes())) << result;
  }
}

TEST(DecodeFile, LongPath_RoundTrips) {
  auto record = record_of<wire::wire_long_path>(wire::WIRE_LONG_PATH);
  record->object = 31;
  const std::string path = "/" + std::string(1000, 'p');
  record.text(record->path_length, path);
  DecodeMemory memory;
  const auto told = decoded<LongPath>(record.bytes(), memory);
  EXPECT_EQ(told.object, 31U);
  EXPECT_EQ(text_of(told.path), path);
  refuse_lies(record, {&record->path_length});
}

TEST(DecodeFile, Attribute_RoundTrips) {
  auto record = record_of<wire::wire_xattr>(wire::WIRE_XATTR);
  record->object = 31;
  record->removed = 1;
  record.text(record->name_length, "security.capability");
  DecodeMemory memory;
  const auto named = decoded<AttributeNamed>(record.bytes(), memory);
  EXPECT_EQ(named.object, 31U);
  EXPECT_TRUE(named.removed);
  EXPECT_EQ(text_of(named.name), "security.capability");
  refuse_lies(record, {&record->name_length});
}

TEST(DecodeFile, HandleUsed_RoundTrips) {
  auto record = record_of<wire::wire_handle_used>(wire::WIRE_HANDLE_USED);
  record->object = 31;
  DecodeMemory memory;
  EXPECT_EQ(decoded<HandleUsed>(record.bytes(), memory).object, 31U);
  refuse_cuts(record.bytes());
}

TEST(DecodeFile, ListsOfTheRecordBefore_AreForgotten) {
  DecodeMemory memory;
  auto shared = record_of<wire::wire_file_block>(wire::WIRE_FILE_BLOCK);
  shared->writer_count = 3;
  EXPECT_EQ(decoded<FileBlockTold>(shared.bytes(), memory).users.size(), 3U);
  auto alone = record_of<wire::wire_file_block>(wire::WIRE_FILE_BLOCK);
  EXPECT_TRUE(decoded<FileBlockTold>(alone.bytes(), memory).users.empty());
}

} // namespace
} // namespace monster
