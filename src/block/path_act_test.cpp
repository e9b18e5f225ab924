// SPDX-License-Identifier: Apache-2.0
#include "block/path_act.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace monster {
namespace {

constexpr std::uint64_t device = 8;
constexpr std::uint64_t directory_inode = 2;

FileState state_of(std::uint32_t mode) {
  FileState state;
  state.mode = mode;
  return state;
}

TouchedFile directory(std::string_view path = "/d") {
  TouchedFile touched;
  touched.file = {device, directory_inode, 0};
  touched.parent_inode = 1;
  touched.after = state_of(040755);
  touched.path_before = touched.path_after = path;
  return touched;
}

TouchedFile file(std::uint64_t inode, Text before, Text after) {
  TouchedFile touched;
  touched.file = {device, inode, 0};
  touched.parent_inode = directory_inode;
  touched.after = state_of(0100644);
  touched.path_before = before;
  touched.path_after = after;
  return touched;
}

PathAct act_of(PathActKind kind, std::span<const TouchedFile> touched, Text argument1, Text argument2 = {}) {
  PathAct act;
  act.kind = kind;
  act.touched = touched;
  act.argument1 = argument1;
  act.argument2 = argument2;
  act.base1 = act.base2 = "/d";
  return act;
}

TEST(ResolveAct, PathAct_Rename_HasBothTrueNames) {
  const std::vector touched{directory(), file(10, "/d/old", "/d/new")};
  const PathAct act = act_of(PathActKind::rename, touched, "old", "./x/../new");
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.path, "/d/old");
  EXPECT_EQ(resolved.new_path, "/d/new");
  EXPECT_EQ(resolved.source, PathSource::dentry);
  EXPECT_EQ(resolved.file, &touched[1]);
  EXPECT_EQ(resolved.replaced, nullptr);
}

TEST(ResolveAct, PathAct_RenameOverTarget_NamesTheReplacedFile) {
  for (const bool replaced_first : {false, true}) {
    std::vector touched{directory(), file(10, "/d/old", "/d/new"), file(11, "/d/new", {})};
    if (replaced_first)
      std::swap(touched[1], touched[2]);
    const PathAct act = act_of(PathActKind::rename, touched, "old", "new");
    const ResolvedAct resolved = resolve(act);
    ASSERT_TRUE(resolved.file != nullptr && resolved.replaced != nullptr);
    EXPECT_EQ(resolved.file->file.inode, 10U);
    EXPECT_EQ(resolved.replaced->file.inode, 11U);
    EXPECT_EQ(resolved.path, "/d/old");
    EXPECT_EQ(resolved.new_path, "/d/new");
  }
}

TEST(ResolveAct, PathAct_RenameExchange_NamesBothFiles) {
  const std::vector touched{directory(), file(10, "/d/a", "/d/b"), file(11, "/d/b", "/d/a")};
  PathAct act = act_of(PathActKind::rename, touched, "a", "b");
  act.call_flags = 2;
  EXPECT_TRUE(is_exchange(act));
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.file, &touched[1]);
  EXPECT_EQ(resolved.replaced, &touched[2]);
  act.kind = PathActKind::link;
  EXPECT_FALSE(is_exchange(act));
}

TEST(ResolveAct, PathAct_RenameSeenThroughALink_TakesTheKernelsName) {
  const std::vector touched{directory("/real"), file(10, "/real/old", "/real/new")};
  const ResolvedAct resolved = resolve(act_of(PathActKind::rename, touched, "/link/old", "/link/new"));
  EXPECT_EQ(resolved.path, "/real/old");
  EXPECT_EQ(resolved.new_path, "/real/new");
  EXPECT_EQ(resolved.argument1, "/link/old");
  EXPECT_EQ(resolved.argument2, "/link/new");
}

TEST(ResolveAct, PathAct_RenameWithoutInodes_IsWhatTheCallerWrote) {
  const ResolvedAct resolved = resolve(act_of(PathActKind::rename, {}, "old", "/e/new"));
  EXPECT_EQ(resolved.path, "/d/old");
  EXPECT_EQ(resolved.new_path, "/e/new");
  EXPECT_EQ(resolved.source, PathSource::argument);
  EXPECT_EQ(resolved.file, nullptr);
}

