// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.hpp"

#include "policy/linux/super_block_magic.hpp"

#include <gtest/gtest.h>
#include <linux/magic.h>
#include <stdexcept>
#include <utility>

namespace monster {
namespace {

Policy policy_of(const PolicySettings& settings) {
  Result<Policy> policy = Policy::make(settings);
  if (!policy)
    throw std::runtime_error(policy.error().message());
  return std::move(*policy);
}

Policy builtin_policy(std::vector<std::string> homes = {"/home/ann", "/home/bob/", "/", "relative"}) {
  PolicySettings settings;
  settings.homes = std::move(homes);
  return policy_of(settings);
}

std::uint32_t magic(std::string_view name) { return super_block_magic(name).value(); }

// "proc:drop", "proc:keep", "default:keep"
std::string verdict(const Policy& policy, std::string_view file_system, std::string_view path,
                    std::string_view final = "") {
  const std::uint32_t number = file_system == "ext4" ? EXT4_SUPER_MAGIC : magic(file_system);
  const Decision decision = policy.judge_file({path, final, number, false});
  return std::string(decision.rule) + (decision.keep ? ":keep" : ":drop");
}

TEST(Policy, OrdinaryFileSystems_AreKept) {
  const Policy policy = builtin_policy();
  EXPECT_EQ(verdict(policy, "ext4", "/proc/1/comm"), "default:keep");
  const Decision unknown = policy.judge_file({"/proc/1/comm", "", 0, false});
  EXPECT_TRUE(unknown.keep);
  EXPECT_EQ(unknown.rule, "default");
  EXPECT_TRUE(policy.judge_file({"/dev/shm/x", "", TMPFS_MAGIC, false}).keep);
}

TEST(Policy, PseudoFileSystems_AreDroppedAtTheirUsualPlace) {
  const Policy policy = builtin_policy();
  EXPECT_EQ(verdict(policy, "proc", "/proc/1/oom_score_adj"), "proc:drop");
  EXPECT_EQ(verdict(policy, "sysfs", "/sys/devices/pci0000:00/uevent"), "sysfs:drop");
  EXPECT_EQ(verdict(policy, "cgroup2", "/sys/fs/cgroup/system.slice/cgroup.procs"), "cgroup:drop");
  EXPECT_EQ(verdict(policy, "cgroup", "/sys/fs/cgroup/cpu/tasks"), "cgroup:drop");
  EXPECT_EQ(verdict(policy, "devpts", "/dev/pts/3"), "terminals:drop");
  EXPECT_EQ(verdict(policy, "selinuxfs", "/sys/fs/selinux/access"), "selinux-queries:drop");
  EXPECT_EQ(verdict(policy, "securityfs", "/sys/kernel/security/apparmor/.access"), "apparmor-queries:drop");
  EXPECT_EQ(verdict(policy, "pstore", "/sys/fs/pstore/dmesg-1"), "pstore:drop");
  for (const auto* name : {"pipefs", "sockfs", "anon_inodefs", "mqueue", "nsfs", "pidfs"})
    EXPECT_EQ(verdict(policy, name, ""), "nameless:drop") << name;
}

TEST(Policy, AttackSurface_IsKept) {
  const Policy policy = builtin_policy();
  for (const auto* path : {"/proc/1/mem", "/proc/1/task/2/mem", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"})
    EXPECT_EQ(verdict(policy, "proc", path), "proc:keep") << path;
  for (const auto* path : {"/sys/kernel/uevent_helper", "/sys/kernel/mm/ksm/run", "/sys/module/kvm/parameters/x"})
    EXPECT_EQ(verdict(policy, "sysfs", path), "sysfs:keep") << path;
  for (const auto* path : {"/sys/fs/cgroup/rdma/release_agent", "/sys/fs/cgroup/rdma/x/notify_on_release"})
    EXPECT_EQ(verdict(policy, "cgroup", path), "cgroup:keep") << path;
  EXPECT_EQ(verdict(policy, "selinuxfs", "/sys/fs/selinux/enforce"), "default:keep");
  EXPECT_EQ(verdict(policy, "securityfs", "/sys/kernel/security/apparmor/.remove"), "default:keep");
  for (const auto* name : {"debugfs", "tracefs", "configfs", "binfmt_misc", "bpf"})
    EXPECT_EQ(verdict(policy, name, "/any/where"), "kernel-interfaces:keep") << name;
}

TEST(Policy, PseudoFileSystemElsewhere_IsKept) {
  const Policy policy = builtin_policy();
  EXPECT_EQ(verdict(policy, "cgroup", "/tmp/cg/x/cgroup.procs"), "default:keep");
  EXPECT_EQ(verdict(policy, "proc", "/host/proc/sys/kernel/core_pattern"), "default:keep");
  EXPECT_EQ(verdict(policy, "proc", "/tmp/bound_core_pattern"), "default:keep");
}

TEST(Policy, UnknownOrAmbiguousPath_IsNoReasonToDrop) {
  const Policy policy = builtin_policy();
  EXPECT_EQ(verdict(policy, "proc", ""), "default:keep");
  EXPECT_EQ(verdict(policy, "proc", "/proc/1/../sys/kernel/core_pattern"), "default:keep");
  EXPECT_EQ(verdict(policy, "proc", "/proc//sys/kernel/core_pattern"), "default:keep");
  EXPECT_EQ(verdict(policy, "proc", "self/comm"), "default:keep");
}

TEST(Policy, TwoNames_AreDroppedOnlyTogether) {
  const Policy policy = builtin_policy();
  EXPECT_EQ(verdict(policy, "cgroup2", "/sys/fs/cgroup/a", "/sys/fs/cgroup/b"), "cgroup:drop");
  EXPECT_EQ(verdict(policy, "cgroup2", "/sys/fs/cgroup/a", "/tmp/b"), "default:keep");
  EXPECT_EQ(verdict(policy, "proc", "/proc/1/comm", "/proc/1/mem"), "proc:keep");
  EXPECT_EQ(verdict(policy, "proc", "", "/proc/1/comm"), "proc:drop");
}

TEST(Policy, SensitiveRead_IsKeptWithItsRule) {
  const Policy policy = builtin_policy();
  const auto rule = [&](std::string_view path, std::string_view final_path = "") {
    const Decision decision = policy.judge_file({path, final_path, EXT4_SUPER_MAGIC, true});
    EXPECT_TRUE(decision.keep);
    return std::string(decision.rule);
  };
  EXPECT_EQ(rule("/etc/shadow"), "password-hashes");
  EXPECT_EQ(rule("/tmp/x", "/etc/sudoers.d/10-x"), "sudoers");
  EXPECT_EQ(rule("/home/ann/.ssh/id_rsa"), "ssh-user-keys");
  EXPECT_EQ(rule("/tmp/link_to_shadow"), "default");
}

TEST(Policy, SensitivePaths_AreThoseOfTheRules) {
  const Policy policy = builtin_policy();
  for (const auto* path :
       {"/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/sudoers.d/a",
        "/etc/ssh/ssh_host_rsa_key", "/home/ann/.ssh/id_ed25519", "/home/bob/.ssh/deploy_key", "/root/.ssh/id_rsa",
        "/root/.gnupg/private-keys-v1.d/0A.key", "/.ssh/id_rsa", "/etc/../etc//shadow", "/home/x/../ann/.ssh/id_rsa"})
    EXPECT_TRUE(policy.is_sensitive_path(path)) << path;
  for (const auto* path : {"/etc/passwd", "/etc/sudoers.d/a/b", "/home/ann/.ssh/id_rsa.pub",
                           "/home/ann/.ssh/known_hosts", "/home/eve/.ssh/id_rsa", "/etc/ssh/ssh_host_rsa_key.pub",
                           "etc/shadow", "shadow", "", "/", "/mnt/etc/shadow", "relative/.ssh/id_rsa"})
    EXPECT_FALSE(policy.is_sensitive_path(path)) << path;
}

TEST(Policy, HomeWithWildcards_StandsForItself) {
  const Policy policy = builtin_policy({"/home/*"});
  EXPECT_TRUE(policy.is_sensitive_path("/home/*/.ssh/id_rsa"));
  EXPECT_FALSE(policy.is_sensitive_path("/home/ann/.ssh/id_rsa"));
}

TEST(Policy, SensitiveGlobs_CarryTheirExceptionsBehindThem) {
  PolicySettings settings;
  settings.builtin_json = R"({"version": 1, "rules": [
    {"id": "a", "does": "read", "reason": "r", "paths": ["/etc/a", "{home}/k*"], "except_paths": ["{home}/*.pub"]},
    {"id": "b", "does": "read", "reason": "r", "paths": ["/etc/b"]}]})";
  const std::vector<std::string> homes{"/h/", "/h", "/odd*", "none"};
  EXPECT_EQ(policy_of(settings).sensitive_globs(homes),
            (std::vector<std::string>{"/etc/a", "!/h/*.pub", "!/odd?/*.pub", "!/root/*.pub", "/h/k*", "!/h/*.pub",
                                      "/odd?/k*", "!/odd?/*.pub", "/root/k*", "!/root/*.pub", "/etc/b"}));
}

TEST(Policy, WithoutBuiltin_EverythingIsKept) {
  PolicySettings settings;
  settings.builtin = false;
  settings.builtin_json = "not read";
  const Policy policy = policy_of(settings);
  EXPECT_EQ(verdict(policy, "proc", "/proc/1/comm"), "default:keep");
  EXPECT_EQ(verdict(policy, "pipefs", ""), "default:keep");
  EXPECT_FALSE(policy.is_sensitive_path("/etc/shadow"));
  EXPECT_TRUE(policy.sensitive_globs({}).empty());
}

TEST(Policy, ReplacedBuiltin_DecidesInItsOwnOrder) {
  PolicySettings settings;
  settings.builtin_json = R"({"version": 1, "rules": [
    {"id": "z", "does": "keep", "reason": "r", "file_systems": ["proc"], "paths": ["/proc/1/**"]},
    {"id": "a", "does": "drop", "reason": "r", "file_systems": ["bpf", "proc"]}]})";
  const Policy policy = policy_of(settings);
  EXPECT_EQ(verdict(policy, "proc", "/proc/1/comm"), "z:keep");
  EXPECT_EQ(verdict(policy, "proc", "/proc/2/comm"), "a:drop");
  EXPECT_EQ(verdict(policy, "proc", "/proc/2/comm", "/proc/1/comm"), "z:keep");
  EXPECT_EQ(verdict(policy, "bpf", "/sys/fs/bpf/x"), "a:drop");
  EXPECT_EQ(verdict(policy, "pipefs", ""), "default:keep");
}

