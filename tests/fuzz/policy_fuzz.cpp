// SPDX-License-Identifier: Apache-2.0
// rooms: policy
// Patterns against a matcher too simple to be wrong, and any bytes as a built-in policy: what is accepted
// makes a policy, what is refused says why in one printable line. The first byte chooses; a pattern and
// its text are parted by the first line break.
#include "base/path_text.hpp"
#include "policy/glob.hpp"
#include "policy/policy.hpp"
#include "policy/rules.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace monster {
namespace {

void require(bool promise) {
  if (!promise)
    std::abort();
}

// The meaning of a pattern, written down once more: recursion over both ends, each question asked once.
class SlowGlob {
public:
  SlowGlob(std::string_view pattern, std::string_view text) : pattern_(pattern), text_(text) {}

  bool matches(std::size_t p, std::size_t t) {
    const auto [known, is_new] = answers_.emplace(std::pair(p, t), false);
    if (is_new)
      known->second = ask(p, t);
    return known->second;
  }

private:
  bool ask(std::size_t p, std::size_t t) {
    if (p == pattern_.size())
      return t == text_.size();
    if (pattern_[p] != '*')
      return t < text_.size() && (pattern_[p] == '?' ? text_[t] != '/' : pattern_[p] == text_[t]) &&
             matches(p + 1, t + 1);
    const std::size_t end = std::min(pattern_.find_first_not_of('*', p), pattern_.size());
    const bool crosses = end - p >= 2;
    const bool parts = crosses && (p == 0 || pattern_[p - 1] == '/') && end < pattern_.size() && pattern_[end] == '/';
    if (parts && matches(end + 1, t))
      return true;
    for (std::size_t to = t;; ++to) {
      if (matches_behind(end, t, to, parts))
        return true;
      if (to == text_.size() || (!crosses && text_[to] == '/'))
        return false;
    }
  }
  // `**/` has taken text from t to `to`, or a shorter star has.
  bool matches_behind(std::size_t end, std::size_t t, std::size_t to, bool parts) {
    if (!parts)
      return matches(end, to);
    return to > t && text_[to - 1] == '/' && matches(end + 1, to);
  }

  std::string_view pattern_;
  std::string_view text_;
  std::map<std::pair<std::size_t, std::size_t>, bool> answers_;
};

std::string lower(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return folded;
}

void check_glob(std::string_view input) {
  constexpr std::size_t enough = 96; // the slow matcher is cubic
  input = input.substr(0, enough);
  const std::size_t parted = std::min(input.find('\n'), input.size());
  const std::string_view pattern = input.substr(0, parted);
  const std::string_view text = input.substr(std::min(parted + 1, input.size()));
  const Result<Glob> glob = Glob::make(pattern);
  require(glob.has_value() == (!pattern.empty() && pattern.find('\0') == std::string_view::npos));
  if (!glob)
    return;
  require(glob->matches(text) == SlowGlob(pattern, text).matches(0, 0));
  const Result<Glob> folded = Glob::make(pattern, GlobCase::ascii_folded);
  require(folded && folded->matches(text) == SlowGlob(lower(pattern), lower(text)).matches(0, 0));
}

void check_path(std::string_view path) {
  const std::string plain = plain_path(path);
  require(plain.empty() || is_plain_path(plain));
  require(!is_plain_path(path) || plain == path);
}

void check_builtin(std::string_view json) {
  const Result<BuiltinPolicy> parsed = parse_builtin_policy(json, "fuzz.json");
  PolicySettings settings;
  settings.builtin_json = json;
  settings.homes = {"/home/a", "/", "/odd*"};
  const Result<Policy> policy = Policy::make(settings);
  require(json.empty() || policy.has_value() == parsed.has_value());
  if (!parsed) {
    const std::string message = parsed.error().message();
    require(!parsed.error().reason.empty());
    require(std::ranges::none_of(message, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }));
    return;
  }
  for (const BuiltinRule& rule : parsed->rules)
    for (const std::string& path : rule.paths)
      (void)policy->judge_file({path, path, 0x9fa0, rule.act == RuleAct::read});
  (void)policy->sensitive_globs(settings.homes);
}

void check_decisions(std::string_view path) {
  static const Result<Policy> policy = [] {
    PolicySettings settings;
    settings.process_exclude = {"make*", "/usr/*/cc?", "c:\\**\\x"};
    settings.homes = {"/home/a"};
    return Policy::make(settings);
  }();
  require(policy.has_value());
  for (const std::uint32_t magic : {0x9fa0U, 0x62656572U, 0x27e0ebU, 0xef53U, 0x50495045U}) {
    const Decision decision = policy->judge_file({path, {}, magic, false});
    require(decision.keep || magic == 0x50495045U || is_plain_path(path));
  }
  (void)policy->excludes_process(path);
  require(!policy->is_sensitive_path(path) || path.starts_with('/'));
}

} // namespace
} // namespace monster

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
  case 0:
    monster::check_glob(input);
    break;
  case 1:
    monster::check_builtin(input);
    break;
  default:
    monster::check_path(input);
    monster::check_decisions(input);
  }
  return 0;
}
