// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "policy/glob.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

// Programs by their image, upper and lower case the same (ASCII). An entry without a separator is compared
// with the file name alone; `/` and `\` are both separators, in entries and images: Wine's programs have
// Windows paths.
class ProcessNames {
public:
  ProcessNames() = default;
  [[nodiscard]] static Result<ProcessNames> make(std::span<const std::string> entries);

  [[nodiscard]] bool contains(std::string_view image) const;

private:
  std::vector<Glob> names_;
  std::vector<Glob> paths_;
};

} // namespace monster
