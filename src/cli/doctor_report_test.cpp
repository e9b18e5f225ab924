// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_report.hpp"

#include "cli/doctor_checks.hpp"

#include <gmock/gmock.h>
#include <linux/capability.h>

namespace monster {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }

DoctorHost fit_host() {
  DoctorHost host;
  host.kernel_release = "6.18.44-amd64";
  host.root = true;
  host.capabilities = bit(CAP_BPF) | bit(CAP_PERFMON) | bit(CAP_SYS_PTRACE) | bit(CAP_DAC_READ_SEARCH);
  host.btf_size = 5'515'236;
  host.unprivileged_bpf_off = 2;
  host.io_uring_off = 2;
  host.disk = DiskState{"/var", 100ULL << 30, 0};
  return host;
}

HookTrial attached_hooks() {
  HookTrial trial;
  trial.attached = true;
  trial.hooks = {
      {"image executed", "process_sched_exec", "tp_btf/sched_process_exec", true, "what processes run", true, ""},
      {"files that were open before", "file_snapshot", "iter/task_file", false, "blocks of older handles", true, ""}};
  return trial;
}

TEST(Doctor, FitHost_ExitsWithZeroAndLosesNothing) {
  const DoctorReport report = make_report(fit_host(), attached_hooks(), {});
  EXPECT_EQ(report.exit, exit_ok);
  EXPECT_EQ(report.verdict, "the agent can run here, and nothing is lost");
  for (const Check& check : report.checks)
    EXPECT_EQ(check.finding, Finding::ok) << check.name << ": " << check.value;
}

TEST(Doctor, NeededHookMissing_ExitsWithFiveEvenWithoutRoot) {
  DoctorHost host = fit_host();
  host.root = false;
  HookTrial trial = attached_hooks();
  trial.hooks[0].problem = "this kernel has no tp_btf/sched_process_exec";
  EXPECT_EQ(make_report(host, trial, {}).exit, exit_kernel);
}

TEST(Doctor, PidNamespaceOfItsOwn_SaysWhatIsLost) {
  DoctorHost host = fit_host();
  host.own_pids = false;
  EXPECT_EQ(check_pid_namespace(host).finding, Finding::ok);
  host.own_pids = true;
  const DoctorReport report = make_report(host, attached_hooks(), {});
  EXPECT_EQ(report.exit, exit_ok);
  EXPECT_THAT(check_pid_namespace(host).meaning, HasSubstr("from before the start"));
  EXPECT_THAT(check_pid_namespace(host).advice, HasSubstr("--pid=host"));
}

TEST(Doctor, NotRoot_ExitsWithFour) {
  DoctorHost host = fit_host();
  host.root = false;
  const DoctorReport report = make_report(host, {}, {});
  EXPECT_EQ(report.exit, exit_privilege);
  EXPECT_EQ(check_privilege(report.host).advice, "run as root: sudo monster-agent doctor");
}

TEST(Doctor, RootWithoutCapabilities_ExitsWithFour) {
  DoctorHost host = fit_host();
  host.capabilities = bit(CAP_BPF);
  EXPECT_EQ(make_report(host, {}, {}).exit, exit_privilege);
}

TEST(Doctor, SysAdmin_StandsForBpfAndPerfmon) {
  DoctorHost host = fit_host();
  host.capabilities = bit(CAP_SYS_ADMIN) | bit(CAP_SYS_PTRACE) | bit(CAP_DAC_READ_SEARCH);
  const Check check = check_privilege(host);
  EXPECT_EQ(check.finding, Finding::ok);
  EXPECT_THAT(check.value, HasSubstr("CAP_SYS_RESOURCE not held, not needed"));
}

TEST(Doctor, ProgramsThatDoNotLoad_ExitWithFiveAndTheReason) {
  HookTrial trial = attached_hooks();
  trial.error = Error{"load", "the kernel programs", "Invalid argument"};
  const DoctorReport report = make_report(fit_host(), trial, {});
  EXPECT_EQ(report.exit, exit_kernel);
  EXPECT_EQ(report.verdict, "cannot load the kernel programs: Invalid argument");
}

TEST(Doctor, ConfigurationWithErrors_ExitsWithThree) {
  ConfigState config{"/etc/a.json", true, parse_config("{", "a.json", false), ""};
  const DoctorReport report = make_report(fit_host(), attached_hooks(), config);
  EXPECT_EQ(report.exit, exit_configuration);
  EXPECT_EQ(check_configuration(config).advice, "monster-agent check-config /etc/a.json");
}

