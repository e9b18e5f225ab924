// SPDX-License-Identifier: Apache-2.0
#include "policy/linux/mounts.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

TEST(Mounts, EachLine_TellsDeviceAndWhetherItMayWait) {
  const Mounts mounts = Mounts::parse("22 1 254:3 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
                                      "23 22 0:41 / /srv rw - nfs4 host:/srv rw\n"
                                      "24 22 0:42 / /home rw master:1 shared:2 - autofs map rw\n"
                                      "25 22 0:43 / /mnt/a\\040b rw - fuse.sshfs x rw\n"
                                      "26 22 0:44 /sub /data rw - btrfs /dev/vdb rw");
  EXPECT_EQ(mounts.device_of(22), (254ULL << 20) | 3);
  EXPECT_EQ(mounts.device_of(26), 44U);
  EXPECT_EQ(mounts.device_of(99), std::nullopt);
  for (const auto* place : {"/srv", "/home", "/mnt/a b"})
    EXPECT_TRUE(mounts.may_wait_at(place)) << place;
  for (const auto* place : {"/", "/data", "/srv/x", ""})
    EXPECT_FALSE(mounts.may_wait_at(place)) << place;
}

TEST(Mounts, LaterMount_HidesTheEarlier) {
  const Mounts mounts = Mounts::parse("23 22 0:41 / /a rw - nfs h:/ rw\n24 23 0:42 / /a rw - tmpfs t rw\n"
                                      "25 22 0:43 / /b rw - tmpfs t rw\n26 25 0:44 / /b rw - cifs c rw\n");
  EXPECT_FALSE(mounts.may_wait_at("/a"));
  EXPECT_TRUE(mounts.may_wait_at("/b"));
}

TEST(Mounts, LinesWithoutSense_AreLeftOut) {
  EXPECT_EQ(
      Mounts::parse("\n\nx\n1 2\n1 2 3 / /a rw - nfs\n-1 2 0:3 / /a rw - nfs h rw\n1 2 0:3 / /a rw nfs\n 1").size(),
      0U);
  EXPECT_EQ(Mounts::read("/nonexistent/mountinfo").size(), 0U);
}

TEST(Mounts, OwnTable_IsRead) { EXPECT_GT(Mounts::read("/proc/self/mountinfo").size(), 0U); }

} // namespace
} // namespace monster
