// SPDX-License-Identifier: Apache-2.0
// Which texts an option accepts. Only the form is judged here; matching belongs to policy.
#pragma once

#include <cstdint>
#include <string_view>

namespace monster {

enum class TextForm : std::uint8_t {
  image_name,    // basename, or full path if it has a `/`; `*` and `?`
  path_pattern,  // full path with `*` and `?`
  extension,     // without dot and `/`; `*` and `?`
  registry_key,  // any name with `*` and `?`
  variable,      // name of an environment variable
  absolute_path, // a path that starts at the root
  host,          // name or address of one host
  kafka_servers, // host[:port], separated by commas
  kafka_topic    // letters, digits, `.`, `_`, `-`; at most 249
};

[[nodiscard]] bool has_form(TextForm form, std::string_view text);
// The form in words, to follow "allowed: ".
[[nodiscard]] std::string_view describe(TextForm form);
// True for an entry that matches every name.
[[nodiscard]] bool matches_everything(std::string_view pattern);

} // namespace monster
