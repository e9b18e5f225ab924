// SPDX-License-Identifier: Apache-2.0
#include "policy/linux/sensitive_files.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>
#include <unistd.h>

namespace monster {
namespace {

namespace fs = std::filesystem;

class SensitiveFilesTest : public ::testing::Test {
protected:
  SensitiveFilesTest() {
    std::string name = (fs::temp_directory_path() / "policy-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::system_error(errno, std::generic_category(), name);
    root_ = fs::canonical(name);
    fs::permissions(root_, fs::perms(0755));
  }
  ~SensitiveFilesTest() override { fs::remove_all(root_); }

  void write(const std::string& path) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << "x";
  }
  [[nodiscard]] std::string at(const std::string& path) const { return (root_ / path).string(); }

  SensitiveFiles find(std::vector<std::string> globs, const SensitiveSearchLimits& limits = {}) {
    for (std::string& glob : globs)
      glob = glob.starts_with('!') ? "!" + at(glob.substr(1)) : at(glob);
    return find_sensitive_files(globs, limits, mountinfo_);
  }
  // What was found, below the root, sorted.
  std::vector<std::string> names(const SensitiveFiles& found) {
    std::vector<std::string> names;
    for (const SensitiveFile& file : found.files)
      names.push_back(fs::path(file.path).lexically_relative(root_).string());
    std::ranges::sort(names);
    return names;
  }
  using Names = std::vector<std::string>;

