// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "event/event.hpp"

#include <string>

namespace monster {

// Appends one JSON object, no newline: the same names and values as TSV; null fields are left out,
// times and other 64-bit nanoseconds are strings, booleans true/false, lists arrays.
void append_json(std::string& out, const Event& event, const Origin& origin, std::int64_t stream_seq);

} // namespace monster
