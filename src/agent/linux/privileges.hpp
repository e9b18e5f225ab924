// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"

namespace monster {

// Gives up, for good, every capability of the calling thread, and of those it makes later, but what recording
// needs once the hooks are attached: reading files and /proc of all users, and asking the kernel programs.
// Threads made before keep theirs (capabilities(7)). Programs it would start gain nothing.
[[nodiscard]] Result<> drop_privileges();

// Puts the calling thread, and those it makes from here on, ahead of ordinary work: a reader that waits for
// the processor behind what it records loses records. Fails without CAP_SYS_NICE; recording goes on then.
[[nodiscard]] Result<> go_ahead();

} // namespace monster
