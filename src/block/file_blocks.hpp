// SPDX-License-Identifier: Apache-2.0
// File Event Blocks: what the kernel told of open handles and of acts on paths becomes 2500 and its details.
#pragma once

#include "block/made_event.hpp"
#include "block/mode_memory.hpp"
#include "block/open_blocks.hpp"
#include "block/path_act.hpp"
#include "event/keys.hpp"

#include <string>
#include <vector>

namespace monster {

struct SeenDirectory {
  std::string path;
  std::uint64_t device = 0; // as super_block::s_dev
  std::uint64_t inode = 0;
  bool stacked = false; // of a file system that shows the files of others as its own
};

// What file blocks must know of policy and of the host.
class FileJudge {
public:
  virtual ~FileJudge() = default;
  // Whether a block with these names is kept; `final_path` may be empty.
  [[nodiscard]] virtual bool keeps(const Actor& actor, std::string_view path, std::string_view final_path,
                                   std::uint32_t fs_magic) const = 0;
  [[nodiscard]] virtual bool is_sensitive(std::string_view path) const = 0;
  // The true path of a directory as the actor's namespace has it, and which one it is; nothing when that
  // cannot be said without waiting.
  [[nodiscard]] virtual std::optional<SeenDirectory> directory(const Actor& actor, const std::string& path) = 0;
};

// Where made events go: kept ones with memory for their texts, dropped ones as a number.
struct BlockOutput {
  Arena& arena;
  std::vector<MadeEvent>& events;
  std::uint64_t filtered = 0; // events that policy dropped
};

class FileBlocks {
public:
  FileBlocks(const KeyMaker& keys, FileJudge& judge) : keys_(keys), judge_(judge) {}

  void opened(const Observation& seen, const FileOpened& opened, ClockOffset clock, BlockOutput& out);
  void told(const Observation& seen, const FileBlockTold& told, ClockOffset clock, BlockOutput& out);
  void path_act(const Observation& seen, const PathAct& act, ClockOffset clock, BlockOutput& out);
  void refused(const Observation& seen, const OpenRefused& refused, ClockOffset clock, BlockOutput& out);
  void long_path(const Observation& seen, const LongPath& path);
  void attribute_named(const Observation& seen, const AttributeNamed& named);
  // Blocks still come for handles that are not among them, without what their details told.
  [[nodiscard]] OpenBlocks& open() { return open_; }
  [[nodiscard]] const OpenBlocks& open() const { return open_; }

private:
  [[nodiscard]] static Text path_of(const OpenFile& file, const OpenBlock* open);
  // The names as the caller's namespace has them, where it sees the file through another mount or link.
  void correct_names(const Actor& actor, const PathAct& act, ResolvedAct& resolved);
  [[nodiscard]] std::optional<std::string> true_name(const Actor& actor, const PathAct& act, std::string_view argument,
                                                     std::string_view known);
  bool judge(OpenBlock* open, const OpenFile& file, std::string_view path, std::string_view final_path);

  KeyMaker keys_;
  FileJudge& judge_;
  OpenBlocks open_;
  ModeMemory modes_;
  std::uint64_t own_objects_ = 0;
};

} // namespace monster
