// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/text.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace monster {

struct Uid {
  std::uint32_t value = 0;
};
struct Gid {
  std::uint32_t value = 0;
};

// Names of the host's users and groups, from the files alone: NSS may ask a network and block. For
// one thread.
class UserNames {
public:
  explicit UserNames(std::string etc = "/etc") : passwd_{etc + "/passwd"}, group_{etc + "/group"} {}

  // Null when the files do not have it. Valid until the next call; looks for a changed file at most
  // once a second.
  [[nodiscard]] Text user(Uid uid, BootTime now) { return passwd_.find(uid.value, now); }
  [[nodiscard]] Text group(Gid gid, BootTime now) { return group_.find(gid.value, now); }

  // Lines of the present files that made no sense and were left out.
  [[nodiscard]] std::uint64_t malformed() const { return passwd_.malformed + group_.malformed; }

private:
  struct NameFile {
    std::string path;
    std::unordered_map<std::uint32_t, std::string> names = {};
    std::uint64_t malformed = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t mtime_ns = 0;
    BootTime checked = {};
    bool loaded = false;

    [[nodiscard]] Text find(std::uint32_t id, BootTime now);
    void refresh(BootTime now);
    void load();
  };

  NameFile passwd_;
  NameFile group_;
};

} // namespace monster
