// SPDX-License-Identifier: Apache-2.0
// The names of every enumeration that can be a field: one table each, in the order of the enumerators.
// The encoders, the schemas and name_of() all read these.
#pragma once

#include "event/agent_events.hpp"
#include "event/file_events.hpp"
#include "event/process_events.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>
#include <utility>

namespace monster {

// The longest name a table may hold: what one value takes in a row without a second look at the room.
inline constexpr std::size_t longest_enum_name = 64;

// A table must name every enumerator up to `last`; one that is too short or too long does not compile.
template <auto last, class... Names> consteval auto enum_table(Names... names) {
  static_assert(sizeof...(Names) == static_cast<std::size_t>(std::to_underlying(last)) + 1);
  return std::array<std::string_view, sizeof...(Names)>{names...};
}

template <class Enum> inline constexpr auto enum_names = nullptr;

template <> inline constexpr auto enum_names<Family> =
    enum_table<Family::agent>("process", "file", "network", "image", "access", "device", "host", "agent");
template <>
inline constexpr auto enum_names<HashStatus> =
    enum_table<HashStatus::unreadable>("ok", "pending", "too_large", "remote", "gone", "unreadable");
template <>
inline constexpr auto enum_names<SignatureState> =
    enum_table<SignatureState::not_checked>("package_verified", "package_modified", "unpackaged", "not_checked");
template <>
inline constexpr auto enum_names<ProcessSource> =
    enum_table<ProcessSource::carried>("exec", "snapshot", "fork_only", "carried");
template <>
inline constexpr auto enum_names<FileKind> = enum_table<FileKind::block_device>(
    "regular", "directory", "symlink", "fifo", "socket", "character_device", "block_device");
template <>
inline constexpr auto enum_names<FileAccess> =
    enum_table<FileAccess::read_write>("none", "read", "write", "read_write");
template <> inline constexpr auto enum_names<BlockState> = enum_table<BlockState::final>("open", "final");
template <>
inline constexpr auto enum_names<BlockSource> = enum_table<BlockSource::path>("open", "lazy", "snapshot", "path");
template <> inline constexpr auto enum_names<PathSource> = enum_table<PathSource::argument>("dentry", "argument");
template <>
inline constexpr auto enum_names<CreateDisposition> = enum_table<CreateDisposition::file_overwrite_if>(
    "FILE_OPEN", "FILE_CREATE", "FILE_OPEN_IF", "FILE_OVERWRITE", "FILE_OVERWRITE_IF");
template <>
inline constexpr auto enum_names<CreateResult> =
    enum_table<CreateResult::file_overwritten>("FILE_CREATED", "FILE_OPENED", "FILE_OVERWRITTEN");
template <>
inline constexpr auto enum_names<HealthAction> = enum_table<HealthAction::interval>("start", "stop", "interval");
template <>
inline constexpr auto enum_names<LastEnd> = enum_table<LastEnd::unclean>("first_run", "clean", "unclean");

// A value outside the enumeration (a damaged recording) is named, not read past the table.
template <class Enum>
  requires std::is_enum_v<Enum>
[[nodiscard]] constexpr std::string_view enum_name(Enum value) {
  static_assert(std::ranges::all_of(enum_names<Enum>, [](auto name) { return name.size() <= longest_enum_name; }));
  const auto index = static_cast<std::size_t>(std::to_underlying(value));
  return index < enum_names<Enum>.size() ? enum_names<Enum>[index] : std::string_view("unknown");
}

} // namespace monster
