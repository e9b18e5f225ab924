// SPDX-License-Identifier: Apache-2.0
#include "block/file_blocks.hpp"

#include <gtest/gtest.h>
#include <map>

namespace monster {
namespace {

std::string text_of(Text text) { return text.is_null() ? "(null)" : std::string(text.bytes()); }

FileState state_of(std::uint32_t mode) {
  FileState state;
  state.mode = mode;
  return state;
}

// Keeps what does not lie below /drop; sensitive is what lies below /secret.
class MadeUpJudge final : public FileJudge {
public:
  bool keeps(const Actor&, std::string_view path, std::string_view final_path, std::uint32_t) const override {
    ++asked;
    return !path.starts_with("/drop") || (!final_path.empty() && !final_path.starts_with("/drop"));
  }
  bool is_sensitive(std::string_view path) const override { return path.starts_with("/secret"); }
  std::optional<SeenDirectory> directory(const Actor&, const std::string& path) override {
    const auto known = directories.find(path);
    return known == directories.end() ? std::nullopt : std::optional(known->second);
  }

  mutable int asked = 0;
  std::map<std::string, SeenDirectory> directories;
};

class Blocks : public testing::Test {
protected:
  static constexpr ClockOffset offset{1'000};

  static OpenFile open_file(std::uint64_t object, std::string_view path = "/d/x") {
    OpenFile file;
    file.object = object;
    file.open_time = {100};
    file.opener.process = {{50}, {60}, 1};
    file.file = {8, 9, 1};
    file.writable = true;
    file.before.mode = 0100644;
    file.path = path;
    return file;
  }
  static FileBlockTold block_of(const OpenFile& file) {
    FileBlockTold told;
    told.file = file;
    told.after = file.before;
    return told;
  }
  void open(const OpenFile& file) { blocks_.opened(seen_, {file}, offset, out_); }
  void tell(const FileBlockTold& told) { blocks_.told(seen_, told, offset, out_); }
  void act(const PathAct& act) { blocks_.path_act(seen_, act, offset, out_); }

  template <class E> const E* made(std::size_t i) const {
    return i < events_.size() ? std::get_if<E>(&events_[i].payload) : nullptr;
  }
  [[nodiscard]] BlockKey key(std::uint64_t object) const { return keys_.block(object); }

  KeyMaker keys_{{1, 2}, {3}, {4, 5}};
  MadeUpJudge judge_;
  FileBlocks blocks_{keys_, judge_};
  Arena arena_;
  std::vector<MadeEvent> events_;
  BlockOutput out_{arena_, events_};
  Observation seen_{{200}, {{{51}, {61}, 1}, {52}}, FileOpened{}};
};

TEST_F(Blocks, FileOpened_Created_IsTold2012And2030AtTheTimeOfTheOpen) {
  OpenFile file = open_file(7);
  file.created = true;
  open(file);
  ASSERT_EQ(events_.size(), 2U);
  ASSERT_TRUE(made<FileCreate>(0) != nullptr && made<FileCreateNew>(1) != nullptr);
  for (const MadeEvent& event : events_) {
    EXPECT_EQ(event.block, key(7));
    EXPECT_EQ(event.time, BootTime{100});
    EXPECT_EQ(event.actor.process, file.opener.process);
  }
  EXPECT_EQ(text_of(made<FileCreateNew>(1)->path), "/d/x");
  EXPECT_EQ(made<FileCreateNew>(1)->file_key, keys_.of(file.file));
}

TEST_F(Blocks, FileOpened_NotCreated_Has2012Only) {
  open(open_file(7));
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_NE(made<FileCreate>(0), nullptr);
}

TEST_F(Blocks, FileBlock_LastClose_IsToldWithItsCloseByWhoClosed) {
  open(open_file(7));
  tell(block_of(open_file(7)));
  ASSERT_EQ(events_.size(), 3U);
  const FileBlock* block = made<FileBlock>(1);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(events_[1].actor.process, (ProcessIdentity{{50}, {60}, 1})); // whose handle it was
  EXPECT_EQ(block->close_time, WallTime{1'200});
  ASSERT_NE(made<FileClose>(2), nullptr);
  EXPECT_EQ(events_[2].actor.process, seen_.actor.process); // who closed it last
  EXPECT_EQ(text_of(made<FileClose>(2)->path), "/d/x");
  EXPECT_EQ(events_[1].block, key(7));
  EXPECT_EQ(events_[2].block, key(7));
  EXPECT_EQ(blocks_.open().size(), 0U);
}

TEST_F(Blocks, FileBlock_RenamedWhileOpen_ClosesUnderItsLastName) {
  FileBlockTold told = block_of(open_file(7));
  told.renamed = true;
  told.final_path = "/d/y";
  tell(told);
  EXPECT_EQ(text_of(made<FileBlock>(0)->path), "/d/x");
  EXPECT_EQ(text_of(made<FileBlock>(0)->final_path), "/d/y");
  EXPECT_EQ(text_of(made<FileClose>(1)->path), "/d/y");
}

TEST_F(Blocks, FileBlock_Interim_HasNoCloseAndKeepsItsState) {
  open(open_file(7));
  FileBlockTold told = block_of(open_file(7));
  told.interim = true;
  tell(told);
  tell(told);
  ASSERT_EQ(events_.size(), 3U);
  EXPECT_FALSE(made<FileBlock>(1)->close_time.has_value());
  EXPECT_EQ(made<FileBlock>(2)->state, BlockState::open);
  EXPECT_EQ(blocks_.open().size(), 1U);
}

TEST_F(Blocks, FileBlock_AndItsDetails_ShareTheFirstVerdict) {
  open(open_file(7, "/drop/x"));
  EXPECT_EQ(out_.filtered, 1U);
  FileBlockTold told = block_of(open_file(7, "/drop/x"));
  told.final_path = "/keep/x"; // alone it would be kept
  tell(told);
  EXPECT_TRUE(events_.empty());
  EXPECT_EQ(out_.filtered, 3U); // its block and its close too
  EXPECT_EQ(judge_.asked, 1);
}

TEST_F(Blocks, FileBlock_Dropped_CountsWhatItWouldHaveTold) {
  OpenFile file = open_file(7, "/drop/x");
  file.created = true;
  open(file);
  EXPECT_EQ(out_.filtered, 2U);
  FileBlockTold told = block_of(file);
  told.interim = true;
  tell(told);
  EXPECT_EQ(out_.filtered, 3U);
}

TEST_F(Blocks, FileBlock_OpenNotSeen_IsJudgedAtItsEnd) {
  tell(block_of(open_file(7)));
  EXPECT_EQ(events_.size(), 2U);
  tell(block_of(open_file(8, "/drop/x")));
  EXPECT_EQ(events_.size(), 2U);
  EXPECT_EQ(out_.filtered, 2U);
}

TEST_F(Blocks, FileBlock_NothingWorthTelling_IsForgottenInSilence) {
  blocks_.attribute_named(seen_, {7, "user.x"});
  FileBlockTold told = block_of(open_file(7));
  told.kept = false;
  tell(told);
  EXPECT_TRUE(events_.empty());
  EXPECT_EQ(out_.filtered, 0U);
  EXPECT_EQ(blocks_.open().size(), 0U);
}

TEST_F(Blocks, FileBlock_LongPath_IsTheOneThatCameBefore) {
  const std::string path = "/" + std::string(3000, 'p');
  blocks_.long_path(seen_, {7, Text(path)});
  OpenFile file = open_file(7, {});
  file.path = Text{};
  file.long_path = true;
  open(file);
  tell(block_of(file));
  EXPECT_EQ(text_of(made<FileCreate>(0)->path), path);
  EXPECT_EQ(text_of(made<FileBlock>(1)->path), path);
  EXPECT_EQ(text_of(made<FileClose>(2)->path), path);
}

TEST_F(Blocks, FileBlock_LongPathLost_IsUnknown) {
  OpenFile file = open_file(7);
  file.path = Text{};
  file.long_path = true;
  open(file);
  EXPECT_EQ(text_of(made<FileCreate>(0)->path), "(null)");
}

TEST_F(Blocks, FileBlock_AttributesNamed_AreBoundedAndListed) {
  open(open_file(7));
  const auto name = [this](const std::string& text) { blocks_.attribute_named(seen_, {7, Text(text)}); };
  for (const int count : {40, 40}) // the second time each is known
    for (int i = 0; i < count; ++i)
      name("user." + std::to_string(i));
  blocks_.attribute_named(seen_, {7, Text{}});
  tell(block_of(open_file(7)));
  EXPECT_EQ(made<FileBlock>(1)->xattrs_changed.size(), 32U);
  EXPECT_EQ(text_of(made<FileBlock>(1)->xattrs_changed[31]), "user.31");
  EXPECT_TRUE(made<FileBlock>(1)->xattrs_truncated);
}

TEST_F(Blocks, FileBlock_AttributesThatFit_AreAll) {
  open(open_file(7));
  for (int i = 0; i < 100; ++i)
    blocks_.attribute_named(seen_, {7, "user.x"});
  tell(block_of(open_file(7)));
  EXPECT_EQ(made<FileBlock>(1)->xattrs_changed.size(), 1U);
  EXPECT_FALSE(made<FileBlock>(1)->xattrs_truncated);
}

TEST_F(Blocks, FileBlock_CutPaths_SayItInEveryEvent) {
  OpenFile file = open_file(7);
  file.path_truncated = file.created = true;
  open(file);
  EXPECT_TRUE(made<FileCreate>(0)->path_truncated);
  EXPECT_TRUE(made<FileCreateNew>(1)->path_truncated);
  FileBlockTold told = block_of(file);
  told.final_path = "/e/y";
  told.incomplete = true;
  tell(told);
  EXPECT_TRUE(made<FileBlock>(2)->path_truncated);
  EXPECT_FALSE(made<FileBlock>(2)->final_path_truncated || made<FileBlock>(2)->complete);
  EXPECT_FALSE(made<FileClose>(3)->path_truncated); // the name at the end is whole
}

TEST_F(Blocks, FileBlock_LongPathLost_IsNotComplete) {
  OpenFile file = open_file(7);
  file.long_path = true;
  file.path = Text{};
  open(file);
  tell(block_of(file));
  EXPECT_TRUE(made<FileBlock>(1)->path.is_null());
  EXPECT_FALSE(made<FileBlock>(1)->complete);
}

TEST_F(Blocks, FileBlock_ModeToldEarlier_IsTheModeBeforeALaterChange) {
  tell(block_of(open_file(7)));
  TouchedFile touched;
  touched.file = {8, 9, 1};
  touched.after = state_of(0100755);
  touched.path_after = "/d/x";
  PathAct chmod;
  chmod.kind = PathActKind::chmod;
  chmod.object = 20;
  chmod.touched = {&touched, 1};
  act(chmod);
  const FileBlock* changed = made<FileBlock>(2);
  ASSERT_NE(changed, nullptr);
  EXPECT_EQ(changed->mode_before, 0644U);
  EXPECT_TRUE(changed->made_executable);
  EXPECT_EQ(events_[2].block, key(20));
}

// A rename of /d/x, which file 9 is, to /d/y.
struct RenameOfX {
  RenameOfX() {
    touched[0].file = {8, 2, 1};
    touched[0].after = state_of(040755);
    touched[0].path_before = touched[0].path_after = "/d";
    touched[1].file = {8, 9, 1};
    touched[1].parent_inode = 2;
    touched[1].after = state_of(0100644);
    touched[1].path_before = "/d/x";
    touched[1].path_after = "/d/y";
    act.object = 20;
    act.touched = touched;
    act.argument1 = "/d/x";
    act.argument2 = "/d/y";
  }
  TouchedFile touched[2];
  PathAct act;
};

TEST_F(Blocks, Rename_WithoutAHandle_IsABlockOfItsOwnWithItsDetail) {
  const RenameOfX rename;
  act(rename.act);
  ASSERT_EQ(events_.size(), 2U);
  ASSERT_TRUE(made<FileBlock>(0) != nullptr && made<FileRename>(1) != nullptr);
  EXPECT_EQ(events_[0].block, key(20));
  EXPECT_EQ(events_[1].block, key(20));
  EXPECT_EQ(text_of(made<FileRename>(1)->new_path), "/d/y");
}

TEST_F(Blocks, Rename_ByWhoHasItOpen_BelongsToThatBlock) {
  const RenameOfX rename;
  open(open_file(7));
  seen_.actor.process = {{50}, {60}, 1};
  act(rename.act);
  ASSERT_EQ(events_.size(), 2U);
  ASSERT_NE(made<FileRename>(1), nullptr);
  EXPECT_EQ(events_[1].block, key(7));
}

TEST_F(Blocks, Rename_ByAnotherProcess_IsABlockOfItsOwn) {
  const RenameOfX rename;
  open(open_file(7));
  act(rename.act);
  ASSERT_EQ(events_.size(), 3U);
  EXPECT_EQ(events_[2].block, key(20));
}

TEST_F(Blocks, Rename_AfterTheClose_IsABlockOfItsOwn) {
  const RenameOfX rename;
  seen_.actor.process = {{50}, {60}, 1};
  open(open_file(7));
  tell(block_of(open_file(7)));
  act(rename.act);
  EXPECT_EQ(events_.back().block, key(20));
}

TEST_F(Blocks, Rename_OneOfTwoHandlesClosed_BelongsToTheOther) {
  const RenameOfX rename;
  seen_.actor.process = {{50}, {60}, 1};
  open(open_file(7));
  open(open_file(8));
  tell(block_of(open_file(7)));
  act(rename.act);
  EXPECT_EQ(events_.back().block, key(8));
}

TEST_F(Blocks, Rename_Dropped_CountsBlockAndDetail) {
  PathAct rename;
  rename.argument1 = "/drop/x";
  rename.argument2 = "/drop/y";
  act(rename);
  EXPECT_TRUE(events_.empty());
  EXPECT_EQ(out_.filtered, 2U);
}

TEST_F(Blocks, Rename_ThroughALink_HasTheNamesThatTheCallerSees) {
  RenameOfX rename;
  rename.act.argument1 = "/bind/x";
  rename.act.argument2 = "/bind/y";
  judge_.directories["/bind/"] = {"/mounted", 8, 2}; // the directory that was touched
  act(rename.act);
  EXPECT_EQ(text_of(made<FileRename>(1)->path), "/mounted/x");
  EXPECT_EQ(text_of(made<FileRename>(1)->new_path), "/mounted/y");
}

TEST_F(Blocks, Rename_CallersDirectoryIsAnother_KeepsTheKernelsName) {
  RenameOfX rename;
  rename.act.argument1 = "/bind/x";
  judge_.directories["/bind/"] = {"/elsewhere", 8, 77};
  act(rename.act);
  EXPECT_EQ(text_of(made<FileRename>(1)->path), "/d/x");
}

TEST_F(Blocks, Setxattr_OfAnOpenFile_IsNamedInItsBlock) {
  TouchedFile touched;
  touched.file = {8, 9, 1};
  PathAct setxattr;
  setxattr.kind = PathActKind::setxattr;
  setxattr.touched = {&touched, 1};
  setxattr.name = "user.x";
  open(open_file(7));
  seen_.actor.process = {{50}, {60}, 1};
  act(setxattr);
  EXPECT_EQ(events_.size(), 1U);
  tell(block_of(open_file(7)));
  ASSERT_EQ(made<FileBlock>(1)->xattrs_changed.size(), 1U);
}

TEST_F(Blocks, OpenRefused_OfASensitiveFile_IsABlockAndItsDetail) {
  OpenRefused refused{13, 1, "shadow", "/secret"};
  blocks_.refused(seen_, refused, offset, out_);
  blocks_.refused(seen_, refused, offset, out_);
  ASSERT_EQ(events_.size(), 4U);
  const FileBlock* block = made<FileBlock>(0);
  const FileCreate* create = made<FileCreate>(1);
  ASSERT_TRUE(block != nullptr && create != nullptr);
  EXPECT_EQ(text_of(block->path), "/secret/shadow");
  EXPECT_EQ(text_of(block->operation), "open_refused");
  EXPECT_EQ(block->path_source, PathSource::argument);
  EXPECT_EQ(text_of(create->result), "EACCES");
  EXPECT_FALSE(create->create_result.has_value());
  EXPECT_EQ(events_[0].block, events_[1].block);
  EXPECT_NE(events_[0].block, events_[2].block);
}

TEST_F(Blocks, OpenRefused_OfAnOrdinaryFile_IsFiltered) {
  blocks_.refused(seen_, {13, 0, "/tmp/x", {}}, offset, out_);
  EXPECT_TRUE(events_.empty());
  EXPECT_EQ(out_.filtered, 1U);
}

TEST_F(Blocks, OpenRefused_RelativeWithoutBase_IsNotTakenForAnAbsolutePath) {
  blocks_.refused(seen_, {13, 0, "secret", {}}, offset, out_);
  EXPECT_TRUE(events_.empty());
  EXPECT_EQ(out_.filtered, 1U);
}

TEST_F(Blocks, Rename_NewerOfTwoHandlesClosed_BelongsToTheOlder) {
  const RenameOfX rename;
  seen_.actor.process = {{50}, {60}, 1};
  open(open_file(7));
  open(open_file(8));
  tell(block_of(open_file(8)));
  act(rename.act);
  EXPECT_EQ(events_.back().block, key(7));
}

TEST_F(Blocks, Rename_AnotherProcessOpenedItLater_BelongsToTheCallersHandle) {
  const RenameOfX rename;
  seen_.actor.process = {{50}, {60}, 1};
  open(open_file(7));
  OpenFile others = open_file(8);
  others.opener.process = {{77}, {60}, 1};
  open(others);
  act(rename.act);
  EXPECT_EQ(events_.back().block, key(7));
}

TEST_F(Blocks, Rename_NewestHandleIsDropped_BelongsToTheOneThatIsKept) {
  const RenameOfX rename;
  seen_.actor.process = {{50}, {60}, 1};
  open(open_file(7));
  open(open_file(8, "/drop/x"));
  act(rename.act);
  EXPECT_EQ(events_.back().block, key(7));
}

TEST_F(Blocks, Interim_AfterItsLastClose_IsNotRemembered) {
  FileBlockTold told = block_of(open_file(7));
  told.interim = true;
  tell(told);
  EXPECT_EQ(blocks_.open().size(), 0U);
}

TEST_F(Blocks, OpenHandles_BeyondTheLimit_AreCountedAndStillTold) {
  for (std::uint64_t object = 1; object <= OpenBlocks::max_blocks + 2; ++object)
    blocks_.attribute_named(seen_, {object, "u"});
  EXPECT_EQ(blocks_.open().size(), OpenBlocks::max_blocks);
  EXPECT_EQ(blocks_.open().counts().not_remembered, 2U);
  tell(block_of(open_file(OpenBlocks::max_blocks + 2)));
  ASSERT_NE(made<FileBlock>(0), nullptr);
  EXPECT_EQ(made<FileBlock>(0)->xattrs_changed.size(), 0U);
}

} // namespace
} // namespace monster
