// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/decode.hpp"

#include "../../../../bpf/wire.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <linux/magic.h>

namespace monster {
namespace {

using Record = std::span<const std::byte>;

// What no clock can show becomes the last time that can still be reckoned with.
BootTime to_boot(std::uint64_t ns) { return {static_cast<std::int64_t>(std::min<std::uint64_t>(ns, 1ULL << 62))}; }

Actor to_actor(const wire::wire_actor& a) {
  return {{{a.pid}, to_boot(a.start), a.exec_id}, {a.tid}, a.uid, a.mnt_ns, a.session};
}

FileIdentity to_identity(const wire::wire_file_id& id) { return {id.device, id.inode, id.generation}; }

FileState to_state(const wire::wire_file_facts& f) {
  // S_SYNC, S_NOATIME, S_APPEND, S_IMMUTABLE, S_DIRSYNC of linux/fs.h; the others are the kernel's own notes.
  constexpr std::uint32_t inode_attributes = 1 | 2 | 4 | 8 | 64;
  return {f.size, {f.mtime}, {f.ctime}, f.mode, f.uid, f.gid, f.nlink, f.inode_flags & inode_attributes};
}

// Hands out the texts behind a record's struct, in their order; once one does not fit, none does.
class Texts {
public:
  Texts(Record record, std::size_t struct_size) : rest_(record.subspan(struct_size)) {}

