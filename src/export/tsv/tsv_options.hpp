// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "export/batch_queue.hpp"

#include <cstdint>
#include <string>

namespace monster {

// How much of the process columns a detail row repeats: keys leaves image, user, uid, container_id, mnt_ns
// and tid null, since the process's 1500 row and the block's row have them.
enum class DetailColumns : std::uint8_t { keys, full };

struct TsvOptions {
  std::string data_directory; // the files lie in events/ below it
  bool details = true;        // false: detail rows are left out, and counted as filtered
  DetailColumns detail_columns = DetailColumns::keys;
  std::uint64_t rotate_bytes = 64ULL << 20;
  Duration rotate_after = seconds(15 * 60);
  std::uint64_t keep_bytes = 5ULL << 30; // of all finished and unfinished files together
  Duration flush_after = milliseconds(250);
  Duration sync_after = seconds(5);
  Duration retry_after = seconds(1);     // when the disk refused
  std::size_t buffer_bytes = 256U << 10; // per event; also what is kept while the disk refuses
  QueueLimits queue;
};

} // namespace monster
