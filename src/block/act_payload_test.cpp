// SPDX-License-Identifier: Apache-2.0
// The blocks of acts without a handle, and renames; what handles tell is in file_payload_test.cpp.
#include "block/file_payload.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

const KeyMaker keys{{1, 2}, {3}, {4, 5}};

std::string text_of(Text text) { return text.is_null() ? "(null)" : std::string(text.bytes()); }

class ActPayload : public testing::Test {
protected:
  ActPayload() {
    touched_.file = {8, 9, 1};
    touched_.mtime_before = {1000};
    touched_.after = FileState{
        .size = 5, .mtime = {1000}, .ctime = {1000}, .mode = 0100750, .uid = 1, .gid = 2, .nlink = 3, .inode_flags = 0};
    resolved_.path = "/d/x";
    resolved_.file = &touched_;
    resolved_.source = PathSource::dentry;
  }
  FileBlock block(PathActKind kind, std::optional<std::uint32_t> mode_before = {}) {
    act_.kind = kind;
    return make_act_block(act_, resolved_, {500}, mode_before, keys, arena_);
  }

  Arena arena_;
  PathAct act_;
  TouchedFile touched_;
  ResolvedAct resolved_;
};

TEST_F(ActPayload, ActBlock_LastsNoTimeAndNamesItsAct) {
  const FileBlock made = block(PathActKind::mkdir);
  EXPECT_EQ(made.open_time, WallTime{500});
  EXPECT_EQ(made.close_time, WallTime{500});
  EXPECT_EQ(made.source, BlockSource::path);
  EXPECT_EQ(made.path_source, PathSource::dentry);
  EXPECT_EQ(text_of(made.operation), "mkdir");
  EXPECT_EQ(text_of(made.path), "/d/x");
  EXPECT_EQ(made.file_key, keys.of(touched_.file));
  EXPECT_EQ(made.nlink, 3U);
  EXPECT_TRUE(made.created);
  EXPECT_TRUE(made.final_path.is_null() && made.link_target.is_null());
  EXPECT_FALSE(made.renamed || made.deleted || made.attributes_changed || made.access.has_value());
}

TEST_F(ActPayload, ActBlock_Removal_IsDeleted) {
  EXPECT_TRUE(block(PathActKind::unlink).deleted);
  EXPECT_TRUE(block(PathActKind::rmdir).deleted);
  act_.call_flags = 0x200;
  EXPECT_EQ(text_of(block(PathActKind::unlink).operation), "rmdir");
}

TEST_F(ActPayload, ActBlock_Link_NamesWhatItWasMadeFrom) {
  resolved_.target = "/d/old";
  const FileBlock made = block(PathActKind::link);
  EXPECT_EQ(text_of(made.link_target), "/d/old");
  EXPECT_FALSE(made.created); // a name, not a file
}

TEST_F(ActPayload, ActBlock_Rename_HasBothNames) {
  resolved_.new_path = "/d/y";
  const FileBlock made = block(PathActKind::rename);
  EXPECT_TRUE(made.renamed);
  EXPECT_EQ(text_of(made.final_path), "/d/y");
}

TEST_F(ActPayload, ActBlock_NamesUnknown_AreNullNotEmpty) {
  const ResolvedAct nothing;
  act_.kind = PathActKind::rename;
  const FileBlock made = make_act_block(act_, nothing, {500}, {}, keys, arena_);
  EXPECT_TRUE(made.path.is_null());
  EXPECT_TRUE(made.final_path.is_null());
  const FileRename rename = make_file_rename(act_, nothing, keys, arena_);
  EXPECT_TRUE(rename.path.is_null());
  EXPECT_TRUE(rename.new_path.is_null());
  EXPECT_FALSE(rename.file_key || rename.replaced_file_key);
}

