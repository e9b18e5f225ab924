// SPDX-License-Identifier: Apache-2.0
// "Did you mean": which known word somebody who wrote another one is likely to have meant.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace monster {

// Upper and lower case and `-` and `_` are the same. None when nothing is near, or `written` has over 64 bytes.
[[nodiscard]] std::optional<std::string_view> nearest_word(std::span<const std::string_view> known,
                                                           std::string_view written);

} // namespace monster
