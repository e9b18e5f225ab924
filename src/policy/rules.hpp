// SPDX-License-Identifier: Apache-2.0
// The built-in policy as its file says it; builtin.json explains the rules themselves.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

enum class RuleAct : std::uint8_t { drop, keep, read };
[[nodiscard]] std::string_view name_of(RuleAct act);

struct BuiltinRule {
  std::string id; // unique; a-z, 0-9 and -
  RuleAct act = RuleAct::keep;
  std::string reason;
  std::vector<std::string> file_systems; // of drop and keep; known to super_block_magic()
  std::vector<std::string> paths;        // globs; in read rules `{home}` may be their beginning
  std::vector<std::string> except_paths;
};

struct BuiltinPolicy {
  std::vector<BuiltinRule> rules;
};

// What begins a path that is looked for below each home directory.
inline constexpr std::string_view home_word = "{home}";
// The id that a verdict carries where no rule spoke; no rule may have it.
inline constexpr std::string_view default_rule = "default";

inline constexpr std::size_t builtin_json_limit = 1 << 20; // bytes
inline constexpr std::size_t builtin_rule_limit = 256;
inline constexpr std::size_t rule_list_limit = 1024; // entries of one list

// Refuses all that it does not understand, unknown and repeated keys too; what it returns makes a
// Policy. `origin` is the file's name, for the message.
[[nodiscard]] Result<BuiltinPolicy> parse_builtin_policy(std::string_view json, std::string_view origin);

// builtin.json as it was when this program was built.
[[nodiscard]] std::string_view compiled_builtin_json();

} // namespace monster
