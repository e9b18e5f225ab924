// SPDX-License-Identifier: Apache-2.0
#include "block/file_blocks.hpp"

#include "base/path_text.hpp"
#include "block/file_payload.hpp"

namespace monster {
namespace {

template <class E> void put(BlockOutput& out, const Actor& actor, BootTime time, BlockKey block, const E& event) {
  out.events.emplace_back(actor, time, block, event);
}

void set_whole(std::string& path, bool& truncated, std::string name) {
  path = std::move(name);
  truncated = false;
}

TextList copy_names(const std::vector<std::string>& names, Arena& arena) {
  const std::span<Text> copies = arena.array<Text>(names.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    copies[i] = Text(arena.copy(names[i]));
  return copies;
}

} // namespace

Text FileBlocks::path_of(const OpenFile& file, const OpenBlock* open) {
  return open != nullptr && file.long_path && !open->path.empty() ? Text(open->path) : file.path;
}

// A block and its details share one verdict: the first one given.
bool FileBlocks::judge(OpenBlock* open, const OpenFile& file, std::string_view path, std::string_view final_path) {
  if (open != nullptr && open->judged)
    return open->kept;
  const bool kept = judge_.keeps(file.opener, path, final_path, file.fs_magic);
  if (open != nullptr) {
    open->judged = true;
    open->kept = kept;
  }
  if (kept)
    open_.index(file.object, file.file, file.opener.process);
  return kept;
}

// The kernel's name and the caller's differ where a link, another mount or a stacked file system lies between.
// Where the caller's directory is one that was touched, it is the same under the name that the caller sees;
// where it lies on a file system stacked upon the one that was touched, only the caller's name is of any use.
std::optional<std::string> FileBlocks::true_name(const Actor& actor, const PathAct& act, std::string_view argument,
                                                 std::string_view known) {
  if (argument.empty() || argument == known || act.touched.empty() || base_name(argument) != base_name(known))
    return std::nullopt;
  const std::string_view above = argument.substr(0, argument.size() - base_name(argument).size());
  const std::optional<SeenDirectory> directory = judge_.directory(actor, std::string(above));
  if (!directory)
    return std::nullopt;
  bool same = false, stacked = directory->stacked;
  for (const TouchedFile& touched : act.touched) {
    stacked = stacked && touched.file.device != directory->device;
    same = same || (touched.file.device == directory->device &&
                    (touched.file.inode == directory->inode || touched.parent_inode == directory->inode));
  }
  if (!same && !stacked)
    return std::nullopt;
  return (directory->path == "/" ? "" : directory->path) + "/" + std::string(base_name(argument));
}

void FileBlocks::correct_names(const Actor& actor, const PathAct& act, ResolvedAct& resolved) {
  if (resolved.source != PathSource::dentry)
    return;
  const bool second = act.kind == PathActKind::link || act.kind == PathActKind::symlink;
  if (auto name = true_name(actor, act, second ? resolved.argument2 : resolved.argument1, resolved.path))
    set_whole(resolved.path, resolved.path_truncated, std::move(*name));
  if (act.kind == PathActKind::rename)
    if (auto name = true_name(actor, act, resolved.argument2, resolved.new_path))
      set_whole(resolved.new_path, resolved.new_path_truncated, std::move(*name));
}

void FileBlocks::opened(const Observation& seen, const FileOpened& opened, ClockOffset, BlockOutput& out) {
  const OpenFile& file = opened.file;
  OpenBlock* open = open_.remember(file.object, seen.time);
  const Text path = path_of(file, open);
  if (!judge(open, file, path.bytes(), {})) {
    out.filtered += file.created ? 2 : 1;
    return;
  }
  const BlockKey block = keys_.block(file.object);
  const FileCreate create = make_file_create(file, path, keys_, out.arena);
  put(out, file.opener, file.open_time, block, create);
  if (!file.created)
    return;
  FileCreateNew made = make_file_create_new(create.path, create.file_key);
  made.path_truncated = file.path_truncated;
  put(out, file.opener, file.open_time, block, made);
}

void FileBlocks::told(const Observation& seen, const FileBlockTold& told, ClockOffset clock, BlockOutput& out) {
  const OpenFile& file = told.file;
  if (told.interim) // not remembered for it: it may have raced with the last close, and come after it
    open_.still_open({&file.object, 1}, seen.time);
  OpenBlock* open = open_.find(file.object);
  if (!told.kept) {
    open_.forget(file.object);
    return;
  }
  const Text path = path_of(file, open);
  if (!judge(open, file, path.bytes(), told.final_path.bytes())) {
    out.filtered += told.interim ? 1 : 2;
  } else {
    const BlockKey key = keys_.block(file.object);
    // What was read at the first use of a handle may be the change already.
    const auto mode_before = file.lazy && told.attributes_changed ? modes_.find(file.file) : std::nullopt;
    FileBlock block = make_file_block(told, path, clock, mode_before, keys_, out.arena);
    modes_.remember(file.file, told.after.mode);
    if (open != nullptr && !open->xattrs.empty())
      block.xattrs_changed = copy_names(open->xattrs, out.arena);
    block.xattrs_truncated = open != nullptr && open->xattrs_truncated;
    if (!told.interim)
      block.close_time = clock.to_wall(seen.time);
    const bool moved = !told.final_path.is_null();
    const FileClose closed{moved ? block.final_path : block.path,
                           moved ? block.final_path_truncated : block.path_truncated};
    put(out, file.opener, seen.time, key, block);
    if (!told.interim)
      put(out, seen.actor, seen.time, key, closed);
  }
  if (!told.interim)
    open_.forget(file.object);
}

void FileBlocks::path_act(const Observation& seen, const PathAct& act, ClockOffset clock, BlockOutput& out) {
  ResolvedAct resolved = resolve(act);
  correct_names(seen.actor, act, resolved);
  const PathActKind kind = true_kind(act);
  const bool rename = kind == PathActKind::rename;
  const bool new_name = kind == PathActKind::link || kind == PathActKind::symlink || kind == PathActKind::mkdir ||
                        kind == PathActKind::mknod;
  if (!judge_.keeps(seen.actor, resolved.path, resolved.new_path, act.fs_magic)) {
    out.filtered += rename ? 2 : 1;
    return;
  }
  const std::uint64_t* handle =
      resolved.file != nullptr && !new_name ? open_.newest_of(resolved.file->file, seen.actor.process) : nullptr;
  const BlockKey block = keys_.block(handle != nullptr ? *handle : act.object);
  const std::optional<std::uint32_t> before =
      resolved.file != nullptr ? modes_.find(resolved.file->file) : std::optional<std::uint32_t>();
  if (resolved.file != nullptr && resolved.file->after)
    modes_.remember(resolved.file->file, resolved.file->after->mode);
  if (handle == nullptr)
    put(out, seen.actor, seen.time, block,
        make_act_block(act, resolved, clock.to_wall(seen.time), before, keys_, out.arena));
  else if (!act.name.is_null())
    attribute_named(seen, {*handle, act.name, kind == PathActKind::removexattr});
  if (rename)
    put(out, seen.actor, seen.time, block, make_file_rename(act, resolved, keys_, out.arena));
}

void FileBlocks::refused(const Observation& seen, const OpenRefused& refused, ClockOffset clock, BlockOutput& out) {
  if (refused.argument.is_null())
    return;
  const std::string path = absolute_path(refused.base.bytes(), refused.argument.bytes());
  if (!judge_.is_sensitive(path) || !judge_.keeps(seen.actor, path, {}, 0)) {
    out.filtered += 1;
    return;
  }
  const BlockKey key = keys_.block((1ULL << 63) | ++own_objects_);
  FileBlock block;
  block.path = Text(out.arena.copy(path));
  block.path_source = PathSource::argument;
  block.path_truncated = refused.argument_truncated;
  block.complete = !refused.argument_truncated;
  block.operation = "open_refused";
  block.open_time = block.close_time = clock.to_wall(seen.time);
  block.open_flags = refused.open_flags;
  block.source = BlockSource::path;
  FileCreate create;
  create.path = block.path;
  create.path_truncated = refused.argument_truncated;
  create.create_disposition = disposition_of(refused.open_flags);
  create.create_options = options_of(refused.open_flags, out.arena);
  create.open_flags = refused.open_flags;
  create.result = error_name(refused.error, out.arena);
  put(out, seen.actor, seen.time, key, block);
  put(out, seen.actor, seen.time, key, create);
}

void FileBlocks::long_path(const Observation& seen, const LongPath& path) {
  open_.keep_path(path.object, seen.time, path.path.bytes());
}

void FileBlocks::attribute_named(const Observation& seen, const AttributeNamed& named) {
  if (!named.name.is_null())
    open_.add_xattr(named.object, seen.time, named.name.bytes());
}

} // namespace monster
