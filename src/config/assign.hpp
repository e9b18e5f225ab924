// SPDX-License-Identifier: Apache-2.0
// From a value of the file to a member of Config.
#pragma once

#include "config/json_reader.hpp"
#include "config/option.hpp"

namespace monster {

// False when the option does not accept the value; `config` is unchanged then.
[[nodiscard]] bool assign_value(const Option& option, const JsonToken& value, Config& config);

// For a list: empties it, and adds one entry (false when it is not accepted).
void clear_list(const Option& option, Config& config);
[[nodiscard]] bool append_entry(const Option& option, const JsonToken& value, Config& config);

// Whether `config` asks for what this build cannot do.
[[nodiscard]] bool asks_too_much(const Option& option, Config& config);

} // namespace monster