TEST(Policy, BrokenSettings_AreErrors) {
  PolicySettings settings;
  settings.builtin_json = "{";
  settings.builtin_origin = "/etc/monster-agent/policy.json";
  const Result<Policy> broken = Policy::make(settings);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message().find("/etc/monster-agent/policy.json"), std::string::npos);
  settings = {};
  settings.process_exclude = {""};
  EXPECT_FALSE(Policy::make(settings));
}

TEST(Policy, Verdict_OutlivesAMove) {
  Policy first = builtin_policy();
  const Decision decision = first.judge_file({"/proc/1/comm", "", PROC_SUPER_MAGIC, false});
  const Policy second = std::move(first);
  EXPECT_EQ(decision.rule, "proc");
  EXPECT_EQ(second.judge_file({"/proc/1/comm", "", PROC_SUPER_MAGIC, false}).rule.data(), decision.rule.data());
}

TEST(ProcessExclude, EntryWithoutSlash_JudgesTheFileName) {
  PolicySettings settings;
  settings.process_exclude = {"dbgview.exe", "Make*", "g??"};
  const Policy policy = policy_of(settings);
  for (const auto* image : {"/usr/bin/make", "/opt/MAKEfile", "/usr/bin/gcc", "C:\\Tools\\DbgView.exe", "dbgview.exe",
                            "/home/u/.wine/drive_c/DBGVIEW.EXE"})
    EXPECT_TRUE(policy.excludes_process(image)) << image;
  for (const auto* image : {"", "/usr/bin/gc", "/make/cc", "/usr/bin/dbgview.exe.real", "/dbgview.exe/x"})
    EXPECT_FALSE(policy.excludes_process(image)) << image;
}

