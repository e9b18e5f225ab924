// SPDX-License-Identifier: Apache-2.0
#include "policy/linux/super_block_magic.hpp"

#include <algorithm>
#include <fmt/ranges.h>
#include <linux/magic.h>
#include <vector>

namespace monster {
namespace {

struct FileSystem {
  std::string_view name;
  std::uint32_t magic;
};

// From linux/magic.h; with a number, what it lacks stands with the kernel file that defines it.
constexpr FileSystem file_systems[] = {
    {"anon_inodefs", ANON_INODE_FS_MAGIC},
    {"binfmt_misc", BINFMTFS_MAGIC},
    {"bpf", BPF_FS_MAGIC},
    {"cgroup", CGROUP_SUPER_MAGIC},
    {"cgroup2", CGROUP2_SUPER_MAGIC},
    {"configfs", 0x62656570}, // fs/configfs/mount.c CONFIGFS_MAGIC
    {"debugfs", DEBUGFS_MAGIC},
    {"devpts", DEVPTS_SUPER_MAGIC},
    {"mqueue", 0x19800202}, // ipc/mqueue.c MQUEUE_MAGIC
    {"nsfs", NSFS_MAGIC},
    {"pidfs", 0x50494446}, // include/uapi/linux/magic.h PID_FS_MAGIC, since 6.9
    {"pipefs", PIPEFS_MAGIC},
    {"proc", PROC_SUPER_MAGIC},
    {"pstore", PSTOREFS_MAGIC},
    {"securityfs", SECURITYFS_MAGIC},
    {"selinuxfs", SELINUX_MAGIC},
    {"sockfs", SOCKFS_MAGIC},
    {"sysfs", SYSFS_MAGIC},
    {"tracefs", TRACEFS_MAGIC},
};

} // namespace

std::optional<std::uint32_t> super_block_magic(std::string_view file_system) {
  const auto* found = std::ranges::find(file_systems, file_system, &FileSystem::name);
  return found == std::end(file_systems) ? std::nullopt : std::optional(found->magic);
}

std::string known_file_systems() {
  std::vector<std::string_view> names;
  for (const FileSystem& known : file_systems)
    names.push_back(known.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace monster