  fs::path root_;
  std::string mountinfo_ = "/proc/self/mountinfo";
};

TEST_F(SensitiveFilesTest, Files_AreFoundWithKernelDeviceAndInode) {
  write("etc/shadow");
  const SensitiveFiles found = find({"etc/shadow", "etc/gshadow"});
  ASSERT_EQ(found.files.size(), 1U);
  struct stat facts{};
  ASSERT_EQ(::stat(at("etc/shadow").c_str(), &facts), 0);
  EXPECT_EQ(found.files[0].inode, facts.st_ino);
  EXPECT_EQ(found.files[0].path, at("etc/shadow"));
  mountinfo_ = "/nonexistent";
  EXPECT_EQ(find({"etc/shadow"}).files[0].device,
            (static_cast<std::uint64_t>(major(facts.st_dev)) << 20) | minor(facts.st_dev));
  EXPECT_EQ(found.unreadable + found.globs_refused, 0U);
}

TEST_F(SensitiveFilesTest, Wildcards_AreExpandedInEveryPart) {
  for (const auto* path : {"home/a/.ssh/id_rsa", "home/a/.ssh/id_rsa.pub", "home/a/.ssh/config", "home/b/.ssh/id_x",
                           "home/b/.ssh/id_dir/file"})
    write(path);
  EXPECT_EQ(names(find({"home/*/.ssh/id_*", "!home/*/.ssh/*.pub"})), (Names{"home/a/.ssh/id_rsa", "home/b/.ssh/id_x"}));
}

TEST_F(SensitiveFilesTest, Exception_TakesFromTheGlobBeforeItOnly) {
  write("a.pub");
  EXPECT_EQ(names(find({"a*", "!*.pub"})), Names{});
  EXPECT_EQ(names(find({"a*", "!*.pub", "*.pub"})), Names{"a.pub"});
}

TEST_F(SensitiveFilesTest, SameInode_IsToldOnce) {
  write("a");
  fs::create_hard_link(root_ / "a", root_ / "b");
  EXPECT_EQ(find({"a", "b", "*"}).files.size(), 1U);
}

TEST_F(SensitiveFilesTest, OnlyRegularFiles_AreTold) {
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  fs::create_directory(root_ / "directory");
  EXPECT_TRUE(find({"*"}).files.empty()); // and does not wait for a writer
}

TEST_F(SensitiveFilesTest, LinkOfRoot_IsFollowed) {
  if (::geteuid() != 0)
    GTEST_SKIP() << "only root makes links that are followed";
  write("real/etc/shadow");
  write("data/u/.ssh/id_1");
  fs::create_directory(root_ / "etc");
  fs::create_symlink("../real/./etc/shadow", root_ / "etc/shadow");
  fs::create_directory_symlink(root_ / "data", root_ / "home");
  // The trust is in the directory that holds the link; the rest of the way begins at the real root.
  EXPECT_EQ(names(find({"etc/shadow"})), Names{"etc/shadow"});
  const SensitiveFiles found = find({"home/u/.ssh/id_*"});
  EXPECT_EQ(names(found), Names{"home/u/.ssh/id_1"});
  EXPECT_EQ(found.links_not_followed, 0U);
}

TEST_F(SensitiveFilesTest, LinkOfOthers_IsCountedAndNotFollowed) {
  write("victim");
  write("shared/x");
  fs::permissions(root_ / "shared", fs::perms(0777));
  fs::create_symlink(root_ / "victim", root_ / "shared/id_rsa");
  fs::create_directory_symlink(root_, root_ / "shared/.ssh");
  const SensitiveFiles found = find({"shared/id_rsa", "shared/.ssh/vic*"});
  EXPECT_TRUE(found.files.empty());
  EXPECT_EQ(found.links_not_followed, 2U);
}

TEST_F(SensitiveFilesTest, LinksInACircle_EndTheSearch) {
  if (::geteuid() != 0)
    GTEST_SKIP() << "only root makes links that are followed";
  fs::create_symlink("b", root_ / "a");
  fs::create_symlink("a", root_ / "b");
  fs::create_directory_symlink(".", root_ / "here");
  write("file");
  EXPECT_EQ(find({"a"}).links_not_followed, 1U);
  EXPECT_EQ(names(find({"here/here/here/file"})), Names{"here/here/here/file"});
}

TEST_F(SensitiveFilesTest, Limits_CutAndCount) {
  for (int i = 0; i < 20; ++i)
    write("d/f" + std::to_string(i));
  SensitiveFiles found = find({"d/*"}, {.files = 5});
  EXPECT_EQ(found.files.size(), 5U);
  EXPECT_EQ(found.files_cut, 15U);
  found = find({"d/*"}, {.entries_of_directory = 7});
  EXPECT_EQ(found.files.size(), 7U);
  EXPECT_EQ(found.directories_cut, 1U);
  EXPECT_EQ(find({"d/*"}, {.entries_of_directory = 20}).directories_cut, 0U);
  found = find({"d/f1", "d/f2"}, {.look_ups = 1});
  EXPECT_EQ(found.globs_cut, 2U);
  EXPECT_TRUE(found.files.empty());
}

TEST_F(SensitiveFilesTest, ManyFilesOfOne_CrowdOutNobody) {
  for (int i = 0; i < 50; ++i)
    write("home/a/.ssh/id_" + std::to_string(i));
  const Names few{"etc/shadow", "home/b/.ssh/id_1", "home/b/.ssh/id_2", "home/c/.ssh/id_1"};
  for (const std::string& path : few)
    write(path);
  Names globs{"home/a/.ssh/id_*", "home/b/.ssh/id_*", "home/c/.ssh/id_*", "etc/shadow"};
  for (int order = 0; order < 2; ++order, std::ranges::reverse(globs)) {
    const SensitiveFiles found = find(globs, {.files = 10});
    const Names all = names(found);
    EXPECT_EQ(all.size(), 10U);
    EXPECT_EQ(found.files_cut, 44U);
    EXPECT_TRUE(std::ranges::includes(all, few));
  }
}

TEST_F(SensitiveFilesTest, ManyDirectoriesOfOne_LeaveTheOthersTheirSearch) {
  for (int i = 0; i < 100; ++i)
    fs::create_directories(root_ / "home/a/p" / std::to_string(i));
  write("home/b/p/0/key");
  const auto parts_above = static_cast<std::size_t>(std::distance(root_.begin(), root_.end()));
  const SensitiveSearchLimits limits{.look_ups = 3 * (parts_above + 20), .look_ups_of_glob = 1};
  const SensitiveFiles found = find({"home/a/p/*/key", "home/a/p/*/*/key", "home/b/p/*/key"}, limits);
  EXPECT_EQ(names(found), Names{"home/b/p/0/key"});
  EXPECT_EQ(found.globs_cut, 2U);
}

TEST_F(SensitiveFilesTest, MountThatMayWait_IsNotEntered) {
  write("net/key");
  write("mountinfo");
  std::ofstream(root_ / "mountinfo") << "1 2 0:3 / " << at("net") << " rw - nfs host:/ rw\n";
  mountinfo_ = at("mountinfo");
  const SensitiveFiles found = find({"net/key", "n*/key"});
  EXPECT_TRUE(found.files.empty());
  EXPECT_EQ(found.waits_avoided, 2U);
}

TEST_F(SensitiveFilesTest, UnusableGlobs_AreCounted) {
  const std::vector<std::string> globs{"relative", "/a/**", "/a/../b", "", "!alone"};
  EXPECT_EQ(find_sensitive_files(globs).globs_refused, 4U); // the last takes away from the one before it
}

} // namespace
} // namespace monster
