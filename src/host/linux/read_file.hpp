// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>

namespace monster {

// The whole of a regular file (files of /proc are regular too). Never blocks on a FIFO or a device:
// those are refused, as is a file of more than `limit` bytes. Final symbolic links are followed.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t limit);

} // namespace monster