TEST(Doctor, OptionalHookMissing_SaysWhatIsLostAndWhatToDo) {
  HookTrial trial = attached_hooks();
  trial.hooks[1].in_use = false;
  trial.hooks[1].problem = "this kernel has no iter/task_file";
  const DoctorReport report = make_report(fit_host(), trial, {});
  EXPECT_EQ(report.exit, exit_ok);
  EXPECT_EQ(report.verdict, "the agent can run here; 1 finding above says what is lost");
  const std::string text = doctor_text(report, false);
  EXPECT_THAT(text, HasSubstr("  missing    files that were open before  iter/task_file (not required)\n"
                              "             why: this kernel has no iter/task_file\n"
                              "             lost: blocks of older handles\n"
                              "             do: use Linux 5.8 or newer\n"));
  EXPECT_THAT(text, HasSubstr("  in use     image executed               tp_btf/sched_process_exec\n"));
}

TEST(Doctor, OldKernel_WarnsOfLateBlocks) {
  DoctorHost host = fit_host();
  for (const char* release : {"6.12.9", "5.10.0-33-amd64", "garbage"}) {
    host.kernel_release = release;
    EXPECT_EQ(check_kernel(host).finding, Finding::warning) << release;
  }
  host.kernel_release = "7.0.0";
  EXPECT_EQ(check_kernel(host).finding, Finding::ok);
}

TEST(Doctor, Confidentiality_IsAProblem) {
  DoctorHost host = fit_host();
  host.lockdown = "integrity";
  EXPECT_EQ(check_lockdown(host).finding, Finding::ok);
  host.lockdown = "confidentiality";
  EXPECT_EQ(check_lockdown(host).finding, Finding::problem);
}

TEST(Doctor, SecurityModules_AreForInformation) {
  DoctorHost host = fit_host();
  host.lsm = "lockdown,capability,ebpfish";
  EXPECT_THAT(check_security_modules(host).value, HasSubstr("bpf is not in it; not needed"));
  host.lsm = "lockdown,bpf";
  EXPECT_THAT(check_security_modules(host).value, HasSubstr("has bpf"));
  EXPECT_EQ(check_security_modules(host).finding, Finding::ok);
}

TEST(Doctor, IoUring_IsAWarningUnlessWatchedOrOff) {
  DoctorHost host = fit_host();
  HookTrial trial = attached_hooks();
  host.io_uring_off = 0;
  EXPECT_EQ(check_io_uring(host, trial).finding, Finding::warning);
  trial.hooks.push_back({"io_uring", "file_uring", "tp_btf/io_uring_complete", false, "", true, ""});
  EXPECT_EQ(check_io_uring(host, trial).finding, Finding::note);
  host.io_uring_off.reset();
  EXPECT_EQ(check_io_uring(host, trial).value, "not in this kernel");
  host.kernel_release = "6.1.0";
  EXPECT_EQ(check_io_uring(host, attached_hooks()).finding, Finding::warning);
}

TEST(Doctor, DiskThatKeepWouldFill_IsAWarning) {
  DoctorHost host = fit_host();
  host.disk = DiskState{"/var", 3ULL << 30, 1ULL << 30};
  EXPECT_EQ(check_disk(host, {}).finding, Finding::warning);
  host.disk->kept = 4ULL << 30;
  EXPECT_EQ(check_disk(host, {}).finding, Finding::ok);
}

TEST(Doctor, HostileTexts_ReachNeitherTerminalNorBreakJson) {
  HookTrial trial = attached_hooks();
  trial.error = Error{"load", "\x1b[31m\xff", "no"};
  const DoctorReport report =
      make_report(fit_host(), trial, {.path = "\x1b]0;x\xff", .exists = true, .error = "\x1b[2J"});
  EXPECT_THAT(doctor_text(report, false), Not(HasSubstr("\x1b")));
  const std::string json = doctor_json(report);
  EXPECT_THAT(json, Not(HasSubstr("\x1b")));
  EXPECT_TRUE(is_utf8(json));
}

TEST(Doctor, KernelVersion_ReadsTheFirstTwoNumbers) {
  EXPECT_EQ(kernel_version("6.1.0-25-amd64"), (KernelVersion{6, 1}));
  EXPECT_EQ(kernel_version("7.3"), (KernelVersion{7, 3}));
  EXPECT_EQ(kernel_version("x.1"), KernelVersion{});
  EXPECT_EQ(kernel_version("6"), KernelVersion{});
}

} // namespace
} // namespace monster