TEST(ResolveAct, PathAct_ArgumentUnreadable_HasNoPath) {
  const ResolvedAct resolved = resolve(act_of(PathActKind::rename, {}, {}, {}));
  EXPECT_TRUE(resolved.path.empty() && resolved.new_path.empty());
}

TEST(ResolveAct, PathAct_RelativeArgumentWithoutBase_IsNotMadeAbsolute) {
  PathAct act = act_of(PathActKind::unlink, {}, "x");
  act.base1 = Text{};
  EXPECT_EQ(resolve(act).path, "x");
  act.argument1 = "/x";
  EXPECT_EQ(resolve(act).path, "/x");
}

TEST(ResolveAct, PathAct_Unlink_IsTheFileNotItsDirectory) {
  const std::vector touched{file(10, "/d/gone", {}), directory()};
  const PathAct act = act_of(PathActKind::unlink, touched, "gone");
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.file, &touched[0]);
  EXPECT_EQ(resolved.path, "/d/gone");
  EXPECT_EQ(resolved.source, PathSource::dentry);
}

TEST(ResolveAct, PathAct_UnlinkOfAHardLink_KeepsTheCallersName) {
  const std::vector touched{file(10, "/d/other_name", "/d/other_name"), directory()};
  const PathAct act = act_of(PathActKind::unlink, touched, "gone");
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.file, &touched[0]);
  EXPECT_EQ(resolved.path, "/d/gone");
  EXPECT_EQ(resolved.source, PathSource::argument);
}

// Another thread wrote other names where the call had read its own.
TEST(ResolveAct, PathAct_RenameWithFalseArguments_TakesTheKernelsNames) {
  const std::vector touched{directory(), file(10, "/d/old", "/d/new")};
  const ResolvedAct resolved = resolve(act_of(PathActKind::rename, touched, "lie", "lie too"));
  EXPECT_EQ(resolved.path, "/d/old");
  EXPECT_EQ(resolved.new_path, "/d/new");
  EXPECT_EQ(resolved.source, PathSource::dentry);
  EXPECT_EQ(resolved.file, &touched[1]);
}

TEST(ResolveAct, PathAct_RenameOverTargetWithFalseArguments_KnowsWhichWasReplaced) {
  const std::vector touched{directory(), file(11, "/d/new", {}), file(10, "/d/old", "/d/new")};
  const ResolvedAct resolved = resolve(act_of(PathActKind::rename, touched, "new", "old"));
  EXPECT_EQ(resolved.file, &touched[2]);
  EXPECT_EQ(resolved.replaced, &touched[1]);
  EXPECT_EQ(resolved.path, "/d/old");
}

TEST(ResolveAct, PathAct_UnlinkAndMkdirWithFalseArguments_TakeTheKernelsNames) {
  const std::vector gone{file(10, "/d/gone", {}), directory()};
  const ResolvedAct unlinked = resolve(act_of(PathActKind::unlink, gone, "lie"));
  EXPECT_EQ(unlinked.path, "/d/gone");
  EXPECT_EQ(unlinked.file, &gone[0]);
  const std::vector made{directory(), file(10, {}, "/d/made")};
  const ResolvedAct resolved = resolve(act_of(PathActKind::mkdir, made, "lie"));
  EXPECT_EQ(resolved.path, "/d/made");
  EXPECT_EQ(resolved.source, PathSource::dentry);
}

TEST(ResolveAct, PathAct_RenameWithNameTooLongToKeep_IsKnownByItsNewName) {
  TouchedFile moved = file(10, {}, "/d/new");
  moved.path_after_truncated = true;
  const std::vector touched{directory(), moved};
  PathAct act = act_of(PathActKind::rename, touched, "old", "new");
  act.argument1_truncated = true;
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.file, &touched[1]);
  EXPECT_EQ(resolved.source, PathSource::argument);
  EXPECT_TRUE(resolved.path_truncated && resolved.new_path_truncated);
}