TEST_F(ActPayload, ActBlock_FileUnknown_HasNoValuesOfIt) {
  resolved_.file = nullptr;
  const FileBlock made = block(PathActKind::chmod, 0100644);
  EXPECT_FALSE(made.file_key || made.file_kind || made.mode_after || made.mode_before || made.size_at_close);
  EXPECT_TRUE(made.attributes_changed);
}

TEST_F(ActPayload, ActBlock_FileGoneBeforeItCouldBeRead_HasItsKeyOnly) {
  touched_.after.reset();
  const FileBlock made = block(PathActKind::unlink);
  EXPECT_TRUE(made.file_key.has_value());
  EXPECT_FALSE(made.nlink || made.mode_after);
}

TEST_F(ActPayload, ActBlock_Chmod_HasTheModeBeforeWhereItWasTold) {
  FileBlock made = block(PathActKind::chmod, 0100640);
  EXPECT_EQ(made.mode_before, 0640U);
  EXPECT_EQ(made.mode_after, 0750U);
  EXPECT_TRUE(made.made_executable && made.attributes_changed);
  made = block(PathActKind::chmod);
  EXPECT_FALSE(made.mode_before.has_value());
  made = block(PathActKind::chmod, 0100755);
  EXPECT_FALSE(made.made_executable);
}

TEST_F(ActPayload, ActBlock_ChmodSetsSetuid_SaysSo) {
  touched_.after->mode = 0104755;
  EXPECT_TRUE(block(PathActKind::chmod, 0100755).setuid_given);
  EXPECT_FALSE(block(PathActKind::chmod, 0104755).setuid_given);
}

TEST_F(ActPayload, ActBlock_TimesSetToThePast_SaysSo) {
  EXPECT_FALSE(block(PathActKind::utimes).time_set_back);
  touched_.after->mtime = {999};
  const FileBlock made = block(PathActKind::utimes);
  EXPECT_TRUE(made.time_set_back);
  EXPECT_EQ(made.mtime_before, WallTime{1000});
  EXPECT_EQ(made.mtime_after, WallTime{999});
}

TEST_F(ActPayload, ActBlock_Truncate_TellsTheNewSizeEvenIfZero) {
  act_.value = 0;
  EXPECT_EQ(block(PathActKind::truncate).truncated_to, 0U);
  EXPECT_FALSE(block(PathActKind::chmod).truncated_to.has_value());
}

TEST_F(ActPayload, ActBlock_Attribute_IsNamed) {
  act_.name = "user.x";
  const FileBlock made = block(PathActKind::setxattr);
  ASSERT_EQ(made.xattrs_changed.size(), 1U);
  EXPECT_EQ(text_of(made.xattrs_changed[0]), "user.x");
}

TEST_F(ActPayload, FileRename_OverTarget_HasBothKeys) {
  TouchedFile replaced;
  replaced.file = {8, 10, 1};
  resolved_.replaced = &replaced;
  resolved_.new_path = "/d/y";
  act_.kind = PathActKind::rename;
  act_.call_flags = 2;
  const FileRename rename = make_file_rename(act_, resolved_, keys, arena_);
  EXPECT_EQ(text_of(rename.path), "/d/x");
  EXPECT_EQ(text_of(rename.new_path), "/d/y");
  EXPECT_EQ(rename.file_key, keys.of(touched_.file));
  EXPECT_EQ(rename.replaced_file_key, keys.of(replaced.file));
  EXPECT_TRUE(rename.exchange);
  EXPECT_EQ(rename.path_source, PathSource::dentry);
}

TEST_F(ActPayload, MadeTexts_OutliveWhatTheyCameFrom) {
  resolved_.new_path = "/d/y";
  const FileBlock made = block(PathActKind::rename);
  resolved_.path.assign("overwritten");
  resolved_.new_path.assign("overwritten");
  EXPECT_EQ(text_of(made.path), "/d/x");
  EXPECT_EQ(text_of(made.final_path), "/d/y");
}

} // namespace
} // namespace monster
