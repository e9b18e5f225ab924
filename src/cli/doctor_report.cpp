// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_report.hpp"

#include "cli/doctor_checks.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <linux/capability.h>

namespace monster {
namespace {

bool lacks_needed(const HookTrial& trial) {
  return std::ranges::any_of(trial.hooks, [](const Hook& hook) { return hook.needed && !hook.problem.empty(); });
}

ExitCode exit_of(const DoctorReport& report) {
  if (lacks_needed(report.trial))
    return exit_kernel;
  if (!may_load(report.host))
    return exit_privilege;
  if (report.trial.error)
    return exit_kernel;
  const auto refused = [](const Check& check) {
    return check.name == "configuration" && check.finding == Finding::problem;
  };
  return std::ranges::any_of(report.checks, refused) ? exit_configuration : exit_ok;
}

std::string verdict_of(const DoctorReport& report) {
  switch (report.exit) {
  case exit_kernel:
    return report.trial.error ? report.trial.error->message() : "this kernel lacks a hook that the agent needs";
  case exit_privilege:
    return "this kernel offers what is needed; whether it attaches can be tried only as root";
  case exit_configuration:
    return "the host is fit for the agent, its configuration is not";
  default:
    break;
  }
  auto lost = std::ranges::count(report.checks, Finding::warning, &Check::finding);
  lost += std::ranges::count_if(report.trial.hooks, [](const Hook& hook) { return !hook.problem.empty(); });
  if (lost == 0)
    return "the agent can run here, and nothing is lost";
  if (lost == 1)
    return "the agent can run here; 1 finding above says what is lost";
  return fmt::format("the agent can run here; {} findings above say what is lost", lost);
}

} // namespace

std::string_view name_of(Finding finding) {
  switch (finding) {
  case Finding::ok:
    return "ok";
  case Finding::note:
    return "note";
  case Finding::warning:
    return "warning";
  case Finding::problem:
    return "problem";
  }
  return "";
}

std::string_view name_of(HookState state) {
  switch (state) {
  case HookState::in_use:
    return "in use";
  case HookState::offered:
    return "offered";
  case HookState::missing:
    return "missing";
  case HookState::untried:
    return "not tried";
  }
  return "";
}

HookState state_of(const Hook& hook, const HookTrial& trial) {
  if (!hook.problem.empty())
    return HookState::missing;
  if (hook.in_use)
    return HookState::in_use;
  return trial.attached ? HookState::untried : HookState::offered;
}

std::string advice_for(const Hook& hook) {
  if (hook.problem.empty())
    return {};
  if (hook.problem.find("CONFIG_DEBUG_INFO_BTF") != std::string::npos)
    return "use a kernel built with CONFIG_DEBUG_INFO_BTF";
  if (hook.problem.find("has no") == std::string::npos)
    return "see what denies it: lockdown, a security module, missing capabilities";
  if (hook.attaches.find("ctime") != std::string::npos)
    return "use Linux 6.13 or newer";
  if (hook.attaches.find("io_uring") != std::string::npos)
    return "use a newer kernel; nothing where the kernel is built without io_uring";
  return hook.attaches.starts_with("iter/") ? "use Linux 5.8 or newer" : "use a kernel built with CONFIG_TRACEPOINTS";
}

bool may_load(const DoctorHost& host) {
  return host.root && (host.holds(CAP_SYS_ADMIN) || (host.holds(CAP_BPF) && host.holds(CAP_PERFMON)));
}

DoctorReport make_report(DoctorHost host, HookTrial trial, const ConfigState& config) {
  const Config effective = config.effective();
  DoctorReport report{std::move(host), std::move(trial), {}, exit_ok, {}};
  report.checks = {
      check_kernel(report.host),           check_privilege(report.host),
      check_type_information(report.host), check_lockdown(report.host),
      check_security_modules(report.host), check_unprivileged_bpf(report.host),
      check_bpf_stats(report.host),        check_io_uring(report.host, report.trial),
      check_pid_namespace(report.host),    check_disk(report.host, effective),
      check_configuration(config),         check_excludes(effective),
  };
  report.exit = exit_of(report);
  report.verdict = verdict_of(report);
  return report;
}

KernelVersion kernel_version(std::string_view release) {
  KernelVersion version;
  const std::string text(release);
  const char* const end = text.data() + text.size();
  const auto [dot, error] = std::from_chars(text.data(), end, version.major);
  if (error != std::errc{} || dot == end || *dot != '.' ||
      std::from_chars(dot + 1, end, version.minor).ec != std::errc{})
    return {};
  return version;
}

} // namespace monster
