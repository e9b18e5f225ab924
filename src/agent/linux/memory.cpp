// SPDX-License-Identifier: Apache-2.0
#include "agent/linux/memory.hpp"

#include <malloc.h>

namespace monster {

// mallopt(3): a threshold that was set is no longer raised by what is freed. The smallest piece of a batch is a
// chunk of its arena.
void give_batches_back() {
  constexpr int chunk = 64 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, chunk);
}

void give_free_pages_back() { ::malloc_trim(0); }

} // namespace monster
