// SPDX-License-Identifier: Apache-2.0
// `monster-agent schema`: what is written about events and options, printed.
#pragma once

#include "event/schema.hpp"

#include <vector>

namespace monster {

// Those of the events, then those of the options, in the order of --help.
[[nodiscard]] std::vector<SchemaFormat> printable_schemas();

} // namespace monster
