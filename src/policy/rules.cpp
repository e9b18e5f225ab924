// SPDX-License-Identifier: Apache-2.0
#include "policy/rules.hpp"

#include "base/path_text.hpp"
#include "policy/glob.hpp"
#include "policy/json_tree.hpp"
#include "policy/linux/super_block_magic.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace monster {
namespace {

using Kind = JsonTree::Kind;
// Without a value, what is wrong.
template <class T = void> using Checked = std::expected<T, std::string>;

std::unexpected<std::string> wrong(std::string reason) { return std::unexpected(std::move(reason)); }

// For a message that may end on a terminal.
std::string quoted(std::string_view text) {
  constexpr std::size_t shown = 80;
  std::string safe(text.substr(0, shown));
  std::ranges::replace_if(safe, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return fmt::format("\"{}{}\"", safe, text.size() > shown ? "..." : "");
}

Checked<std::string> read_text(const JsonTree& value, std::string_view key) {
  if (value.kind != Kind::text || value.text.empty())
    return wrong(fmt::format("\"{}\" must be a text that is not empty", key));
  return value.text;
}

Checked<std::vector<std::string>> read_list(const JsonTree& value, std::string_view key) {
  if (value.kind != Kind::list || value.children.empty() || value.children.size() > rule_list_limit)
    return wrong(fmt::format("\"{}\" must be a list of 1 to {} texts", key, rule_list_limit));
  std::vector<std::string> list;
  for (const JsonTree& entry : value.children) {
    if (entry.kind != Kind::text)
      return wrong(fmt::format("\"{}\" must be a list of texts", key));
    list.push_back(entry.text);
  }
  return list;
}

template <class T> Checked<> store(Checked<T> read, T& to) {
  if (!read)
    return wrong(std::move(read.error()));
  to = std::move(*read);
  return {};
}

// Hands each member to `take`, which says false when it does not know the key.
template <class Take> Checked<> each_member(const JsonTree& object, Take take) {
  std::vector<std::string_view> seen;
  for (const JsonTree& member : object.children) {
    const std::string_view key = member.name;
    if (std::ranges::find(seen, key) != seen.end())
      return wrong(fmt::format("{} stands twice", quoted(key)));
    seen.push_back(key);
    const Checked<bool> taken = take(key, member);
    if (!taken)
      return wrong(taken.error());
    if (!*taken)
      return wrong(fmt::format("unknown key {}", quoted(key)));
  }
  return {};
}

Checked<bool> known(Checked<> stored) {
  if (!stored)
    return wrong(std::move(stored.error()));
  return true;
}

Checked<RuleAct> read_act(const JsonTree& value) {
  if (value.kind == Kind::text)
    for (const RuleAct act : {RuleAct::drop, RuleAct::keep, RuleAct::read})
      if (value.text == name_of(act))
        return act;
  return wrong("\"does\" must be drop, keep or read");
}

// builtin.json's reader of one rule: what it says, not yet whether it makes sense.
class RuleReader {
public:
  Checked<> read(const JsonTree& value) {
    if (value.kind != Kind::object)
      return wrong("it is not an object");
    return each_member(value, [this](std::string_view key, const JsonTree& member) { return take(key, member); });
  }
  [[nodiscard]] BuiltinRule& rule() { return rule_; }
  [[nodiscard]] bool has_act() const { return has_act_; }

private:
  Checked<bool> take(std::string_view key, const JsonTree& value) {
    if (key == "does") {
      has_act_ = true;
      return known(store(read_act(value), rule_.act));
    }
    if (key == "id")
      return known(store(read_text(value, key), rule_.id));
    if (key == "reason")
      return known(store(read_text(value, key), rule_.reason));
    for (const auto& [name, list] : {std::pair("file_systems", &rule_.file_systems), std::pair("paths", &rule_.paths),
                                     std::pair("except_paths", &rule_.except_paths)})
      if (key == name)
        return known(store(read_list(value, key), *list));
    return false;
  }

  BuiltinRule rule_;
  bool has_act_ = false;
};

Checked<> check_id(std::string_view id) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (id.empty())
    return wrong("it has no \"id\"");
  if (id.size() > 64 || !std::ranges::all_of(id, allowed))
    return wrong("its id must be at most 64 of a-z, 0-9 and -");
  if (id == default_rule)
    return wrong("no rule may be called default: it means that none decided");
  return {};
}

// A read rule's paths are looked up on disk, where `**` would walk without end.
Checked<> check_path(std::string_view path, RuleAct act) {
  std::string_view absolute = path;
  if (act == RuleAct::read && path.starts_with(home_word))
    absolute.remove_prefix(home_word.size());
  if (absolute.find(home_word) != std::string_view::npos)
    return wrong(fmt::format("{}: {{home}} may only begin a path, and only in read rules", quoted(path)));
  if (!is_plain_path(absolute))
    return wrong(fmt::format("{}: a path must be absolute, without empty parts, . and ..", quoted(path)));
  if (act == RuleAct::read && path.find("**") != std::string_view::npos)
    return wrong(fmt::format("{}: read rules may not have **", quoted(path)));
  const Result<Glob> glob = Glob::make(absolute);
  if (!glob)
    return wrong(fmt::format("{}: {}", quoted(path), glob.error().reason));
  return {};
}

Checked<> check_file_systems(const BuiltinRule& rule) {
  const bool wanted = rule.act != RuleAct::read;
  if (wanted == rule.file_systems.empty())
    return wrong(fmt::format("a {} rule {} \"file_systems\"", name_of(rule.act), wanted ? "needs" : "has no"));
  for (const std::string& name : rule.file_systems)
    if (!super_block_magic(name))
      return wrong(fmt::format("file system {} is not one of {}", quoted(name), known_file_systems()));
  return {};
}

Checked<> check(const BuiltinRule& rule) {
  if (rule.reason.empty())
    return wrong("it has no \"reason\"");
  if (const Checked<> checked = check_file_systems(rule); !checked)
    return checked;
  if (rule.act == RuleAct::read && rule.paths.empty())
    return wrong("a read rule needs \"paths\"");
  if (rule.act == RuleAct::keep && !rule.except_paths.empty())
    return wrong("a keep rule has no \"except_paths\"");
  for (const auto* list : {&rule.paths, &rule.except_paths})
    for (const std::string& path : *list)
      if (const Checked<> checked = check_path(path, rule.act); !checked)
        return checked;
  return {};
}

Checked<BuiltinRule> read_rule(const JsonTree& value) {
  RuleReader reader;
  Checked<> checked = reader.read(value);
  if (checked)
    checked = check_id(reader.rule().id);
  if (checked && !reader.has_act())
    checked = wrong("it has no \"does\"");
  if (checked)
    checked = check(reader.rule());
  if (checked)
    return std::move(reader.rule());
  const std::string& id = reader.rule().id;
  return wrong(id.empty() ? checked.error() : fmt::format("({}) {}", quoted(id), checked.error()));
}

Checked<std::vector<BuiltinRule>> read_rules(const JsonTree& value) {
  if (value.kind != Kind::list || value.children.size() > builtin_rule_limit)
    return wrong(fmt::format("\"rules\" must be a list of at most {} rules", builtin_rule_limit));
  std::vector<BuiltinRule> rules;
  for (const JsonTree& entry : value.children) {
    Checked<BuiltinRule> rule = read_rule(entry);
    if (!rule)
      return wrong(fmt::format("rule {}: {}", rules.size() + 1, rule.error()));
    if (std::ranges::find(rules, rule->id, &BuiltinRule::id) != rules.end())
      return wrong(fmt::format("rule {}: id {} is taken", rules.size() + 1, quoted(rule->id)));
    rules.push_back(std::move(*rule));
  }
  return rules;
}

Checked<BuiltinPolicy> read_policy(const JsonTree& root) {
  if (root.kind != Kind::object)
    return wrong("it must be an object with \"version\" and \"rules\"");
  BuiltinPolicy policy;
  bool has_version = false;
  bool has_rules = false;
  const Checked<> read = each_member(root, [&](std::string_view key, const JsonTree& value) -> Checked<bool> {
    if (key == "version") {
      has_version = value.kind == Kind::number && value.text == "1";
      return true;
    }
    if (key == "about") {
      std::vector<std::string> for_readers;
      return known(store(read_list(value, key), for_readers));
    }
    has_rules = has_rules || key == "rules";
    return key == "rules" ? known(store(read_rules(value), policy.rules)) : Checked<bool>(false);
  });
  if (!read)
    return wrong(read.error());
  if (!has_version)
    return wrong("\"version\" must be 1");
  if (!has_rules)
    return wrong("it has no \"rules\"");
  return policy;
}

Checked<BuiltinPolicy> parse(std::string_view json) {
  if (json.size() > builtin_json_limit)
    return wrong(fmt::format("it is larger than {} bytes", builtin_json_limit));
  const Checked<JsonTree> tree = parse_json_tree(json);
  return tree ? read_policy(*tree) : wrong(tree.error());
}

} // namespace

std::string_view name_of(RuleAct act) {
  switch (act) {
  case RuleAct::drop:
    return "drop";
  case RuleAct::keep:
    return "keep";
  case RuleAct::read:
    return "read";
  }
  return "";
}

Result<BuiltinPolicy> parse_builtin_policy(std::string_view json, std::string_view origin) {
  Checked<BuiltinPolicy> parsed = parse(json);
  if (parsed)
    return std::move(*parsed);
  return fail(Error{"use", std::string(origin), std::move(parsed.error()), {}, ErrorKind::configuration});
}

} // namespace monster
