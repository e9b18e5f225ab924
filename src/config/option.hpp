// SPDX-License-Identifier: Apache-2.0
// What an option is. The list of all of them stands in option_table.cpp; parsing, checking, the
// reference page and the JSON Schema walk that list, and none of them names an option itself.
#pragma once

#include "config/config.hpp"
#include "config/entry.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace monster {

struct FlagField {
  bool& (*at)(Config&);
};
struct NumberField {
  std::int64_t& (*at)(Config&);
  std::int64_t least;
  std::int64_t most;
};
struct PortField {
  std::uint16_t& (*at)(Config&);
};
struct SizeField {
  std::uint64_t& (*at)(Config&);
  std::uint64_t least;
  std::uint64_t most;
  bool power_of_two = false;
};
struct DurationField {
  Duration& (*at)(Config&);
  Duration least;
  Duration most;
};
// One of `words`; `get` and `set` speak of their indexes.
struct ChoiceField {
  std::span<const std::string_view> words;
  std::size_t (*get)(Config&);
  void (*set)(Config&, std::size_t);
};
struct TextField {
  std::string& (*at)(Config&);
  TextForm form;
};
struct OptionalTextField {
  std::optional<std::string>& (*at)(Config&);
  TextForm form;
};
struct TextListField {
  std::vector<std::string>& (*at)(Config&);
  TextForm form;
};
struct IpListField {
  std::vector<IpRange>& (*at)(Config&);
};
struct PortListField {
  std::vector<PortRange>& (*at)(Config&);
};

using Field = std::variant<FlagField, NumberField, PortField, SizeField, DurationField, ChoiceField, TextField,
                           OptionalTextField, TextListField, IpListField, PortListField>;

struct Option {
  std::string_view path; // names joined with dots
  Field field;
  std::string_view meaning;
  // What this build cannot do, to follow "this build cannot "; empty: it can. Then a flag may not be
  // switched on and a list must be empty; every other value is only checked.
  std::string_view cannot = {};
};

// In the order of the reference page; what shares a group stands together.
[[nodiscard]] std::span<const Option> config_options();

[[nodiscard]] bool is_list(const Option& option);
// At most so many entries in one list.
inline constexpr std::size_t list_limit = 4096;

// What the option accepts, to follow "allowed: "; for a list, what one entry may be.
[[nodiscard]] std::string allowed_values(const Option& option);
// The default as JSON: `64MiB` in quotes, `null`, `["A", "B"]`.
[[nodiscard]] std::string default_value(const Option& option);

// The reference page (Markdown) and the JSON Schema (draft 2020-12, of what --strict accepts).
[[nodiscard]] std::string config_reference_markdown();
[[nodiscard]] std::string config_json_schema();

template <class... Functions> struct Overloaded : Functions... {
  using Functions::operator()...;
};

} // namespace monster
