// SPDX-License-Identifier: Apache-2.0
// Which events are kept: an exclude of the configuration always drops, what no list speaks of falls to the
// built-in policy.
#pragma once

#include "policy/process_names.hpp"
#include "policy/sensitive_paths.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

struct PolicySettings {
  std::vector<std::string> process_exclude;
  bool builtin = true;
  std::string builtin_json;                           // empty: the one compiled in
  std::string builtin_origin = "the built-in policy"; // where builtin_json is from, for messages
  std::vector<std::string> homes;                     // of /etc/passwd; /root need not be among them
};

// One Event Block of a file, or one act on a path.
struct FileSubject {
  std::string_view path;            // empty: unknown
  std::string_view final_path;      // empty: unknown, or the same
  std::uint32_t fs_magic = 0;       // super_block::s_magic; 0: unknown
  bool read_only_sensitive = false; // nothing but read, and told because its inode is a sensitive one
};

struct Decision {
  bool keep = true;
  std::string_view rule = default_rule; // id of the rule that decided; lives as long as the policy
};

// Never changes once made, so any thread may ask.
class Policy {
public:
  // What an excluded process's 1500 and 1501, which are kept all the same, carry among their tags.
  static constexpr std::string_view excluded_tag = "excluded";

  // Fails on an entry of process_exclude that is no pattern, and on a built-in policy that is not understood.
  [[nodiscard]] static Result<Policy> make(const PolicySettings& settings);
  Policy(Policy&&) = default;
  Policy& operator=(Policy&&) = default;
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;
  ~Policy() = default;

  // Says nothing of who did it: ask excludes_process() once per image and remember the answer. A renamed
  // file is dropped only if both names may be; what is not known is never a reason to drop.
  [[nodiscard]] Decision judge_file(const FileSubject& file) const;

  [[nodiscard]] bool excludes_process(std::string_view image) const { return excluded_.contains(image); }

  // Whether a read, or a refused open, of this path is to be told. `..` and the like are resolved by text.
  [[nodiscard]] bool is_sensitive_path(std::string_view path) const { return !sensitive_.rule_of(path).empty(); }
  // For find_sensitive_files(), below these homes and /root.
  [[nodiscard]] std::vector<std::string> sensitive_globs(std::span<const std::string> homes) const {
    return sensitive_.globs(homes);
  }

private:
  struct FileRule {
    std::string id;
    bool keeps = false;
    std::vector<Glob> paths; // empty: all
    std::vector<Glob> except_paths;
  };
  struct FileSystemRule {
    std::uint32_t magic = 0;
    std::uint32_t rule = 0; // index into file_rules_
  };
  enum class Verdict : std::uint8_t { silent, keep, drop };

  Policy() = default;
  [[nodiscard]] Result<> add_builtin(const PolicySettings& settings);
  [[nodiscard]] Result<> add_file_rule(const BuiltinRule& rule);
  [[nodiscard]] Decision judge_sensitive(const FileSubject& file) const;
  [[nodiscard]] static Verdict ask(const FileRule& rule, const FileSubject& file);

  std::vector<FileRule> file_rules_;
  std::vector<FileSystemRule> by_magic_; // sorted by magic, those of one magic in the policy's order
  SensitivePaths sensitive_;
  ProcessNames excluded_;
};

} // namespace monster
