// SPDX-License-Identifier: Apache-2.0
#include "host/linux/host_facts.hpp"

#include "host/linux/made_up_root.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace monster {
namespace {

constexpr std::string_view id_text = "00112233445566778899aabbccddeeff";

class HostIds : public testing::Test {
protected:
  HostIds() { std::filesystem::create_directories(paths_.state); }
  MadeUpRoot root_;
  HostPaths paths_{root_.path(), root_.at("state")};
};

TEST_F(HostIds, MachineId_OfEtcComesFirstThenDbus) {
  root_.write("var/lib/dbus/machine-id", "ffffffffffffffffffffffffffffffff\n");
  EXPECT_EQ(machine_id(paths_)->bytes[0], 0xff);
  root_.write("etc/machine-id", "uninitialized\n");
  EXPECT_EQ(machine_id(paths_)->bytes[0], 0xff);
  root_.write("etc/machine-id", std::string(id_text) + "\n");
  EXPECT_EQ(machine_id(paths_)->bytes[1], 0x11);
  EXPECT_FALSE(machine_id(paths_)->is_own);
}

TEST_F(HostIds, HostWithoutMachineId_KeepsARandomOne) {
  const auto first = machine_id(paths_);
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_TRUE(first->is_own);
  EXPECT_EQ(machine_id(paths_)->bytes, first->bytes);
  struct stat facts{};
  ASSERT_EQ(::stat(root_.at("state/machine-id").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0600U);
}

TEST_F(HostIds, StateFileThatSomebodyElsePlaced_IsNotBelieved) {
  root_.write("elsewhere", std::string(id_text) + "\n");
  root_.link("state/machine-id", root_.at("elsewhere"));
  EXPECT_FALSE(machine_id(paths_));
  std::filesystem::remove(root_.at("state/machine-id"));
  root_.write("state/machine-id", std::string(id_text) + "\n");
  ASSERT_EQ(::chmod(root_.at("state/machine-id").c_str(), 0666), 0);
  const auto refused = machine_id(paths_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().advice, "remove it");
}

TEST_F(HostIds, MissingStateDirectory_IsAnError) {
  std::filesystem::remove_all(paths_.state);
  EXPECT_FALSE(machine_id(paths_));
}

TEST(HostIdText, Forms_AreReadOrRefused) {
  EXPECT_TRUE(parse_id("00112233-4455-6677-8899-aabbccddeeff\n", "x"));
  EXPECT_TRUE(parse_id("00112233445566778899AABBCCDDEEFF", "x"));
  for (const char* text : {"", "00000000000000000000000000000000", "0011", "00112233445566778899aabbccddeeff0", "xyz"})
    EXPECT_FALSE(parse_id(text, "x")) << text;
}

TEST(HostFactsOfThisHost, AllOfThem_AreThere) {
  const MadeUpRoot state;
  const auto facts = read_host_facts({"", state.path()});
  ASSERT_TRUE(facts) << facts.error().message();
  EXPECT_NE(facts->boot_id, Bytes16{});
  EXPECT_FALSE(facts->host_name.empty());
  const std::string link = std::filesystem::read_symlink("/proc/self/ns/mnt").string();
  EXPECT_EQ(link, "mnt:[" + std::to_string(facts->mnt_ns) + "]");
}

} // namespace
} // namespace monster
