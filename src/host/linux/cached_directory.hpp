// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/answers.hpp"

namespace monster {

// A directory by a path that `process` used, within the root of that process, looked up in the kernel's cache
// alone: openat2(2) RESOLVE_CACHED, RESOLVE_IN_ROOT. Nothing when it is not there, or the process is gone.
[[nodiscard]] std::optional<HostAnswers::Directory> find_cached_directory(Pid process, const std::string& path);

} // namespace monster
