// SPDX-License-Identifier: Apache-2.0
#include "host/linux/cached_directory.hpp"

#include "host/linux/made_up_root.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace monster {
namespace {

const Pid self{static_cast<std::uint32_t>(::getpid())};

class CachedDirectory : public testing::Test {
protected:
  // Made just now, so the kernel has all of it at hand.
  CachedDirectory() {
    root_.write("real/file", "x");
    root_.link("link", "real");
  }
  MadeUpRoot root_;
};

TEST_F(CachedDirectory, Directory_IsNamedWithItsDeviceAndInode) {
  struct stat status{};
  ASSERT_EQ(::stat(root_.at("real").c_str(), &status), 0);
  const auto found = find_cached_directory(self, root_.at("real/"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->path, std::filesystem::canonical(root_.at("real")));
  EXPECT_EQ(found->inode, status.st_ino);
  EXPECT_EQ(found->device, (std::uint64_t{major(status.st_dev)} << 20) | minor(status.st_dev)); // as super_block::s_dev
}

TEST_F(CachedDirectory, SymbolicLink_LeadsToItsTrueName) {
  ASSERT_TRUE(std::filesystem::exists(root_.at("link/file"))); // the kernel now has the link too
  const auto found = find_cached_directory(self, root_.at("link"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->path, std::filesystem::canonical(root_.at("real")));
}

TEST_F(CachedDirectory, FileOrNothingThere_IsNotFound) {
  EXPECT_FALSE(find_cached_directory(self, root_.at("real/file")).has_value());
  EXPECT_FALSE(find_cached_directory(self, root_.at("none")).has_value());
  EXPECT_FALSE(find_cached_directory(self, "").has_value());
}

TEST_F(CachedDirectory, ProcessGone_IsNotFoundInTheAgentsOwnTree) {
  constexpr Pid nobody{0x7ffffffe};
  EXPECT_FALSE(find_cached_directory(nobody, root_.at("real")).has_value());
  EXPECT_FALSE(find_cached_directory(nobody, ".").has_value());
}

TEST_F(CachedDirectory, AboveTheRoot_StaysInIt) {
  const auto found = find_cached_directory(self, "/../../..");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->path, "/");
}

TEST_F(CachedDirectory, AskedAgain_IsAsItWasUntilForgotten) {
  RecentDirectories directories;
  ASSERT_TRUE(directories.find(self, root_.at("real")).has_value());
  std::filesystem::rename(root_.at("real"), root_.at("other"));
  EXPECT_TRUE(directories.find(self, root_.at("real")).has_value());
  EXPECT_TRUE(directories.find(self, root_.at("other")).has_value());
  directories.forget();
  EXPECT_FALSE(directories.find(self, root_.at("real")).has_value());
}

TEST_F(CachedDirectory, AnotherProcess_IsAskedForItself) {
  constexpr Pid nobody{0x7ffffffe};
  RecentDirectories directories;
  ASSERT_TRUE(directories.find(self, root_.at("real")).has_value());
  EXPECT_FALSE(directories.find(nobody, root_.at("real")).has_value());
}

TEST_F(CachedDirectory, MoreThanItRemembers_AreStillFound) {
  RecentDirectories directories;
  for (std::size_t i = 0; i < 2 * RecentDirectories::most; ++i)
    static_cast<void>(directories.find(self, root_.at("none") + std::to_string(i)));
  EXPECT_TRUE(directories.find(self, root_.at("real")).has_value());
}

TEST_F(CachedDirectory, MagicLink_IsNotFollowed) {
  EXPECT_FALSE(find_cached_directory(self, "/proc/self/cwd").has_value());
  EXPECT_FALSE(find_cached_directory(self, "/proc/self/root/etc").has_value());
}

} // namespace
} // namespace monster
