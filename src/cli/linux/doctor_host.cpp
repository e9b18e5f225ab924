// SPDX-License-Identifier: Apache-2.0
#include "cli/linux/doctor_host.hpp"

#include "host/linux/read_file.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace monster {
namespace {

constexpr std::size_t largest_text = 1 << 16;

std::optional<std::string> read_line(const std::string& path) {
  auto text = read_file(path, largest_text);
  if (!text)
    return std::nullopt;
  text->resize(std::min(text->find('\n'), text->size()));
  return std::move(*text);
}

std::optional<int> read_number(const std::string& path) {
  const auto line = read_line(path);
  int value = 0;
  if (!line || std::from_chars(line->data(), line->data() + line->size(), value).ec != std::errc{})
    return std::nullopt;
  return value;
}

// The line CapEff of /proc/self/status, in hex: proc_pid_status(5).
std::uint64_t effective_capabilities(const std::string& root) {
  constexpr std::string_view name = "CapEff:\t";
  const auto text = read_file(root + "/proc/self/status", largest_text);
  const std::size_t at = text ? text->find(name) : std::string::npos;
  if (at == std::string::npos)
    return 0;
  std::uint64_t value = 0;
  std::from_chars(text->data() + at + name.size(), text->data() + text->size(), value, 16);
  return value;
}

// The files right in the directory; it is only as large as `keep` allows.
std::uint64_t bytes_in(const std::string& directory) {
  std::uint64_t sum = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    std::error_code unreadable;
    const std::uintmax_t size = at->is_regular_file(unreadable) ? at->file_size(unreadable) : 0;
    sum += unreadable ? 0 : size;
  }
  return sum;
}

// The kernel's first pid namespace has a number of its own: include/linux/proc_ns.h PROC_PID_INIT_INO.
std::optional<bool> has_own_pids(const std::string& root) {
  std::error_code error;
  const auto link = std::filesystem::read_symlink(root + "/proc/self/ns/pid", error);
  if (error)
    return std::nullopt;
  return link != "pid:[4026531836]";
}

std::optional<DiskState> disk_state(const std::string& events_directory) {
  std::filesystem::path existing = events_directory;
  std::error_code error;
  while (!std::filesystem::is_directory(existing, error) && existing.has_relative_path())
    existing = existing.parent_path();
  struct statvfs facts{};
  if (::statvfs(existing.c_str(), &facts) != 0)
    return std::nullopt;
  return DiskState{existing.string(), facts.f_bavail * facts.f_frsize, bytes_in(events_directory)};
}

} // namespace

std::optional<std::string> chosen_lockdown(std::string_view text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open)
    return std::nullopt;
  return std::string(text.substr(open + 1, close - open - 1));
}

DoctorHost read_doctor_host(const std::string& root, const std::string& events_directory) {
  DoctorHost host;
  utsname names{};
  if (::uname(&names) == 0)
    host.kernel_release = names.release;
  host.root = ::geteuid() == 0;
  host.capabilities = effective_capabilities(root);
  std::error_code error;
  if (const auto size = std::filesystem::file_size(root + "/sys/kernel/btf/vmlinux", error); !error)
    host.btf_size = size;
  host.lockdown = chosen_lockdown(read_line(root + "/sys/kernel/security/lockdown").value_or(""));
  host.lsm = read_line(root + "/sys/kernel/security/lsm");
  host.unprivileged_bpf_off = read_number(root + "/proc/sys/kernel/unprivileged_bpf_disabled");
  host.bpf_stats = read_number(root + "/proc/sys/kernel/bpf_stats_enabled");
  host.io_uring_off = read_number(root + "/proc/sys/kernel/io_uring_disabled");
  host.own_pids = has_own_pids(root);
  host.disk = disk_state(events_directory);
  return host;
}

} // namespace monster
