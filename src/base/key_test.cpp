// SPDX-License-Identifier: Apache-2.0
// Fixed vectors of the keys, computed with another implementation of XXH3-128 from the bytes given beside
// each. They are a promise to everyone who joins events: a change here breaks what was recorded before.
#include "base/key.hpp"

#include <gtest/gtest.h>

#include <set>

namespace monster {
namespace {

constexpr Bytes16 machine_id{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
                             0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};
constexpr Bytes16 boot_id{0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
                          0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};
constexpr HostId host{0x29e235d9104fa43cU, 0xc229859b5f324940U};
constexpr RunId run{0x0123456789abcdefU, 0xfedcba9876543210U};

// "monster-agent host 1" 00 | 000102030405060708090a0b0c0d0e0f
TEST(Key, HostId_FixedMachineId_IsTheVector) {
  EXPECT_EQ(host_id_from_machine_id(machine_id).hex(), "29e235d9104fa43cc229859b5f324940");
}

// "process" 00 | host_id, 16 bytes as its hex reads | boot id | pid 67120000 | start 79df0d8648700000 |
// exec id 0200000000000000
TEST(Key, ProcessKey_FixedProcess_IsTheVector) {
  const ProcessIdentity process{Pid{4711}, BootTime{123'456'789'012'345}, 2};
  EXPECT_EQ(process_key(host, boot_id, process).hex(), "a89ff918adf5cfe17d801db0650be653");
}

// "file" 00 | host_id | device 01fd000000000000 | inode 0500020000000000 | generation efbeadde
TEST(Key, FileKey_FixedFile_IsTheVector) {
  EXPECT_EQ(file_key(host, {64769, 131077, 0xdeadbeefU}).hex(), "3941c562b4b146b3c278ebf43370099e");
}

// "block" 00 | run_id 0123456789abcdeffedcba9876543210 | object 2a00000000000000
TEST(Key, BlockKey_FixedObject_IsTheVector) { EXPECT_EQ(block_key(run, 42).hex(), "c7f3f0320a5d2954a1c6f4dd1166f64f"); }

TEST(Key, ProcessKey_OneFieldDiffers_IsAnotherKey) {
  const ProcessIdentity process{Pid{1}, BootTime{1}, 1};
  std::set<ProcessKey> keys{process_key(host, boot_id, process)};
  for (const ProcessIdentity& other : {ProcessIdentity{Pid{2}, BootTime{1}, 1}, ProcessIdentity{Pid{1}, BootTime{2}, 1},
                                       ProcessIdentity{Pid{1}, BootTime{1}, 2}})
    keys.insert(process_key(host, boot_id, other));
  keys.insert(process_key(host, machine_id, process));
  keys.insert(process_key(HostId{1, 2}, boot_id, process));
  EXPECT_EQ(keys.size(), 6U);
}

TEST(Key, Hex_LeadingZeros_AreKept) { EXPECT_EQ((FileKey{0xa, 0}).hex(), "000000000000000a0000000000000000"); }

TEST(Key, RandomRunId_Twice_Differs) { EXPECT_NE(random_run_id(), random_run_id()); }

} // namespace
} // namespace monster
