// SPDX-License-Identifier: Apache-2.0
#include "host/linux/file_digest.hpp"

#include "host/linux/made_up_root.hpp"
#include "host/linux/referenced_file.hpp"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

namespace monster {
namespace {

// FIPS 180-2 appendix B.1 and RFC 1321 appendix A.5, of "abc".
constexpr std::string_view sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view md5_of_abc = "900150983cd24fb0d6963f7d28e17f72";

template <std::size_t N> std::string hex(const std::array<std::uint8_t, N>& bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes)
    text += fmt::format("{:02x}", byte);
  return text;
}

class FileDigest : public testing::Test {
protected:
  DigestOutcome digest(const FileReference& file) { return digester_.digest(file, stop_); }

  MadeUpRoot root_;
  std::atomic<bool> stop_ = false;
  FileDigester digester_{{}};
};

TEST_F(FileDigest, RegularFile_HasBothDigests) {
  root_.write("f", "abc");
  const DigestOutcome outcome = digest(reference_of(root_.at("f")));
  EXPECT_EQ(outcome.status, HashStatus::ok);
  ASSERT_TRUE(outcome.digests);
  EXPECT_EQ(hex(outcome.digests->sha256.bytes), sha256_of_abc);
  ASSERT_TRUE(outcome.digests->md5);
  EXPECT_EQ(hex(outcome.digests->md5->bytes), md5_of_abc);
  EXPECT_TRUE(outcome.on_host_path);
  EXPECT_FALSE(outcome.touched_since);
}

TEST_F(FileDigest, Device_IsInTheKernelsEncoding) {
  root_.write("f", "abc");
  struct stat facts{};
  ASSERT_EQ(::stat(root_.at("f").c_str(), &facts), 0);
  const std::uint64_t expected = (static_cast<std::uint64_t>(major(facts.st_dev)) << 20) | minor(facts.st_dev);
  EXPECT_EQ(reference_of(root_.at("f")).identity.device, expected);
}

TEST_F(FileDigest, ReplacedFile_IsGone) {
  root_.write("f", "abc");
  const FileReference before = reference_of(root_.at("f"));
  root_.write("f", "abc");
  EXPECT_EQ(digest(before).status, HashStatus::gone);
}

TEST_F(FileDigest, OtherContentInTheSameInode_IsGone) {
  root_.write("f", "abc");
  const FileReference before = reference_of(root_.at("f"));
  std::ofstream(root_.at("f")) << "abcd";
  EXPECT_EQ(digest(before).status, HashStatus::gone);
}

TEST_F(FileDigest, WriteWithTimeSetBack_IsTold) {
  root_.write("f", "abc");
  const FileReference before = reference_of(root_.at("f"));
  ::usleep(20'000);
  std::ofstream(root_.at("f")) << "xyz";
  const std::int64_t ns = before.mtime_ns;
  const timespec mtime{ns / 1'000'000'000, ns % 1'000'000'000};
  const timespec times[2] = {mtime, mtime};
  ASSERT_EQ(::utimensat(AT_FDCWD, root_.at("f").c_str(), times, 0), 0);
  const DigestOutcome outcome = digest(before);
  EXPECT_EQ(outcome.status, HashStatus::ok);
  EXPECT_TRUE(outcome.touched_since);
}

TEST_F(FileDigest, OtherDeviceOrMissing_IsGone) {
  root_.write("f", "abc");
  FileReference file = reference_of(root_.at("f"));
  file.identity.device += 1;
  EXPECT_EQ(digest(file).status, HashStatus::gone);
  file.fs_magic = OVERLAYFS_SUPER_MAGIC;
  EXPECT_EQ(digest(file).status, HashStatus::ok) << "a layer's device is not the super block's";
  file = reference_of(root_.at("f"));
  file.path = root_.at("none");
  EXPECT_EQ(digest(file).status, HashStatus::gone);
}

TEST_F(FileDigest, FifoDirectoryAndSymlink_AreNeverRead) {
  ASSERT_EQ(::mkfifo(root_.at("fifo").c_str(), 0600), 0);
  EXPECT_EQ(digest(reference_of(root_.at("fifo"))).status, HashStatus::unreadable);
  EXPECT_EQ(digest(reference_of(root_.path())).status, HashStatus::unreadable);
  root_.write("f", "abc");
  root_.link("link", "f");
  FileReference file = reference_of(root_.at("f"));
  file.path = root_.at("link");
  EXPECT_EQ(digest(file).status, HashStatus::gone);
}

TEST_F(FileDigest, PathThroughAMagicLink_IsNotFollowed) {
  root_.write("f", "abc");
  FileReference file = reference_of(root_.at("f"));
  file.path = "/proc/self/root" + root_.at("f");
  EXPECT_EQ(digest(file).status, HashStatus::gone);
}

TEST_F(FileDigest, LargeRemoteAndPseudoFiles_AreNotRead) {
  FileDigester small({.max_size = 2, .roots = {}});
  root_.write("f", "abc");
  EXPECT_EQ(small.digest(reference_of(root_.at("f")), stop_).status, HashStatus::too_large);
  FileReference file = reference_of(root_.at("f"));
  file.fs_magic = FUSE_SUPER_MAGIC;
  EXPECT_EQ(digest(file).status, HashStatus::remote);
  EXPECT_EQ(digest(reference_of("/proc/self/status")).status, HashStatus::unreadable);
  EXPECT_EQ(file_system_kind(0x6969), FileSystemKind::remote);
  EXPECT_EQ(file_system_kind(EXT4_SUPER_MAGIC), FileSystemKind::local);
}

TEST_F(FileDigest, StopFlag_EndsTheReading) {
  root_.write("f", std::string(1 << 20, 'x'));
  stop_ = true;
  EXPECT_EQ(digest(reference_of(root_.at("f"))).status, HashStatus::pending);
}

TEST_F(FileDigest, KnownDigests_AreNotReadAgain) {
  root_.write("f", "abc");
  FileReference file = reference_of(root_.at("f"));
  file.known.emplace().md5.emplace();
  const DigestOutcome outcome = digest(file);
  EXPECT_EQ(outcome.status, HashStatus::ok);
  EXPECT_EQ(outcome.digests, file.known);
  std::filesystem::remove(root_.at("f"));
  EXPECT_EQ(digest(file).status, HashStatus::ok);
  EXPECT_FALSE(digest(file).on_host_path);
}

// A process whose image was deleted after the exec: only /proc/PID/exe still leads to it.
TEST_F(FileDigest, DeletedImageOfALivingProcess_IsHashed) {
  std::filesystem::copy_file("/bin/sleep", root_.at("image"));
  const std::string image = root_.at("image");
  FileReference file = reference_of(image);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(image.c_str(), image.c_str(), "30", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  const std::string link = "/proc/" + std::to_string(child) + "/exe";
  for (int i = 0; i < 200 && std::filesystem::read_symlink(link) != image; ++i)
    ::usleep(10'000);
  std::filesystem::remove(image);
  file.pid = {static_cast<std::uint32_t>(child)};
  EXPECT_EQ(digest(file).status, HashStatus::gone);
  file.use_exe = true;
  const DigestOutcome outcome = digest(file);
  EXPECT_EQ(outcome.status, HashStatus::ok);
  EXPECT_TRUE(outcome.touched_since) << "the unlink moved its ctime";
  EXPECT_FALSE(outcome.on_host_path);
  EXPECT_FALSE(outcome.digests->md5) << "nothing to compare it with";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(FileDigest, MemoryThatAProcessHasOpen_IsHashedThroughItsDescriptor) {
  const UniqueFd memory(::memfd_create("script", MFD_CLOEXEC));
  ASSERT_EQ(::write(memory.get(), "abc", 3), 3);
  FileReference file = reference_of("/proc/self/fd/" + std::to_string(memory.get()), "/memfd:script");
  const auto version = version_of(memory.get());
  ASSERT_TRUE(version);
  file.identity = {version->device, version->inode, 0};
  file.size = 3;
  file.mtime_ns = version->mtime_ns;
  file.ctime_ns = version->ctime_ns;
  EXPECT_EQ(digest(file).status, HashStatus::gone);
  file.descriptor = static_cast<std::uint32_t>(memory.get());
  EXPECT_EQ(digest(file).status, HashStatus::ok);
  file.identity.inode += 1; // another file has taken its number
  EXPECT_EQ(digest(file).status, HashStatus::gone);
}

} // namespace
} // namespace monster
