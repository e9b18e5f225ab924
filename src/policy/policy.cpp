// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.hpp"

#include "base/path_text.hpp"
#include "policy/linux/super_block_magic.hpp"

#include <algorithm>
#include <utility>

namespace monster {
namespace {

bool any_matches(const std::vector<Glob>& globs, std::string_view path) {
  return std::ranges::any_of(globs, [path](const Glob& glob) { return glob.matches(path); });
}

Result<std::vector<Glob>> compile(const std::vector<std::string>& texts) {
  std::vector<Glob> globs;
  for (const std::string& text : texts) {
    Result<Glob> glob = Glob::make(text);
    if (!glob)
      return fail(std::move(glob.error()));
    globs.push_back(std::move(*glob));
  }
  return globs;
}

} // namespace

Result<Policy> Policy::make(const PolicySettings& settings) {
  Policy policy;
  Result<ProcessNames> excluded = ProcessNames::make(settings.process_exclude);
  if (!excluded)
    return fail(std::move(excluded.error()));
  policy.excluded_ = std::move(*excluded);
  if (settings.builtin)
    if (Result<> added = policy.add_builtin(settings); !added)
      return fail(std::move(added.error()));
  return policy;
}

Result<> Policy::add_builtin(const PolicySettings& settings) {
  const std::string_view json = settings.builtin_json.empty() ? compiled_builtin_json() : settings.builtin_json;
  const Result<BuiltinPolicy> builtin = parse_builtin_policy(json, settings.builtin_origin);
  if (!builtin)
    return fail(builtin.error());
  for (const BuiltinRule& rule : builtin->rules)
    if (rule.act != RuleAct::read)
      if (Result<> added = add_file_rule(rule); !added)
        return added;
  std::ranges::sort(by_magic_, {}, [](const FileSystemRule& r) { return std::pair(r.magic, r.rule); });
  Result<SensitivePaths> sensitive = SensitivePaths::make(builtin->rules, settings.homes);
  if (!sensitive)
    return fail(std::move(sensitive.error()));
  sensitive_ = std::move(*sensitive);
  return {};
}

Result<> Policy::add_file_rule(const BuiltinRule& rule) {
  Result<std::vector<Glob>> paths = compile(rule.paths);
  if (!paths)
    return fail(std::move(paths.error()));
  Result<std::vector<Glob>> except_paths = compile(rule.except_paths);
  if (!except_paths)
    return fail(std::move(except_paths.error()));
  for (const std::string& name : rule.file_systems)
    if (const auto magic = super_block_magic(name))
      by_magic_.push_back({*magic, static_cast<std::uint32_t>(file_rules_.size())});
  file_rules_.push_back({rule.id, rule.act == RuleAct::keep, std::move(*paths), std::move(*except_paths)});
  return {};
}

Policy::Verdict Policy::ask(const FileRule& rule, const FileSubject& file) {
  if (rule.paths.empty() && rule.except_paths.empty())
    return rule.keeps ? Verdict::keep : Verdict::drop;
  bool covered = false;
  for (const std::string_view path : {file.path, file.final_path}) {
    if (path.empty())
      continue;
    // A path that is only the caller's text may hold `..` and lead anywhere.
    if (!is_plain_path(path))
      return Verdict::silent;
    if (any_matches(rule.except_paths, path))
      return Verdict::keep;
    const bool matches = rule.paths.empty() || any_matches(rule.paths, path);
    if (rule.keeps && matches)
      return Verdict::keep;
    if (!rule.keeps && !matches)
      return Verdict::silent;
    covered = matches;
  }
  return covered && !rule.keeps ? Verdict::drop : Verdict::silent;
}

Decision Policy::judge_sensitive(const FileSubject& file) const {
  for (const std::string_view path : {file.path, file.final_path})
    if (const std::string_view rule = sensitive_.rule_of(path); !rule.empty())
      return {true, rule};
  return {}; // known by its inode alone: another name of it, or a container's path
}

Decision Policy::judge_file(const FileSubject& file) const {
  if (file.read_only_sensitive)
    return judge_sensitive(file);
  auto rule = std::ranges::lower_bound(by_magic_, file.fs_magic, {}, &FileSystemRule::magic);
  for (; rule != by_magic_.end() && rule->magic == file.fs_magic; ++rule) {
    const FileRule& asked = file_rules_[rule->rule];
    if (const Verdict verdict = ask(asked, file); verdict != Verdict::silent)
      return {verdict == Verdict::keep, asked.id};
  }
  return {};
}

} // namespace monster
