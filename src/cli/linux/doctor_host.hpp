// SPDX-License-Identifier: Apache-2.0
// What `doctor` reads of the host; judging it is doctor_report's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace monster {

struct DiskState {
  std::string directory;  // the data directory, or the nearest above it that exists
  std::uint64_t free = 0; // bytes for root
  std::uint64_t kept = 0; // bytes of the event files that are there already
};

struct DoctorHost {
  std::string kernel_release; // uname: "6.1.0-25-amd64"
  bool root = false;
  std::uint64_t capabilities = 0;          // effective, bit n is capability n of linux/capability.h
  std::optional<std::uint64_t> btf_size;   // of /sys/kernel/btf/vmlinux; null: there is none
  std::optional<std::string> lockdown;     // "none", "integrity", "confidentiality"; null: not told
  std::optional<std::string> lsm;          // "lockdown,capability,..."; null: not told
  std::optional<int> unprivileged_bpf_off; // kernel.unprivileged_bpf_disabled: 0, 1 or 2
  std::optional<int> bpf_stats;            // kernel.bpf_stats_enabled
  std::optional<int> io_uring_off;         // kernel.io_uring_disabled: 0, 1 or 2; from Linux 6.6
  std::optional<bool> own_pids;            // in another pid namespace than the kernel's first; null: not told
  std::optional<DiskState> disk;

  [[nodiscard]] bool holds(int capability) const { return ((capabilities >> capability) & 1) != 0; }
};

// `root` stands before /proc and /sys: a test's made-up host. Whatever cannot be read is null.
[[nodiscard]] DoctorHost read_doctor_host(const std::string& root, const std::string& events_directory);

// "none [integrity] confidentiality" to "integrity"; null when nothing is marked.
[[nodiscard]] std::optional<std::string> chosen_lockdown(std::string_view text);

} // namespace monster
