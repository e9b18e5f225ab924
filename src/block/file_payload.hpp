// SPDX-License-Identifier: Apache-2.0
// Fills the payloads of file events from observations; no state, no decisions.
#pragma once

#include "block/path_act.hpp"
#include "event/file_events.hpp"
#include "event/keys.hpp"
#include "event/observation.hpp"

namespace monster {

// `path` is the path at the open; texts of the results point into what was given.
[[nodiscard]] FileCreate make_file_create(const OpenFile& file, Text path, const KeyMaker& keys, Arena& arena);
// A handle that was first seen at its use has no state before it but the mode that an earlier event told.
[[nodiscard]] FileBlock make_file_block(const FileBlockTold& told, Text path, ClockOffset clock,
                                        std::optional<std::uint32_t> mode_before, const KeyMaker& keys, Arena& arena);
// The block of an act without a handle: it lasted no time. Texts are copied to `arena`.
// `mode_before` where an earlier event told it.
[[nodiscard]] FileBlock make_act_block(const PathAct& act, const ResolvedAct& resolved, WallTime time,
                                       std::optional<std::uint32_t> mode_before, const KeyMaker& keys, Arena& arena);
[[nodiscard]] FileRename make_file_rename(const PathAct& act, const ResolvedAct& resolved, const KeyMaker& keys,
                                          Arena& arena);
[[nodiscard]] FileCreateNew make_file_create_new(Text path, const std::optional<FileKey>& key);
// "EACCES" and "EPERM" by name, others as "errno N".
[[nodiscard]] Text error_name(std::int32_t error, Arena& arena);

// From the flags of an open (asm-generic/fcntl.h) to the words of NtCreateFile.
[[nodiscard]] CreateDisposition disposition_of(std::uint32_t open_flags);
[[nodiscard]] TextList options_of(std::uint32_t open_flags, Arena& arena);

} // namespace monster
