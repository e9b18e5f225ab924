// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "event/event.hpp"

#include <string>
#include <string_view>

namespace monster {

// What an event says, in a few words; empty for details that their block tells as well. Not yet safe for a
// terminal: names stand in it as they are.
[[nodiscard]] std::string sentence(const Event& event);

// 1234 as "1.2 KiB".
[[nodiscard]] std::string size_text(std::uint64_t bytes);

} // namespace monster
