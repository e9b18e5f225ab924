// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"

namespace monster {

// Gives up, for good, every capability but those that recording needs once the hooks are attached: reading
// files and /proc of all users, and asking the kernel programs. Programs it would start gain nothing.
[[nodiscard]] Result<> drop_privileges();

} // namespace monster