  Text next(std::uint32_t length) {
    if (length > rest_.size()) {
      whole_ = false;
      return {};
    }
    const Text text(std::string_view(reinterpret_cast<const char*>(rest_.data()), length));
    rest_ = rest_.subspan(length);
    return length == 0 ? Text{} : text;
  }
  // Every text fitted and nothing is left over.
  [[nodiscard]] bool whole() const { return whole_ && rest_.empty(); }

private:
  Record rest_;
  bool whole_ = true;
};

std::unexpected<Error> refuse(std::string_view what, Record record) {
  return fail({"decode", fmt::format("a record of {} bytes", record.size()), std::string(what)});
}

template <class Wire> const Wire* as(Record record) {
  return record.size() >= sizeof(Wire) ? reinterpret_cast<const Wire*>(record.data()) : nullptr;
}

// Made where it is returned: the variant is as large as the largest of all.
template <class T> Result<Observation> finish(const wire::wire_header& header, const T& what) {
  return Result<Observation>(std::in_place, to_boot(header.time), to_actor(header.actor), what);
}

Result<Observation> decode_fork(Record record) {
  const auto* r = as<wire::wire_fork>(record);
  if (r == nullptr)
    return refuse("too short for a fork", record);
  Texts texts(record, sizeof *r);
  ProcessForked forked{{{r->child_pid}, to_boot(r->child_start), r->child_exec_id},
                       r->gid,
                       texts.next(r->cwd_length),
                       r->cwd_truncated != 0};
  if (!texts.whole())
    return refuse("the directory of a fork is not as long as the record says", record);
  return finish(r->header, forked);
}

Text to_tty(const char (&tty)[16]) {
  const std::size_t length = ::strnlen(tty, sizeof tty);
  return length == 0 ? Text{} : Text(std::string_view(tty, length));
}

ImageGaps to_gaps(const wire::wire_exec& r) {
  const auto has = [&](wire::wire_exec_flags flag) { return (r.flags & flag) != 0; };
  ImageGaps gaps;
  gaps.arguments_truncated = has(wire::WIRE_EXEC_ARGS_TRUNCATED);
  gaps.arguments_unreadable = has(wire::WIRE_EXEC_ARGS_UNREADABLE);
  gaps.environment_truncated = has(wire::WIRE_EXEC_ENV_TRUNCATED);
  gaps.environment_unreadable = has(wire::WIRE_EXEC_ENV_UNREADABLE);
  gaps.groups_truncated = r.group_count * sizeof(std::uint32_t) != r.groups_length;
  gaps.image_truncated = has(wire::WIRE_EXEC_IMAGE_TRUNCATED);
  gaps.cwd_truncated = has(wire::WIRE_EXEC_CWD_TRUNCATED);
  gaps.script_truncated = has(wire::WIRE_EXEC_SCRIPT_TRUNCATED);
  gaps.cgroup_truncated = has(wire::WIRE_EXEC_CGROUP_TRUNCATED);
  return gaps;
}

// In the order of their texts in the record.
void take_texts(const wire::wire_exec& r, Texts& texts, ProcessImage& image, DecodeMemory& memory) {
  image.image = texts.next(r.image_length);
  image.filename = texts.next(r.filename_length);
  image.interpreter = texts.next(r.interpreter_length);
  const Text script = texts.next(r.script_length);
  if ((r.flags & wire::WIRE_EXEC_SCRIPT_FILE) != 0)
    image.script = ScriptFile{to_identity(r.script), to_state(r.script_facts), r.script_fs_magic, script};
  image.cwd = texts.next(r.cwd_length);
  image.cgroup = texts.next(r.cgroup_length);
  const std::string_view groups = texts.next(r.groups_length).bytes();
  memory.groups.resize(groups.size() / sizeof(std::uint32_t));
  if (!memory.groups.empty()) // memcpy takes no null pointer, not even for no bytes
    std::memcpy(memory.groups.data(), groups.data(), memory.groups.size() * sizeof(std::uint32_t));
  image.groups = memory.groups;
  image.arguments = texts.next(r.args_length);
  image.environment = texts.next(r.env_length);
}

Result<Observation> decode_image(Record record, bool found, DecodeMemory& memory) {
  const auto* r = as<wire::wire_exec>(record);
  if (r == nullptr || r->groups_length % sizeof(std::uint32_t) != 0 ||
      r->groups_length > wire::WIRE_GROUPS_MAX * sizeof(std::uint32_t))
    return refuse("too short for a process image, or for its groups", record);
  Texts texts(record, sizeof *r);
  ProcessImage image;
  image.found = found;
  image.parent = {{r->parent_pid}, to_boot(r->parent_start), r->parent_exec_id};
  image.capabilities = r->cap_effective;
  image.gid = r->gid;
  if (r->login_uid != 0xffffffff)
    image.login_uid = r->login_uid;
  image.namespaces = {r->ns_pid, r->ns_net, r->ns_user, r->ns_uts, r->ns_ipc, r->ns_cgroup};
  image.image_file = to_identity(r->image);
  image.image_state = to_state(r->image_facts);
  image.image_fs = r->fs_magic;
  image.gaps = to_gaps(*r);
  image.tty = to_tty(r->tty);
  take_texts(*r, texts, image, memory);
  if (!texts.whole())
    return refuse("the texts of a process image are not as long as the record says", record);
  return finish(r->header, image);
}

// As kernel/sched/cputime.c cputime_adjust: the sampled times give the ratio, the run time the sum.
void scale_cpu(const wire::wire_exit& r, ProcessExited& exited) {
  using Wide = unsigned __int128; // holds the product of any two u64
  const Wide samples = Wide{r.stime} + r.utime;
  const auto system = r.stime == 0 ? 0 : static_cast<std::uint64_t>(Wide{r.runtime} * r.stime / samples);
  exited.cpu_system = {static_cast<std::int64_t>(system)};
  exited.cpu_user = {static_cast<std::int64_t>(r.runtime - system)};
}

Result<Observation> decode_exit(Record record) {
  constexpr std::uint64_t page_size = 4096;
  const auto* r = as<wire::wire_exit>(record);
  if (r == nullptr || record.size() != sizeof *r)
    return refuse("not of the size of an exit", record);
  ProcessExited exited;
  exited.wait_status = r->code;
  scale_cpu(*r, exited);
  exited.max_rss = r->max_rss * page_size;
  exited.bytes_read = r->bytes_read;
  exited.bytes_written = r->bytes_written;
  if (r->lost >= 0)
    exited.lost = static_cast<std::uint64_t>(r->lost);
  return finish(r->header, exited);
}

OpenFile to_open_file(const wire::wire_file& f, Texts& texts) {
  OpenFile file;
  file.object = f.object;
  file.open_time = to_boot(f.open_time);
  file.opener = to_actor(f.opener);
  file.file = to_identity(f.id);
  file.fs_magic = f.fs_magic;
  file.open_flags = f.open_flags;
  file.call_flags = f.call_flags;
  file.readable = (f.file_mode & 1) != 0; // FMODE_READ, FMODE_WRITE of linux/fs.h
  file.writable = (f.file_mode & 2) != 0;
  file.created = (f.flags & wire::WIRE_CREATED) != 0;
  file.truncated_at_open = (f.flags & wire::WIRE_TRUNCATED_AT_OPEN) != 0;
  file.sensitive = (f.flags & wire::WIRE_SENSITIVE) != 0;
  file.lazy = (f.flags & wire::WIRE_LAZY) != 0;
  file.snapshot = (f.flags & wire::WIRE_SNAPSHOT) != 0;
  file.temporary = (f.flags & wire::WIRE_TEMPORARY) != 0;
  file.long_path = (f.flags & wire::WIRE_LONG_OPEN_PATH) != 0;
  file.call_flags_known = (f.flags & (wire::WIRE_CALL_FLAGS_UNKNOWN | wire::WIRE_LAZY | wire::WIRE_SNAPSHOT)) == 0;
  file.path_truncated = (f.flags & wire::WIRE_PATH_CUT) != 0;
  file.before = to_state(f.before);
  if (f.birth_time != 0)
    file.birth_time = WallTime{f.birth_time};
  file.path = texts.next(f.path_length);
  return file;
}

Result<Observation> decode_opened(Record record) {
  const auto* r = as<wire::wire_file_opened>(record);
  if (r == nullptr)
    return refuse("too short for an opened file", record);
  Texts texts(record, sizeof *r);
  FileOpened opened{to_open_file(r->file, texts)};
  if (!texts.whole())
    return refuse("the path of an opened file is not as long as the record says", record);
  return finish(r->header, opened);
}

void add_users(const wire::wire_file_block& r, DecodeMemory& memory) {
  memory.users.clear();
  for (const wire::wire_writer& w : std::span(r.writers).first(r.writer_count))
    // The opener's part is a difference, taken while others may still write: never more than the whole.
    memory.users.push_back({{{w.pid}, to_boot(w.start), w.exec_id},
                            w.bytes_read > r.io.bytes_read ? 0 : w.bytes_read,
                            w.bytes_written > r.io.bytes_written ? 0 : w.bytes_written});
}

void add_io(const wire::wire_file_block& r, FileBlockTold& told) {
  const wire::wire_file_io& io = r.io;
  told.bytes_written = io.bytes_written;
  told.write_count = io.write_count;
  told.bytes_read = io.bytes_read;
  told.read_count = io.read_count;
  if (io.write_count != 0) {
    told.first_write = to_boot(io.first_write);
    told.last_write = to_boot(io.last_write);
    told.lowest_offset = io.lowest_offset;
    told.highest_end = io.highest_end;
  }
  if ((r.file.flags & wire::WIRE_TRUNCATED) != 0)
    told.truncated_to = io.truncated_to;
  else if ((r.file.flags & wire::WIRE_TRUNCATED_AT_OPEN) != 0)
    told.truncated_to = 0;
}

Result<Observation> decode_block(Record record, DecodeMemory& memory) {
  const auto* r = as<wire::wire_file_block>(record);
  if (r == nullptr || r->writer_count > wire::WIRE_WRITERS_MAX)
    return refuse("too short for a file block, or for its writers", record);
  const std::uint32_t flags = r->file.flags;
  Texts texts(record, sizeof *r);
  FileBlockTold told;
  told.file = to_open_file(r->file, texts);
  told.after = to_state(r->after);
  add_io(*r, told);
  told.interim = (flags & wire::WIRE_INTERIM) != 0;
  told.mapped_writable = (flags & wire::WIRE_MAPPED_WRITABLE) != 0;
  told.attributes_changed = (flags & wire::WIRE_ATTRIBUTES) != 0;
  told.times_set = (flags & wire::WIRE_TIMES_SET) != 0;
  told.renamed = (flags & wire::WIRE_RENAMED) != 0;
  told.deleted = (flags & wire::WIRE_DELETED) != 0;
  told.kept = (flags & wire::WIRE_KEEP) != 0;
  told.completions_hidden = (flags & wire::WIRE_COMPLETIONS_HIDDEN) != 0;
  told.writers_truncated = (flags & wire::WIRE_WRITERS_TRUNCATED) != 0;
  told.incomplete = (flags & wire::WIRE_INCOMPLETE) != 0;
  told.final_path = texts.next(r->final_path_length);
  told.final_path_truncated = (flags & wire::WIRE_FINAL_PATH_CUT) != 0;
  add_users(*r, memory);
  told.users = memory.users;
  if (!texts.whole())
    return refuse("the paths of a file block are not as long as the record says", record);
  return finish(r->header, told);
}

std::optional<PathActKind> to_act(std::uint32_t act) {
  static_assert(wire::WIRE_ACT_RENAME == 1 && wire::WIRE_ACT_SETFLAGS == 1 + static_cast<int>(PathActKind::setflags));
  if (act < wire::WIRE_ACT_RENAME || act > wire::WIRE_ACT_SETFLAGS)
    return std::nullopt;
  return static_cast<PathActKind>(act - 1);
}

// Of a path that the caller gave, its own text or the directory it starts from was cut.
bool is_cut(std::uint32_t flags, Text argument, std::uint32_t argument_cut, std::uint32_t base_cut) {
  const bool relative = !argument.is_null() && !argument.bytes().starts_with('/');
  return (flags & argument_cut) != 0 || (relative && (flags & base_cut) != 0);
}

// A file system that lies upon others touches their inodes too: those are not what the caller named.
void drop_below_stacked(PathAct& act, std::vector<TouchedFile>& touched, std::vector<std::uint32_t>& systems) {
  const auto stacked = [](std::uint32_t magic) { return magic == OVERLAYFS_SUPER_MAGIC; };
  const auto found = std::ranges::find_if(systems, stacked);
  if (found == systems.end())
    return;
  act.fs_magic = *found;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < touched.size(); ++i)
    if (stacked(systems[i]))
      touched[kept++] = touched[i];
  touched.resize(kept);
}

void add_touched(const wire::wire_touched& t, Texts& texts, DecodeMemory& memory) {
  TouchedFile& touched = memory.touched.emplace_back();
  touched.file = to_identity(t.id);
  touched.parent_inode = t.parent_inode;
  touched.mtime_before = WallTime{t.mtime_before};
  if (t.after.mode != 0)
    touched.after = to_state(t.after);
  touched.path_before = texts.next(t.before_length);
  touched.path_after = texts.next(t.after_length);
  touched.path_after_truncated = t.after_cut != 0;
  if (t.id.inode == 0) // of a file that was made and gone within the act, nothing is known
    memory.touched.pop_back();
  else
    memory.touched_systems.push_back(t.fs_magic);
}

Result<Observation> decode_path_act(Record record, DecodeMemory& memory) {
  constexpr std::size_t head = offsetof(wire::wire_path_op, touched); // only as many follow as were touched
  const auto* r = reinterpret_cast<const wire::wire_path_op*>(record.data());
  const std::optional<PathActKind> kind = record.size() < head ? std::nullopt : to_act(r->act);
  if (!kind || r->touched_count > wire::WIRE_TOUCHED_MAX ||
      record.size() < head + r->touched_count * sizeof(wire::wire_touched))
    return refuse("too short for an act on a path, or of no known kind, or for the files it touched", record);
  Texts texts(record, head + r->touched_count * sizeof(wire::wire_touched));
  PathAct act;
  act.kind = *kind;
  act.object = r->object;
  act.call_flags = r->call_flags;
  act.value = r->value;
  act.fs_magic = r->fs_magic;
  act.outcome_hidden = (r->flags & wire::WIRE_ACT_OUTCOME_HIDDEN) != 0;
  act.touched_lost = (r->flags & wire::WIRE_ACT_TOUCHED_LOST) != 0;
  memory.touched.clear();
  memory.touched_systems.clear();
  for (std::uint32_t i = 0; i < r->touched_count; ++i)
    add_touched(r->touched[i], texts, memory);
  drop_below_stacked(act, memory.touched, memory.touched_systems);
  act.touched = memory.touched;
  act.argument1 = texts.next(r->argument1_length);
  act.argument2 = texts.next(r->argument2_length);
  act.base1 = texts.next(r->base1_length);
  act.base2 = texts.next(r->base2_length);
  act.argument1_truncated = is_cut(r->flags, act.argument1, wire::WIRE_ACT_ARGUMENT1_CUT, wire::WIRE_ACT_BASE1_CUT);
  act.argument2_truncated = is_cut(r->flags, act.argument2, wire::WIRE_ACT_ARGUMENT2_CUT, wire::WIRE_ACT_BASE2_CUT);
  act.name = texts.next(r->name_length);
  if (!texts.whole())
    return refuse("the texts of an act on a path are not as long as the record says", record);
  return finish(r->header, act);
}

Result<Observation> decode_refused(Record record) {
  constexpr std::int32_t last_errno = 4095; // linux/err.h MAX_ERRNO
  const auto* r = as<wire::wire_open_failed>(record);
  if (r == nullptr || r->result >= 0 || r->result < -last_errno)
    return refuse("too short for a refused open, or without an error", record);
  Texts texts(record, sizeof *r);
  OpenRefused refused{-r->result, r->open_flags, texts.next(r->argument_length), {}, false};
  refused.base = texts.next(r->base_length);
  refused.argument_truncated =
      is_cut(r->flags, refused.argument, wire::WIRE_ACT_ARGUMENT1_CUT, wire::WIRE_ACT_BASE1_CUT);
  if (!texts.whole())
    return refuse("the texts of a refused open are not as long as the record says", record);
  return finish(r->header, refused);
}

Result<Observation> decode_long_path(Record record) {
  const auto* r = as<wire::wire_long_path>(record);
  if (r == nullptr)
    return refuse("too short for a long path", record);
  Texts texts(record, sizeof *r);
  LongPath path{r->object, texts.next(r->path_length)};
  if (!texts.whole())
    return refuse("a long path is not as long as the record says", record);
  return finish(r->header, path);
}

Result<Observation> decode_used(Record record) {
  const auto* r = as<wire::wire_handle_used>(record);
  if (r == nullptr || record.size() != sizeof *r)
    return refuse("not of the size of the use of a handle", record);
  return finish(r->header, HandleUsed{r->object});
}

Result<Observation> decode_xattr(Record record) {
  const auto* r = as<wire::wire_xattr>(record);
  if (r == nullptr)
    return refuse("too short for an extended attribute", record);
  Texts texts(record, sizeof *r);
  AttributeNamed named{r->object, texts.next(r->name_length), r->removed != 0};
  if (!texts.whole())
    return refuse("an attribute's name is not as long as the record says", record);
  return finish(r->header, named);
}

} // namespace

