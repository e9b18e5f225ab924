// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/linux/dpkg.hpp"
#include "host/linux/file_digest.hpp"

namespace monster {

// The facts of a file that was (or was not) hashed: whether its content is what the owning package
// says. Only files that lie at their path in the host's own root can be checked.
[[nodiscard]] FileFacts judge_signature(const FileReference& file, const DigestOutcome& outcome,
                                        std::uint32_t host_mnt_ns, DpkgDatabase& packages, BootTime now);

} // namespace monster