TEST(ResolveAct, PathAct_UnlinkWithTwoCandidates_NamesNeither) {
  const std::vector touched{file(10, "/d/a", {}), file(11, "/d/b", {}), directory()};
  const PathAct act = act_of(PathActKind::unlink, touched, "gone");
  EXPECT_EQ(resolve(act).file, nullptr);
}

TEST(ResolveAct, PathAct_UnlinkOnOtherDevice_ParentIsNotMatchedByInodeAlone) {
  std::vector touched{file(10, "/d/gone", {}), directory()};
  touched[1].file.device = device + 1;
  const PathAct act = act_of(PathActKind::unlink, touched, "gone");
  EXPECT_EQ(resolve(act).source, PathSource::argument);
}

TEST(ResolveAct, PathAct_Link_IsANewNameOfTheOldFile) {
  const std::vector touched{file(10, "/d/old", "/d/new"), directory()};
  const PathAct act = act_of(PathActKind::link, touched, "old", "new");
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.file, &touched[0]);
  EXPECT_EQ(resolved.path, "/d/new");
  EXPECT_EQ(resolved.target, "/d/old");
}

TEST(ResolveAct, PathAct_LinkToldUnderItsOldName_KeepsTheCallersName) {
  const std::vector touched{file(10, "/d/old", "/d/old"), directory()};
  const PathAct act = act_of(PathActKind::link, touched, "old", "new");
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.file, &touched[0]);
  EXPECT_EQ(resolved.path, "/d/new");
  EXPECT_EQ(resolved.source, PathSource::argument);
}

TEST(ResolveAct, PathAct_Symlink_TargetIsWordForWord) {
  const std::vector touched{directory(), file(10, {}, "/d/name")};
  const PathAct act = act_of(PathActKind::symlink, touched, "../not/./resolved", "name");
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.target, "../not/./resolved");
  EXPECT_EQ(resolved.path, "/d/name");
  EXPECT_EQ(resolved.file, &touched[1]);
}

TEST(ResolveAct, PathAct_Mkdir_IsTheNewDirectoryNotItsParent) {
  std::vector touched{directory(), file(10, {}, "/d/made")};
  touched[1].after->mode = 040755;
  const PathAct act = act_of(PathActKind::mkdir, touched, "made");
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.file, &touched[1]);
  EXPECT_EQ(resolved.path, "/d/made");
  EXPECT_EQ(resolved.source, PathSource::dentry);
}

TEST(ResolveAct, PathAct_Change_IsTheInodeThatWasTouched) {
  const std::vector touched{file(10, "/d/x", "/d/x")};
  const PathAct act = act_of(PathActKind::chmod, touched, "/link/x");
  const ResolvedAct resolved = resolve(act);
  EXPECT_EQ(resolved.file, &touched[0]);
  EXPECT_EQ(resolved.path, "/d/x");
  EXPECT_EQ(resolve(act_of(PathActKind::chmod, {}, "y")).path, "/d/y");
}

TEST(TrueKind, UnlinkatWithRemovedir_IsRmdir) {
  PathAct act = act_of(PathActKind::unlink, {}, "x");
  EXPECT_EQ(true_kind(act), PathActKind::unlink);
  act.call_flags = 0x200;
  EXPECT_EQ(true_kind(act), PathActKind::rmdir);
  act.kind = PathActKind::link;
  EXPECT_EQ(true_kind(act), PathActKind::link);
}

TEST(PathActName, EveryKind_HasItsOwn) {
  EXPECT_EQ(name_of(PathActKind::rename), "rename");
  EXPECT_EQ(name_of(PathActKind::mknod), "mknod");
  EXPECT_EQ(name_of(PathActKind::truncate), "truncate");
  EXPECT_EQ(name_of(PathActKind::utimes), "utimes");
  EXPECT_EQ(name_of(PathActKind::setflags), "setflags");
}

} // namespace
} // namespace monster
