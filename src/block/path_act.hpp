// SPDX-License-Identifier: Apache-2.0
// Which file an act on a path was about, and under which names: from the inodes it touched where the kernel
// told them, else from what the caller wrote.
#pragma once

#include "event/file_events.hpp"
#include "event/observation.hpp"

#include <string>

namespace monster {

struct ResolvedAct {
  std::string path;      // before the act
  std::string argument1; // what the caller wrote, as absolute paths where their base is known
  std::string argument2;
  std::string new_path; // after it, of renames
  bool path_truncated = false;
  bool new_path_truncated = false;
  std::string target; // what a symbolic link says, or the name a hard link was made from
  PathSource source = PathSource::argument;
  const TouchedFile* file = nullptr;     // null: not known
  const TouchedFile* replaced = nullptr; // had the new name before a rename
};

// `act` must outlive the result.
[[nodiscard]] ResolvedAct resolve(const PathAct& act);

// "rename", "unlink", ...: the operation column.
[[nodiscard]] std::string_view name_of(PathActKind kind);

// unlinkat with AT_REMOVEDIR is rmdir.
[[nodiscard]] PathActKind true_kind(const PathAct& act);

// linux/fs.h RENAME_EXCHANGE.
[[nodiscard]] inline bool is_exchange(const PathAct& act) {
  return act.kind == PathActKind::rename && (act.call_flags & 2U) != 0;
}

} // namespace monster
