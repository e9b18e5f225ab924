// SPDX-License-Identifier: Apache-2.0
// The keys that join events. Each is XXH3-128 over a tag with its final NUL, then fixed-width
// little-endian fields; as text, 32 lower-case hex digits.
#pragma once

#include "base/time.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace monster {

struct Pid {
  std::uint32_t value = 0;
  friend auto operator<=>(Pid, Pid) = default;
};

using Bytes16 = std::array<std::uint8_t, 16>;

template <class Tag> struct Key {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const Key&, const Key&) = default;
  // Writes exactly 32 hex digits to `out`; no NUL.
  void write_hex(char* out) const {
    constexpr char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; ++i) {
      out[i] = digits[(high >> (60 - 4 * i)) & 15];
      out[16 + i] = digits[(low >> (60 - 4 * i)) & 15];
    }
  }
  [[nodiscard]] std::string hex() const {
    std::string text(32, '0');
    write_hex(text.data());
    return text;
  }
};

using HostId = Key<struct HostTag>;
using RunId = Key<struct RunTag>;
using ProcessKey = Key<struct ProcessTag>;
using FileKey = Key<struct FileTag>;
using BlockKey = Key<struct BlockTag>;
using DeviceKey = Key<struct DeviceTag>;

// One process running one image. pid in the host's pid namespace, start from
// task_struct::start_boottime (never /proc ticks), exec_id from task_struct::self_exec_id.
struct ProcessIdentity {
  Pid pid;
  BootTime start;
  std::uint64_t exec_id = 0;
  friend auto operator<=>(const ProcessIdentity&, const ProcessIdentity&) = default;
};

// One inode for as long as it lives: super_block::s_dev, inode::i_ino, inode::i_generation.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint32_t generation = 0;
  friend auto operator<=>(const FileIdentity&, const FileIdentity&) = default;
};

// From machine-id's 16 bytes: stable, and does not reveal them.
[[nodiscard]] HostId host_id_from_machine_id(const Bytes16& machine_id);
[[nodiscard]] RunId random_run_id();
[[nodiscard]] ProcessKey process_key(HostId host, const Bytes16& boot_id, const ProcessIdentity& process);
[[nodiscard]] FileKey file_key(HostId host, const FileIdentity& file);
// `object` numbers the open file descriptions (later: flows, handles) of one agent run.
[[nodiscard]] BlockKey block_key(RunId run, std::uint64_t object);

// Spreads the fields of an identity for hash tables; not part of any contract.
[[nodiscard]] inline std::size_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t h = (a ^ 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U;
  h = (h ^ (h >> 29) ^ b) * 0x94d049bb133111ebU;
  return static_cast<std::size_t>(h ^ (h >> 32));
}

} // namespace monster

template <class Tag> struct std::hash<monster::Key<Tag>> {
  std::size_t operator()(const monster::Key<Tag>& key) const noexcept { return static_cast<std::size_t>(key.low); }
};
template <> struct std::hash<monster::ProcessIdentity> {
  std::size_t operator()(const monster::ProcessIdentity& p) const noexcept {
    return monster::mix((static_cast<std::uint64_t>(p.pid.value) << 32) ^ p.exec_id,
                        static_cast<std::uint64_t>(p.start.ns));
  }
};
template <> struct std::hash<monster::FileIdentity> {
  std::size_t operator()(const monster::FileIdentity& f) const noexcept {
    return monster::mix(f.inode ^ (static_cast<std::uint64_t>(f.generation) << 32), f.device);
  }
};
