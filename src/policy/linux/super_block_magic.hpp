// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace monster {

// super_block::s_magic of a pseudo file system by its name in /proc/filesystems; none for others.
[[nodiscard]] std::optional<std::uint32_t> super_block_magic(std::string_view file_system);

// All names that super_block_magic knows, for a message: "anon_inodefs, binfmt_misc, ...".
[[nodiscard]] std::string known_file_systems();

} // namespace monster
