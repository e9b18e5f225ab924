// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace monster {

// What is mounted where, by proc_pid_mountinfo(5): to keep away from what a look-up could wait for.
class Mounts {
public:
  // `path` is a mountinfo file; an unreadable one gives a table that knows nothing.
  [[nodiscard]] static Mounts read(const std::string& path);
  [[nodiscard]] static Mounts parse(std::string_view mountinfo);

  // A file system on a network, in somebody's process, or mounted only when it is looked at.
  [[nodiscard]] bool may_wait_at(std::string_view mount_point) const { return waiting_.contains(mount_point); }
  // super_block::s_dev as the kernel has it, (major << 20) | minor. On btrfs and overlayfs stat tells another number.
  [[nodiscard]] std::optional<std::uint64_t> device_of(std::uint64_t mount_id) const;
  [[nodiscard]] std::size_t size() const { return devices_.size(); }

private:
  void add(std::string_view line);

  std::unordered_map<std::uint64_t, std::uint64_t> devices_;
  std::set<std::string, std::less<>> waiting_;
};

} // namespace monster
