// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "policy/glob.hpp"
#include "policy/rules.hpp"

#include <bitset>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace monster {

// The read rules, compiled. The cost of a question grows with the parts of the path, not with the homes.
class SensitivePaths {
public:
  SensitivePaths() = default;
  // /root is a home in any case; homes that are not absolute are left out, nothing lies below them.
  [[nodiscard]] static Result<SensitivePaths> make(std::span<const BuiltinRule> rules,
                                                   std::span<const std::string> homes);

  // The id of the first read rule that has the path; empty if none. A path that is not plain is made so first.
  [[nodiscard]] std::string_view rule_of(std::string_view path) const;

  // What find_sensitive_files() looks for: globs, each followed by its exceptions, which begin with `!`.
  [[nodiscard]] std::vector<std::string> globs(std::span<const std::string> homes) const;

private:
  struct Patterns {
    std::vector<Glob> absolute;
    std::vector<Glob> below_home; // begin with the `/` behind {home}
    std::bitset<256> behind_home; // the bytes that may follow that `/`: nearly always a dot alone
  };
  struct Rule {
    std::string id;
    Patterns paths;
    Patterns except_paths;
    std::vector<std::string> path_texts;
    std::vector<std::string> except_texts;
  };
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  [[nodiscard]] static Result<Patterns> compile(std::span<const std::string> texts);
  [[nodiscard]] bool matches(const Patterns& patterns, std::string_view plain) const;

  std::vector<Rule> rules_;
  std::unordered_set<std::string, TextHash, std::equal_to<>> homes_;
};

} // namespace monster