TEST(ProcessExclude, EntryWithSeparator_JudgesThePath) {
  PolicySettings settings;
  settings.process_exclude = {"/usr/bin/cc*", "/opt/build/**", "C:\\Windows\\*.exe"};
  const Policy policy = policy_of(settings);
  for (const auto* image : {"/usr/bin/cc1", "/USR/bin/cc", "/opt/build/a/b", "c:/windows/x.exe", "C:\\windows\\x.EXE"})
    EXPECT_TRUE(policy.excludes_process(image)) << image;
  for (const auto* image : {"/tmp/usr/bin/cc", "/usr/bin/cc/x", "/opt/build", "C:\\Windows\\System32\\x.exe"})
    EXPECT_FALSE(policy.excludes_process(image)) << image;
}

TEST(ProcessExclude, Empty_ExcludesNothing) { EXPECT_FALSE(builtin_policy().excludes_process("/bin/sh")); }

TEST(SuperBlockMagic, MountedFileSystems_HaveThem) {
  EXPECT_EQ(super_block_magic("proc"), 0x9fa0U);
  EXPECT_EQ(super_block_magic("mqueue"), 0x19800202U);
  EXPECT_EQ(super_block_magic("ext4"), std::nullopt);
  EXPECT_TRUE(known_file_systems().starts_with("anon_inodefs, binfmt_misc"));
}

} // namespace
} // namespace monster
