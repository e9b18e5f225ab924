// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <vector>

namespace monster {

// The objects of all blocks in the kernel's map of open files that events told of. A block that is there all the
// while is among them (a hash map is read bucket by bucket, and no entry ever changes its bucket); of those that
// come or go meanwhile, some are. Errors: the kernel cannot read a map in batches (before 5.6).
[[nodiscard]] Result<std::vector<std::uint64_t>> read_open_objects(int map, std::size_t value_size);

} // namespace monster
