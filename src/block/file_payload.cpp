// SPDX-License-Identifier: Apache-2.0
#include "block/file_payload.hpp"

#include <fcntl.h>
#include <fmt/format.h>

namespace monster {
namespace {

constexpr std::uint32_t mode_bits = 07777;
constexpr std::uint32_t execute_bits = 0111;
constexpr std::uint32_t set_id_bits = 06000;
constexpr std::uint32_t inode_immutable = 8; // linux/fs.h S_IMMUTABLE, S_APPEND
constexpr std::uint32_t inode_append = 4;
constexpr std::uint32_t open_tmpfile = 020000000; // __O_TMPFILE, without O_DIRECTORY

std::optional<FileKind> kind_of(std::uint32_t mode) {
  switch (mode & 0170000) {
  case 0100000:
    return FileKind::regular;
  case 0040000:
    return FileKind::directory;
  case 0120000:
    return FileKind::symlink;
  case 0010000:
    return FileKind::fifo;
  case 0140000:
    return FileKind::socket;
  case 0020000:
    return FileKind::character_device;
  case 0060000:
    return FileKind::block_device;
  default:
    return std::nullopt;
  }
}

FileAccess access_of(const OpenFile& file) {
  if (file.writable)
    return file.readable ? FileAccess::read_write : FileAccess::write;
  return file.readable ? FileAccess::read : FileAccess::none;
}

BlockSource source_of(const OpenFile& file) {
  if (file.snapshot)
    return BlockSource::snapshot;
  return file.lazy ? BlockSource::lazy : BlockSource::open;
}

// No path and no link is empty: an empty one is not known.
Text copy_known(const std::string& path, Arena& arena) { return path.empty() ? Text{} : Text(arena.copy(path)); }

std::optional<WallTime> wall(const std::optional<BootTime>& time, ClockOffset clock) {
  return time ? std::optional(clock.to_wall(*time)) : std::nullopt;
}

void fill_attributes(FileBlock& block, const FileState& before, const FileState& after) {
  block.mode_before = before.mode & mode_bits;
  block.owner_uid_before = before.uid;
  block.owner_gid_before = before.gid;
  block.mtime_before = before.mtime;
  block.inode_flags_before = before.inode_flags;
  if (before.mode != after.mode || before.uid != after.uid || before.gid != after.gid ||
      before.inode_flags != after.inode_flags)
    block.attributes_changed = true;
  block.made_executable = (after.mode & execute_bits & ~before.mode) != 0;
  block.setuid_given = (after.mode & set_id_bits & ~before.mode) != 0;
}

void fill_after(FileBlock& block, const FileState& after) {
  block.file_kind = kind_of(after.mode);
  block.nlink = after.nlink;
  block.size_at_close = after.size;
  block.mode_after = after.mode & mode_bits;
  block.owner_uid_after = after.uid;
  block.owner_gid_after = after.gid;
  block.mtime_after = after.mtime;
  block.inode_flags_after = after.inode_flags;
}

void fill_io(FileBlock& block, const FileBlockTold& told, ClockOffset clock) {
  block.bytes_written = told.bytes_written;
  block.write_count = told.write_count;
  block.bytes_read = told.bytes_read;
  block.read_count = told.read_count;
  block.first_write_time = wall(told.first_write, clock);
  block.last_write_time = wall(told.last_write, clock);
  block.lowest_offset = told.lowest_offset;
  block.highest_end = told.highest_end;
  block.truncated_to = told.truncated_to;
  block.mapped_writable = told.mapped_writable;
}

// Two slots of one process (two of its threads came at once) are one writer.
WriterList make_writers(const FileBlockTold& told, const KeyMaker& keys, Arena& arena) {
  const std::span<Writer> writers = arena.array<Writer>(told.users.empty() ? 1 : told.users.size());
  if (told.users.empty()) {
    writers[0] = {keys.of(told.file.opener.process), told.bytes_read, told.bytes_written};
    return writers;
  }
  std::size_t count = 0;
  for (const HandleUser& user : told.users) {
    if (user.bytes_read == 0 && user.bytes_written == 0)
      continue; // opened it for others
    const ProcessKey key = keys.of(user.process);
    std::size_t i = 0;
    while (i < count && writers[i].process_key != key)
      ++i;
    if (i == count)
      writers[count++] = {key, 0, 0};
    writers[i].bytes_read += user.bytes_read;
    writers[i].bytes_written += user.bytes_written;
  }
  return writers.first(count);
}

} // namespace

CreateDisposition disposition_of(std::uint32_t open_flags) {
  if ((open_flags & O_CREAT) != 0 && (open_flags & O_EXCL) != 0)
    return CreateDisposition::file_create;
  if ((open_flags & O_TRUNC) != 0)
    return (open_flags & O_CREAT) != 0 ? CreateDisposition::file_overwrite_if : CreateDisposition::file_overwrite;
  return (open_flags & O_CREAT) != 0 ? CreateDisposition::file_open_if : CreateDisposition::file_open;
}

TextList options_of(std::uint32_t open_flags, Arena& arena) {
  struct Option {
    std::uint32_t flag;
    std::string_view name;
  };
  static constexpr Option options[] = {
      {O_DIRECTORY, "FILE_DIRECTORY_FILE"},         {O_DSYNC, "FILE_WRITE_THROUGH"},
      {O_DIRECT, "FILE_NO_INTERMEDIATE_BUFFERING"}, {O_NOFOLLOW, "FILE_OPEN_REPARSE_POINT"},
      {open_tmpfile, "FILE_DELETE_ON_CLOSE"},
  };
  const std::span<Text> found = arena.array<Text>(std::size(options));
  std::size_t count = 0;
  for (const Option& option : options)
    if ((open_flags & option.flag) != 0 && (option.flag != O_DIRECTORY || (open_flags & open_tmpfile) == 0))
      found[count++] = option.name;
  return found.first(count);
}

FileCreate make_file_create(const OpenFile& file, Text path, const KeyMaker& keys, Arena& arena) {
  FileCreate create;
  create.path = arena.copy(path);
  create.path_truncated = file.path_truncated;
  create.file_key = keys.of(file.file);
  create.size = file.before.size;
  create.birth_time = file.birth_time;
  create.modification_time = file.before.mtime;
  create.mode = file.before.mode & mode_bits;
  create.owner_uid = file.before.uid;
  create.owner_gid = file.before.gid;
  create.immutable = (file.before.inode_flags & inode_immutable) != 0;
  create.append_only = (file.before.inode_flags & inode_append) != 0;
  create.create_options = options_of(file.call_flags, arena);
  create.open_flags = file.open_flags;
  create.result = "ok";
  if (file.lazy || file.snapshot)
    return create; // the open itself was not seen
  if (file.call_flags_known)
    create.create_disposition = disposition_of(file.call_flags);
  if (file.created)
    create.create_result = CreateResult::file_created;
  else
    create.create_result = file.truncated_at_open ? CreateResult::file_overwritten : CreateResult::file_opened;
  return create;
}

FileBlock make_file_block(const FileBlockTold& told, Text path, ClockOffset clock,
                          std::optional<std::uint32_t> mode_before, const KeyMaker& keys, Arena& arena) {
  const OpenFile& file = told.file;
  FileBlock block;
  block.path = arena.copy(path);
  block.final_path = arena.copy(told.final_path);
  block.path_source = PathSource::dentry;
  block.file_key = keys.of(file.file);
  block.renamed = told.renamed;
  block.deleted = told.deleted;
  block.created = file.created;
  if (!file.snapshot && !file.lazy)
    block.open_time = clock.to_wall(file.open_time);
  block.access = access_of(file);
  block.open_flags = file.open_flags;
  fill_io(block, told, clock);
  if (!file.snapshot)
    block.size_at_open = file.before.size;
  fill_after(block, told.after);
  block.attributes_changed = told.attributes_changed;
  FileState before = file.before;
  if (file.lazy && told.attributes_changed)
    before.mode = mode_before.value_or(before.mode);
  fill_attributes(block, before, told.after);
  block.time_set_back = told.times_set && told.after.mtime < file.before.mtime;
  block.writers = make_writers(told, keys, arena);
  block.writers_truncated = told.writers_truncated;
  block.completions_suppressed = told.completions_hidden;
  block.state = told.interim ? BlockState::open : BlockState::final;
  block.source = source_of(file);
  block.path_truncated = file.path_truncated;
  block.final_path_truncated = told.final_path_truncated;
  block.complete = !told.incomplete && !told.completions_hidden && !path.is_null();
  return block;
}

FileBlock make_act_block(const PathAct& act, const ResolvedAct& resolved, WallTime time,
                         std::optional<std::uint32_t> mode_before, const KeyMaker& keys, Arena& arena) {
  const PathActKind kind = true_kind(act);
  FileBlock block;
  block.path = copy_known(resolved.path, arena);
  block.path_truncated = resolved.path_truncated;
  if (kind == PathActKind::rename) {
    block.final_path = copy_known(resolved.new_path, arena);
    block.final_path_truncated = resolved.new_path_truncated;
  }
  block.path_source = resolved.source;
  block.operation = name_of(kind);
  block.completions_suppressed = act.outcome_hidden;
  block.complete = !act.outcome_hidden && !act.touched_lost && !resolved.path.empty() && !block.path_truncated &&
                   !block.final_path_truncated;
  block.renamed = kind == PathActKind::rename;
  block.deleted = kind == PathActKind::unlink || kind == PathActKind::rmdir;
  block.created = kind == PathActKind::symlink || kind == PathActKind::mkdir || kind == PathActKind::mknod;
  block.link_target = copy_known(resolved.target, arena);
  block.open_time = block.close_time = time;
  block.source = BlockSource::path;
  if (kind == PathActKind::truncate)
    block.truncated_to = act.value;
  block.attributes_changed = kind >= PathActKind::chmod;
  if (!act.name.is_null()) {
    const std::span<Text> names = arena.array<Text>(1);
    names[0] = arena.copy(act.name);
    block.xattrs_changed = names;
  }
  if (resolved.file == nullptr)
    return block;
  block.file_key = keys.of(resolved.file->file);
  if (!resolved.file->after)
    return block;
  const FileState& after = *resolved.file->after;
  fill_after(block, after);
  if (kind == PathActKind::chmod) {
    if (mode_before)
      block.mode_before = *mode_before & mode_bits;
    block.made_executable = (after.mode & execute_bits & ~mode_before.value_or(0)) != 0;
    block.setuid_given = (after.mode & set_id_bits & ~mode_before.value_or(0)) != 0;
  }
  if (kind == PathActKind::utimes) {
    block.mtime_before = resolved.file->mtime_before;
    block.time_set_back = after.mtime < resolved.file->mtime_before;
  }
  return block;
}

FileRename make_file_rename(const PathAct& act, const ResolvedAct& resolved, const KeyMaker& keys, Arena& arena) {
  FileRename rename;
  rename.path = copy_known(resolved.path, arena);
  rename.new_path = copy_known(resolved.new_path, arena);
  if (resolved.file != nullptr)
    rename.file_key = keys.of(resolved.file->file);
  if (resolved.replaced != nullptr)
    rename.replaced_file_key = keys.of(resolved.replaced->file);
  rename.exchange = is_exchange(act);
  rename.path_source = resolved.source;
  rename.path_truncated = resolved.path_truncated;
  rename.new_path_truncated = resolved.new_path_truncated;
  return rename;
}

FileCreateNew make_file_create_new(Text path, const std::optional<FileKey>& key) {
  FileCreateNew created;
  created.path = path;
  created.file_key = key;
  return created;
}

Text error_name(std::int32_t error, Arena& arena) {
  if (error == EACCES)
    return "EACCES";
  if (error == EPERM)
    return "EPERM";
  return Text(arena.copy(fmt::format("errno {}", error)));
}

} // namespace monster
