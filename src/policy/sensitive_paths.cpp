// SPDX-License-Identifier: Apache-2.0
#include "policy/sensitive_paths.hpp"

#include "base/path_text.hpp"

#include <algorithm>
#include <set>

namespace monster {
namespace {

// Made plain; "" is the home `/`.
std::set<std::string> plain_homes(std::span<const std::string> homes) {
  std::set<std::string> plain{"/root"};
  for (const std::string& home : homes)
    if (home.starts_with('/') && home.find('\0') == std::string::npos)
      plain.insert(plain_path(home));
  return plain;
}

bool any_matches(const std::vector<Glob>& globs, std::string_view text) {
  return std::ranges::any_of(globs, [text](const Glob& glob) { return glob.matches(text); });
}

// A `*` in a home's name would stand for other homes; `?` is any byte, itself too.
std::string as_glob(std::string home) {
  std::ranges::replace(home, '*', '?');
  return home;
}

// What may stand behind the `/` of a pattern that begins with one.
std::bitset<256> second_bytes(std::string_view pattern) {
  std::bitset<256> bytes;
  if (pattern.size() < 2 || pattern[0] != '/' || pattern[1] == '*' || pattern[1] == '?')
    return bytes.set();
  return bytes.set(static_cast<std::uint8_t>(pattern[1]));
}

std::vector<std::string> below(const std::set<std::string>& homes, const std::string& text) {
  if (!text.starts_with(home_word))
    return {text};
  std::vector<std::string> globs;
  for (const std::string& home : homes)
    globs.push_back(as_glob(home) + text.substr(home_word.size()));
  return globs;
}

} // namespace

Result<SensitivePaths::Patterns> SensitivePaths::compile(std::span<const std::string> texts) {
  Patterns patterns;
  for (const std::string_view text : texts) {
    const bool home = text.starts_with(home_word);
    Result<Glob> glob = Glob::make(home ? text.substr(home_word.size()) : text);
    if (!glob)
      return fail(std::move(glob.error()));
    (home ? patterns.below_home : patterns.absolute).push_back(std::move(*glob));
    if (home)
      patterns.behind_home |= second_bytes(text.substr(home_word.size()));
  }
  return patterns;
}

Result<SensitivePaths> SensitivePaths::make(std::span<const BuiltinRule> rules, std::span<const std::string> homes) {
  SensitivePaths sensitive;
  for (const BuiltinRule& rule : rules) {
    if (rule.act != RuleAct::read)
      continue;
    Result<Patterns> paths = compile(rule.paths);
    if (!paths)
      return fail(std::move(paths.error()));
    Result<Patterns> except_paths = compile(rule.except_paths);
    if (!except_paths)
      return fail(std::move(except_paths.error()));
    sensitive.rules_.push_back({rule.id, std::move(*paths), std::move(*except_paths), rule.paths, rule.except_paths});
  }
  for (const std::string& home : plain_homes(homes))
    sensitive.homes_.insert(home);
  return sensitive;
}

bool SensitivePaths::matches(const Patterns& patterns, std::string_view plain) const {
  if (any_matches(patterns.absolute, plain))
    return true;
  if (patterns.below_home.empty())
    return false;
  for (std::size_t slash = 0; slash + 1 < plain.size(); slash = std::min(plain.find('/', slash + 1), plain.size()))
    if (patterns.behind_home[static_cast<std::uint8_t>(plain[slash + 1])] && homes_.contains(plain.substr(0, slash)) &&
        any_matches(patterns.below_home, plain.substr(slash)))
      return true;
  return false;
}

std::string_view SensitivePaths::rule_of(std::string_view path) const {
  if (!is_plain_path(path)) {
    const std::string plain = plain_path(path);
    return plain.empty() ? std::string_view() : rule_of(plain);
  }
  for (const Rule& rule : rules_)
    if (matches(rule.paths, path) && !matches(rule.except_paths, path))
      return rule.id;
  return {};
}

std::vector<std::string> SensitivePaths::globs(std::span<const std::string> homes) const {
  const std::set<std::string> everywhere = plain_homes(homes);
  std::vector<std::string> found;
  const auto add = [&](const Rule& rule, std::string glob, const std::set<std::string>& except_homes) {
    found.push_back(std::move(glob));
    for (const std::string& except : rule.except_texts)
      for (const std::string& taken : below(except_homes, except))
        found.push_back("!" + taken);
  };
  for (const Rule& rule : rules_)
    for (const std::string& path : rule.path_texts) {
      if (!path.starts_with(home_word)) {
        add(rule, path, everywhere);
        continue;
      }
      // Behind a home's glob stand that home's exceptions alone: the list grows with the homes, not their square.
      for (const std::string& home : everywhere)
        add(rule, as_glob(home) + path.substr(home_word.size()), {home});
    }
  return found;
}

} // namespace monster
