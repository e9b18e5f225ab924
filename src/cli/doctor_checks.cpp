// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_checks.hpp"

#include "cli/check_config_command.hpp"
#include "config/unit.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <linux/capability.h>

namespace monster {
namespace {

struct NeededCapability {
  int number;
  std::string_view name;
  std::string_view lost_without; // empty: the agent cannot run
};
constexpr NeededCapability needed_capabilities[] = {
    {CAP_BPF, "CAP_BPF", ""},
    {CAP_PERFMON, "CAP_PERFMON", ""},
    {CAP_SYS_PTRACE, "CAP_SYS_PTRACE", "hashes of programs that other users run"},
    {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "hashes of files that only their owner may read"},
};

// CAP_SYS_ADMIN stands for the two that came out of it: capabilities(7).
bool holds(const DoctorHost& host, const NeededCapability& one) {
  return host.holds(one.number) || (one.lost_without.empty() && host.holds(CAP_SYS_ADMIN));
}

void join(std::string& list, std::string_view item) { list += fmt::format("{}{}", list.empty() ? "" : ", ", item); }

// A size for people: whole units, and one decimal while it is small.
std::string short_size(std::uint64_t bytes) {
  static constexpr std::string_view units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(units)) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

} // namespace

Check check_kernel(const DoctorHost& host) {
  Check check{"kernel", Finding::ok, host.kernel_release};
  // __fput() frees struct file in the closing task from 6.13 on; before, call_rcu() frees it later: fs/file_table.c.
  if (kernel_version(host.kernel_release) < KernelVersion{6, 13}) {
    check.finding = Finding::warning;
    check.meaning = "before Linux 6.13 a file block ends late, and its end may name another process or no path";
    check.advice = "use Linux 6.13 or newer";
  }
  return check;
}

Check check_privilege(const DoctorHost& host) {
  Check check{"privilege", Finding::ok, host.root ? "root" : "not root"};
  std::string held;
  std::string lost;
  for (const NeededCapability& one : needed_capabilities) {
    if (holds(host, one))
      join(held, one.name);
    else if (!one.lost_without.empty())
      join(lost, one.lost_without);
  }
  if (!held.empty())
    check.value += fmt::format(", {}", held);
  check.value += fmt::format("; CAP_SYS_RESOURCE {}, not needed", host.holds(CAP_SYS_RESOURCE) ? "held" : "not held");
  if (!may_load(host)) {
    check.finding = Finding::problem;
    check.meaning = "the kernel programs cannot be loaded";
    check.advice = host.root ? "give CAP_BPF and CAP_PERFMON (in a container: --cap-add, or run on the host)"
                             : "run as root: sudo monster-agent doctor";
  } else if (!lost.empty()) {
    check.finding = Finding::warning;
    check.meaning = "lost: " + lost;
    check.advice = "give CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH";
  }
  return check;
}

Check check_type_information(const DoctorHost& host) {
  if (host.btf_size)
    return {"type information", Finding::ok, fmt::format("/sys/kernel/btf/vmlinux, {}", short_size(*host.btf_size))};
  return {"type information", Finding::problem, "/sys/kernel/btf/vmlinux is not there",
          "the kernel programs cannot find the fields that they read",
          "use a kernel built with CONFIG_DEBUG_INFO_BTF (those of Debian are), and mount /sys"};
}

Check check_lockdown(const DoctorHost& host) {
  Check check{"lockdown", Finding::ok,
              host.lockdown.value_or("not told: the kernel has none, or securityfs is not mounted")};
  // LOCKDOWN_BPF_READ_KERNEL is above confidentiality only: include/linux/security.h.
  if (host.lockdown == "confidentiality") {
    check.finding = Finding::problem;
    check.meaning = "the kernel programs may not read kernel memory";
    check.advice = "boot with lockdown=integrity";
  }
  return check;
}

Check check_security_modules(const DoctorHost& host) {
  if (!host.lsm)
    return {"LSM list", Finding::ok, "not told: securityfs is not mounted"};
  const bool has_bpf = fmt::format(",{},", *host.lsm).find(",bpf,") != std::string::npos;
  return {"LSM list", Finding::ok,
          fmt::format("{} ({})", *host.lsm, has_bpf ? "has bpf" : "bpf is not in it; not needed")};
}

Check check_unprivileged_bpf(const DoctorHost& host) {
  if (!host.unprivileged_bpf_off)
    return {"unprivileged BPF", Finding::ok, "not told"};
  if (*host.unprivileged_bpf_off != 0)
    return {"unprivileged BPF", Finding::ok, "off"};
  return {"unprivileged BPF", Finding::note, "on", "every user may load BPF programs; the agent does not need that",
          "sysctl kernel.unprivileged_bpf_disabled=2"};
}

Check check_bpf_stats(const DoctorHost& host) {
  if (host.bpf_stats.value_or(0) == 0)
    return {"BPF statistics", Finding::ok, "off"};
  return {"BPF statistics", Finding::note, "on",
          "the kernel takes the time of every BPF program, which costs at each hook",
          "sysctl kernel.bpf_stats_enabled=0 when nobody measures"};
}

Check check_io_uring(const DoctorHost& host, const HookTrial& trial) {
  constexpr std::string_view name = "io_uring";
  const bool sysctl_exists = kernel_version(host.kernel_release) >= KernelVersion{6, 6};
  if (host.io_uring_off == 2 || (sysctl_exists && !host.io_uring_off))
    return {name, Finding::ok, host.io_uring_off ? "off for every process" : "not in this kernel"};
  const std::string value = host.io_uring_off == 1 ? "on for kernel.io_uring_group and root" : "on for every process";
  const std::string advice = "sysctl kernel.io_uring_disabled=2 (Linux 6.6 or newer) where nothing needs it";
  const bool watched = std::ranges::any_of(trial.hooks, [](const Hook& hook) {
    return hook.problem.empty() && hook.attaches.find("io_uring_complete") != std::string::npos;
  });
  if (watched)
    return {name, Finding::note, value,
            "requests that hide their completions are marked in the block; the bytes that they moved may be missing",
            advice};
  return {
      name, Finding::warning, value,
      "lost: files that are opened, read, written or changed only through io_uring; of other files the bytes moved so",
      advice};
}

// kernel/bpf/task_iter.c: the iterators go through the namespace of who reads them.
Check check_pid_namespace(const DoctorHost& host) {
  constexpr std::string_view name = "pid namespace";
  if (!host.own_pids)
    return {name, Finding::ok, "not told: /proc is not mounted"};
  if (!*host.own_pids)
    return {name, Finding::ok, "the host's"};
  return {name, Finding::warning, "one of its own, as in a container",
          "lost: processes and open files of other namespaces from before the start; hashes and packages of files that "
          "only their process leads to, as /proc has other numbers here",
          "run it in the host's pid namespace (docker, podman: --pid=host)"};
}

Check check_disk(const DoctorHost& host, const Config& config) {
  constexpr std::string_view name = "disk";
  if (!host.disk)
    return {name, Finding::warning, "free space is not told", "", ""};
  const DiskState& disk = *host.disk;
  Check check{name, Finding::ok,
              fmt::format("{} free under {}", short_size(disk.free), printable(disk.directory, 4096))};
  if (config.exporters.tsv.enabled && disk.free + disk.kept < config.exporters.tsv.keep) {
    check.finding = Finding::warning;
    check.meaning =
        fmt::format("export.tsv.keep is {}: the disk is full before the oldest files are removed, and events are lost",
                    format_size(config.exporters.tsv.keep));
    check.advice = "set export.tsv.keep lower, or export.tsv.directory to a larger disk";
  }
  return check;
}

Check check_configuration(const ConfigState& config) {
  constexpr std::string_view name = "configuration";
  const std::string path = printable(config.path, 4096);
  if (!config.exists)
    return {name, Finding::ok, fmt::format("no {}: the defaults", path)};
  const std::string look = fmt::format("monster-agent check-config {}", path);
  if (!config.error.empty())
    return {name, Finding::problem, path, config.error, look};
  if (!config.loaded || !config.loaded->ok())
    return {name, Finding::problem, path, "it has errors", look};
  if (const std::size_t warnings = config.loaded->diagnostics.size(); warnings != 0)
    return {name, Finding::note, path, fmt::format("it has {} warning{}", warnings, warnings == 1 ? "" : "s"), look};
  return {name, Finding::ok, path};
}

Check check_excludes(const Config& config) {
  constexpr std::string_view name = "excludes";
  constexpr std::size_t shown = 5;
  const std::vector<std::string> names = excluded_by_name_alone(config);
  if (names.empty())
    return {name, Finding::ok, "none by a file's name alone"};
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), shown); ++i)
    join(list, printable(names[i]));
  if (names.size() > shown)
    list += fmt::format(" and {} more", names.size() - shown);
  return {name, Finding::warning, fmt::format("by name alone: {}", list),
          "whatever is given such a name is excluded too, wherever it lies; only its start and end are recorded",
          "write full paths in trace_policy.process_image_name.exclude"};
}

} // namespace monster
