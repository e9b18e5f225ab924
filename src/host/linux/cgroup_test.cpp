// SPDX-License-Identifier: Apache-2.0
#include "host/linux/cgroup.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace monster {
namespace {

const std::string a = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string b = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

struct Row {
  std::string text;
  std::string expected; // empty: no container
};

TEST(Cgroup, ContainerIdOfPath_IsTheLastIdOfTheKnownForms) {
  const std::vector<Row> rows{
      {"/docker/" + a, a},
      {"/system.slice/docker-" + a + ".scope", a},
      {"/docker/" + a + "/docker/" + b, b},
      {"/docker/" + a + "/system.slice/nested.service", a},
      {"/machine.slice/libpod-" + a + ".scope/container", a},
      {"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + a + ".scope", a},
      {"/machine.slice/libpod-conmon-" + a + ".scope", ""},
      {"/kubepods.slice/kubepods-pod1.slice/crio-" + a + ".scope", a},
      {"/kubepods.slice/kubepods-pod1.slice/crio-conmon-" + a + ".scope", ""},
      {"/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + a + ".scope", a},
      {"/kubepods/burstable/pod6e1c/" + a, a},
      {"/docker/" + a + " (deleted)", a},
      {"/docker/" + a.substr(1), ""},
      {"/docker/" + a + "0", ""},
      {"/docker/A" + a.substr(1), ""},
      {"/docker-docker-" + a + ".scope", ""},
      {"/system.slice/ssh.service", ""},
      {"/", ""},
      {"", ""},
      {a, a},
      {"//" + a + "//", a},
  };
  for (const Row& row : rows) {
    const auto found = container_id_of_path(row.text);
    EXPECT_EQ(found ? std::string(*found) : "", row.expected) << row.text;
  }
}

TEST(Cgroup, PathOfText_IsV2UnlessRootThenMemoryPidsSystemd) {
  const std::vector<Row> rows{
      {"0::/system.slice/x\n", "/system.slice/x"},
      {"4:memory:/m\n0::/v2\n", "/v2"},
      {"9:name=systemd:/s\n8:pids:/p\n4:memory:/m\n0::/\n", "/m"},
      {"9:name=systemd:/s\n8:pids:/p\n4:memory:/\n0::/\n", "/p"},
      {"9:name=systemd:/s\n8:cpu,cpuacct:/c\n", "/s"},
      {"8:cpu,memory:/joined", "/joined"},
      {"0::/with:colon/x", "/with:colon/x"},
      {"1:cpu:/only\n0::/\n", ""},
      {"0::/\n", ""},
      {"no colons\n:\n::\n", ""},
      {"", ""},
  };
  for (const Row& row : rows) {
    const auto found = cgroup_path(row.text);
    EXPECT_EQ(found ? std::string(*found) : "", row.expected) << row.text;
  }
}

TEST(Cgroup, ContainerIdOfText_ComesFromThePathThatSpeaks) {
  const std::string text = "4:memory:/docker/" + a + "\n0::/\n";
  ASSERT_TRUE(container_id_of_cgroup_text(text));
  EXPECT_EQ(*container_id_of_cgroup_text(text), a);
  EXPECT_FALSE(container_id_of_cgroup_text("0::/init.scope\n"));
}

} // namespace
} // namespace monster