std::optional<BootTime> record_time(std::span<const std::byte> record) {
  const auto* header = as<wire::wire_header>(record);
  return header == nullptr ? std::nullopt : std::optional(to_boot(header->time));
}

Family family_of(std::span<const std::byte> record) {
  const auto* header = as<wire::wire_header>(record);
  const bool process = header != nullptr && header->type >= wire::WIRE_FORK && header->type <= wire::WIRE_TASK;
  static_assert(kernel_family_count == wire::WIRE_FAMILIES);
  return process ? Family::process : Family::file;
}

Result<Observation> decode(std::span<const std::byte> record, DecodeMemory& memory) {
  const auto* header = as<wire::wire_header>(record);
  if (header == nullptr || header->size != record.size())
    return refuse("its size is not what it says", record);
  switch (header->type) {
  case wire::WIRE_FORK:
    return decode_fork(record);
  case wire::WIRE_EXEC:
  case wire::WIRE_TASK:
    return decode_image(record, header->type == wire::WIRE_TASK, memory);
  case wire::WIRE_EXIT:
    return decode_exit(record);
  case wire::WIRE_FILE_OPENED:
    return decode_opened(record);
  case wire::WIRE_FILE_BLOCK:
    return decode_block(record, memory);
  case wire::WIRE_PATH_OP:
    return decode_path_act(record, memory);
  case wire::WIRE_OPEN_FAILED:
    return decode_refused(record);
  case wire::WIRE_LONG_PATH:
    return decode_long_path(record);
  case wire::WIRE_XATTR:
    return decode_xattr(record);
  case wire::WIRE_HANDLE_USED:
    return decode_used(record);
  default:
    return refuse(fmt::format("unknown record type {}", header->type), record);
  }
}

} // namespace monster
