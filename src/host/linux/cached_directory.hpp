// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/answers.hpp"

#include <map>
#include <utility>

namespace monster {

// A directory by a path that `process` used, within the root of that process, looked up in the kernel's cache
// alone: openat2(2) RESOLVE_CACHED, RESOLVE_IN_ROOT. Nothing when it is not there, or the process is gone.
[[nodiscard]] std::optional<HostAnswers::Directory> find_cached_directory(Pid process, const std::string& path);

// The same, each asked of the kernel once until forget(): acts come in rows from one directory, and a question
// is seven system calls. What is remembered may be as old as the last forget().
class RecentDirectories {
public:
  static constexpr std::size_t most = 1024; // beyond it, it forgets all by itself

  [[nodiscard]] const std::optional<HostAnswers::Directory>& find(Pid process, const std::string& path);
  void forget() { known_.clear(); }

private:
  std::map<std::pair<Pid, std::string>, std::optional<HostAnswers::Directory>> known_;
};

} // namespace monster
