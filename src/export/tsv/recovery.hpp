// SPDX-License-Identifier: Apache-2.0
// What a run that died left behind, made whole at the next start.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace monster {

// The last that is known on disk of one agent run.
struct LastOnDisk {
  std::string run_id; // 32 hex digits
  std::int64_t seq = 0;
  WallTime time; // of the latest event
};

struct RecoveredRun {
  std::uint64_t finished = 0;       // .part files verified and renamed
  std::uint64_t rows_cut = 0;       // torn last rows
  std::uint64_t bytes_cut = 0;      // of those
  std::uint64_t empty_removed = 0;  // .part files without a whole row
  std::uint64_t live = 0;           // locked by a process that writes them; left alone
  std::uint64_t refused = 0;        // named like ours, but not a file of ours; left alone
  std::uint64_t malformed_rows = 0; // whole lines that are no row of their file; kept as they are
  std::vector<Error> errors;        // the first few; the files concerned are left alone
  // Of the run with the latest event, by the recovered files and the newest finished one of each event.
  std::optional<LastOnDisk> last;

  // True: a run was killed. False proves nothing, since one may die between two files.
  [[nodiscard]] bool found_unfinished() const { return finished + empty_removed > 0; }
};

// `directory` is the events directory's fd. Every name and byte in it is taken as hostile: memory stays
// bounded, nothing is overwritten, no link followed.
[[nodiscard]] RecoveredRun recover_parts(int directory);

} // namespace monster
