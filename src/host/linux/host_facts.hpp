// SPDX-License-Identifier: Apache-2.0
// Which host this is.
#pragma once

#include "base/key.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace monster {

struct HostPaths {
  std::string root = ""; // before /etc, /var/lib/dbus and /proc; a test's made-up root
  std::string state = "/var/lib/monster-agent";
};

struct HostFacts {
  Bytes16 machine_id{};
  bool machine_id_is_own = false; // the host has none; it is a random one kept in the state directory
  Bytes16 boot_id{};
  std::string host_name;
  std::uint32_t mnt_ns = 0; // inode number of our own mount namespace
};

[[nodiscard]] Result<HostFacts> read_host_facts(const HostPaths& paths);

struct MachineId {
  Bytes16 bytes{};
  bool is_own = false;
};
// /etc/machine-id, else /var/lib/dbus/machine-id, else STATE/machine-id, made with mode 0600 when it
// is not there. Errors: the state directory cannot be used, or what it holds is not ours.
[[nodiscard]] Result<MachineId> machine_id(const HostPaths& paths);

// /proc/sys/kernel/random/boot_id: another after every boot.
[[nodiscard]] Result<Bytes16> boot_id(const HostPaths& paths);

// 32 hex digits, dashes where a UUID has them, white space around; not all zero (which machine-id(5)
// forbids).
[[nodiscard]] Result<Bytes16> parse_id(const std::string& text, const std::string& path);

} // namespace monster
