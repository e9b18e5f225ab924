// SPDX-License-Identifier: Apache-2.0
// From a file or a text to a Config, with every complaint at its place.
#pragma once

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/diagnostic.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

// `config` is to be used only when ok(); diagnostics stand in the order of the file.
struct LoadedConfig {
  Config config;
  std::vector<Diagnostic> diagnostics;

  // No error among the diagnostics; warnings may be.
  [[nodiscard]] bool ok() const;
};

inline constexpr std::size_t config_size_limit = 1 << 20;

// `strict` makes errors of unknown names. `file_name` is only for the diagnostics.
[[nodiscard]] LoadedConfig parse_config(std::string_view text, std::string_view file_name, bool strict);

// Reads a regular file of at most 1 MiB; an Error when that cannot be done. Never waits on a FIFO.
[[nodiscard]] Result<LoadedConfig> load_config(const std::string& path, bool strict);

} // namespace monster
