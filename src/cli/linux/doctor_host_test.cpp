// SPDX-License-Identifier: Apache-2.0
#include "cli/linux/doctor_host.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace monster {
namespace {

class DoctorHostTest : public testing::Test {
protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "doctor_host_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void put(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }

  std::string root_;
};

TEST_F(DoctorHostTest, EmptyHost_TellsNothingAndDoesNotFail) {
  const DoctorHost host = read_doctor_host(root_, root_ + "/var/events");
  EXPECT_FALSE(host.btf_size || host.lockdown || host.lsm || host.unprivileged_bpf_off || host.bpf_stats ||
               host.io_uring_off);
  EXPECT_EQ(host.capabilities, 0U);
  ASSERT_TRUE(host.disk);
  EXPECT_EQ(host.disk->directory, root_);
  EXPECT_EQ(host.disk->kept, 0U);
}

TEST_F(DoctorHostTest, Files_AreReadAsTheKernelWritesThem) {
  put("/proc/self/status", "Name:\tx\nCapPrm:\t0000000000000000\nCapEff:\t000001fffeffffff\n");
  put("/proc/sys/kernel/unprivileged_bpf_disabled", "2\n");
  put("/proc/sys/kernel/bpf_stats_enabled", "0\n");
  put("/proc/sys/kernel/io_uring_disabled", "rubbish\n");
  put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  put("/sys/kernel/security/lsm", "lockdown,capability,bpf");
  put("/sys/kernel/btf/vmlinux", "12345");
  put("/var/events/a.tsv", "1234567");
  const DoctorHost host = read_doctor_host(root_, root_ + "/var/events");
  EXPECT_EQ(host.capabilities, 0x1fffeffffffU);
  EXPECT_FALSE(host.holds(24));
  EXPECT_TRUE(host.holds(39));
  EXPECT_EQ(host.unprivileged_bpf_off, 2);
  EXPECT_EQ(host.bpf_stats, 0);
  EXPECT_EQ(host.io_uring_off, std::nullopt);
  EXPECT_EQ(host.lockdown, "integrity");
  EXPECT_EQ(host.lsm, "lockdown,capability,bpf");
  EXPECT_EQ(host.btf_size, 5U);
  EXPECT_EQ(host.disk->kept, 7U);
}

TEST_F(DoctorHostTest, PidNamespace_IsTheHostsByItsNumber) {
  EXPECT_FALSE(read_doctor_host(root_, root_).own_pids.has_value());
  std::filesystem::create_directories(root_ + "/proc/self/ns");
  std::filesystem::create_symlink("pid:[4026531836]", root_ + "/proc/self/ns/pid");
  EXPECT_EQ(read_doctor_host(root_, root_).own_pids, false);
  std::filesystem::remove(root_ + "/proc/self/ns/pid");
  std::filesystem::create_symlink("pid:[4026532201]", root_ + "/proc/self/ns/pid");
  EXPECT_EQ(read_doctor_host(root_, root_).own_pids, true);
}

TEST(Lockdown, Chosen_IsWhatStandsInBrackets) {
  EXPECT_EQ(chosen_lockdown("[none] integrity confidentiality"), "none");
  EXPECT_EQ(chosen_lockdown("] ["), std::nullopt);
  EXPECT_EQ(chosen_lockdown(""), std::nullopt);
}

} // namespace
} // namespace monster
