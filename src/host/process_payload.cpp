// SPDX-License-Identifier: Apache-2.0
#include "host/process_payload.hpp"

#include "host/command_line.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace monster {
namespace {

Text copy_if_any(const std::string& text, Arena& arena) { return text.empty() ? Text{} : Text(arena.copy(text)); }

TextList split_arguments(Text block, Arena& arena) {
  if (block.is_null())
    return {};
  const std::vector<std::string_view> parts = split_at_nul(arena.copy(block).bytes());
  const std::span<Text> list = arena.array<Text>(parts.size());
  std::ranges::copy(parts, list.begin());
  return list;
}

NamedTexts select_environment(Text block, std::span<const std::string> names, Arena& arena) {
  const std::span<NamedText> selected = arena.array<NamedText>(names.size());
  std::size_t count = 0;
  for (const std::string_view entry : split_at_nul(block.bytes())) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || count == names.size())
      continue;
    const auto name = std::ranges::find(names, entry.substr(0, equals));
    const auto told = [&](const NamedText& one) { return one.name == entry.substr(0, equals); };
    if (name != names.end() && std::ranges::none_of(selected.first(count), told))
      selected[count++] = {arena.copy(*name), Text(arena.copy(entry.substr(equals + 1)))};
  }
  return selected.first(count);
}

NamedTexts name_namespaces(const NamespaceIds& ids, std::uint32_t mnt, Arena& arena) {
  const std::pair<std::string_view, std::uint32_t> all[] = {{"mnt", mnt},          {"pid", ids.pid}, {"net", ids.net},
                                                            {"user", ids.user},    {"uts", ids.uts}, {"ipc", ids.ipc},
                                                            {"cgroup", ids.cgroup}};
  const std::span<NamedText> named = arena.array<NamedText>(std::size(all));
  std::size_t count = 0;
  for (const auto& [name, id] : all)
    if (id != 0)
      named[count++] = {name, Text(arena.copy(fmt::format("{}", id)))};
  return named.first(count);
}

TextList name_groups(const PayloadContext& context, std::span<const std::uint32_t> groups, BootTime now, Arena& arena) {
  const std::span<Text> names = arena.array<Text>(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Text name = context.answers.group_name(groups[i], now);
    names[i] = Text(arena.copy(name.is_null() ? fmt::format("{}", groups[i]) : std::string(name.bytes())));
  }
  return names;
}

void add_parent(ProcessCreate& create, const PayloadContext& context, const Process& process, Arena& arena) {
  if (!process.parent)
    return;
  create.ppid = process.parent->pid.value;
  create.parent_process_key = context.keys.of(*process.parent);
  const Process* parent = context.table.find(*process.parent);
  if (parent == nullptr || !parent->text)
    return;
  create.parent_image = Text(arena.copy(parent->text->image));
  create.parent_command_line = Text(arena.copy(parent->text->command_line));
  const std::span<Text> ancestors = arena.array<Text>(ProcessTable::max_ancestors);
  std::size_t count = 0;
  for (const Process* p = parent; p != nullptr && p->text && count < ancestors.size();
       p = p->parent ? context.table.find(*p->parent) : nullptr)
    ancestors[count++] = p == parent ? create.parent_image : Text(arena.copy(p->text->image));
  create.ancestors = ancestors.first(count);
}

bool is_file_known(const ProcessImage& image) { return image.image_file.inode != 0; }

bool is_fileless(const ProcessImage& image) {
  return (is_file_known(image) && image.image_state.nlink == 0) || image.image.bytes().starts_with("/memfd:");
}

// A path as it was called, made absolute. Leading `..` climb from the working directory, which is a true path;
// one behind a name might be a link's, and stays.
std::string called_path(std::string_view called, Text cwd) {
  if (called.starts_with('/') || cwd.is_null())
    return std::string(called);
  std::string_view from = cwd.bytes() == "/" ? std::string_view{} : cwd.bytes();
  for (;;) {
    if (called.starts_with("./"))
      called.remove_prefix(2);
    else if (called.starts_with("../"))
      from = from.substr(0, std::min(from.rfind('/'), from.size())), called.remove_prefix(3);
    else if (called.starts_with('/'))
      called.remove_prefix(1);
    else
      return fmt::format("{}/{}", from, called);
  }
}

bool runs_script(const ProcessImage& image) {
  return !image.found && !image.filename.is_null() && image.filename.bytes() != image.interpreter.bytes();
}

void add_script(ProcessCreate& create, const PayloadContext& context, const ProcessImage& image, Arena& arena) {
  if (!runs_script(image))
    return;
  create.interpreter = arena.copy(image.interpreter);
  if (image.script) {
    create.script = arena.copy(image.script->path);
    create.script_file_key = context.keys.of(image.script->file);
    return;
  }
  create.script = Text(arena.copy(called_path(image.filename.bytes(), image.cwd)));
  create.script_hash_status = HashStatus::unreadable;
}

void add_gaps(ProcessCreate& create, const ImageGaps& gaps) {
  create.argv_truncated = gaps.arguments_truncated;
  create.argv_unreadable = gaps.arguments_unreadable;
  create.environment_truncated = gaps.environment_truncated;
  create.environment_unreadable = gaps.environment_unreadable;
  create.groups_truncated = gaps.groups_truncated;
  create.image_truncated = gaps.image_truncated;
  create.cwd_truncated = gaps.cwd_truncated;
  create.script_truncated = gaps.script_truncated;
  create.cgroup_truncated = gaps.cgroup_truncated;
}

// The descriptor that execveat gave the interpreter a script by (fs/exec.c alloc_bprm), or that the caller named.
std::optional<std::uint32_t> script_descriptor(std::string_view filename) {
  for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!filename.starts_with(prefix))
      continue;
    const std::string_view number = filename.substr(prefix.size());
    std::uint32_t descriptor = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), descriptor);
    if (error == std::errc{} && end == number.data() + number.size())
      return descriptor;
  }
  return std::nullopt;
}

} // namespace

ProcessCreate make_process_create(const PayloadContext& context, const Process& process, const Observation& seen,
                                  const ProcessImage& image, Arena& arena) {
  ProcessCreate create;
  create.start_time = context.clock.to_wall(seen.actor.process.start);
  if (!image.found)
    create.exec_time = context.clock.to_wall(seen.time);
  add_parent(create, context, process, arena);
  ProcessIdentity before = process.identity;
  --before.exec_id;
  const Process* previous = image.found ? nullptr : context.table.find(before);
  if (previous != nullptr && previous->told)
    create.previous_process_key = previous->key;
  create.command_line = copy_if_any(process.text->command_line, arena);
  create.argv = split_arguments(image.arguments, arena);
  add_gaps(create, image.gaps);
  create.cwd = arena.copy(image.cwd);
  create.gid = image.gid;
  create.groups = name_groups(context, image.groups, seen.time, arena);
  create.login_uid = image.login_uid;
  create.session_id = seen.actor.session;
  create.tty = arena.copy(image.tty);
  create.capabilities = Hex64{image.capabilities};
  create.environment = select_environment(image.environment, context.environment, arena);
  if (is_file_known(image)) {
    create.file_key = context.keys.of(image.image_file);
    create.image_size = image.image_state.size;
    create.image_mtime = image.image_state.mtime;
  }
  add_script(create, context, image, arena);
  create.fileless = is_fileless(image);
  create.namespaces = name_namespaces(image.namespaces, seen.actor.mnt_ns, arena);
  create.source = image.found ? ProcessSource::snapshot : ProcessSource::exec;
  return create;
}

ProcessCreate make_fork_only(const PayloadContext& context, const Process& process, const Actor& actor, Arena& arena) {
  ProcessCreate create;
  create.start_time = context.clock.to_wall(process.identity.start);
  add_parent(create, context, process, arena);
  if (process.text)
    create.command_line = copy_if_any(process.text->command_line, arena);
  if (process.parent) {
    create.cwd = copy_if_any(process.cwd, arena);
    create.cwd_truncated = process.cwd_truncated;
    create.gid = process.gid;
    create.session_id = actor.session;
  }
  create.source = ProcessSource::fork_only;
  return create;
}

void add_facts(ProcessCreate& create, const FileFacts& facts, Arena& arena) {
  create.hash_status = facts.status;
  create.image_sha256 = facts.sha256;
  create.signature_state = facts.signature;
  create.digest_algorithm = copy_if_any(facts.digest_algorithm, arena);
  create.not_checked_reason = copy_if_any(facts.not_checked_reason, arena);
  create.signer = copy_if_any(facts.signer, arena);
  create.version = copy_if_any(facts.version, arena);
}

FileReference reference_to_image(const Observation& seen, const ProcessImage& image) {
  FileReference file;
  file.identity = image.image_file;
  file.size = image.image_state.size;
  file.mtime_ns = image.image_state.mtime.ns;
  file.ctime_ns = image.image_state.ctime.ns;
  file.mnt_ns = seen.actor.mnt_ns;
  file.pid = seen.actor.process.pid;
  file.path = image.image.bytes();
  file.use_exe = true;
  file.fs_magic = image.image_fs;
  return file;
}

std::optional<FileReference> reference_to_script(const Observation& seen, const ProcessImage& image) {
  if (!runs_script(image) || !image.script)
    return std::nullopt;
  FileReference file;
  file.identity = image.script->file;
  file.size = image.script->state.size;
  file.mtime_ns = image.script->state.mtime.ns;
  file.ctime_ns = image.script->state.ctime.ns;
  file.mnt_ns = seen.actor.mnt_ns;
  file.pid = seen.actor.process.pid;
  file.path = image.script->path.bytes();
  file.descriptor = script_descriptor(image.filename.bytes());
  file.fs_magic = image.script->fs_magic;
  return file;
}

ProcessExit make_process_exit(const Process& process, const Observation& seen, const ProcessExited& exited,
                              ClockOffset clock) {
  const auto status = static_cast<std::uint32_t>(exited.wait_status);
  ProcessExit exit;
  exit.start_time = clock.to_wall(seen.actor.process.start);
  exit.end_time = clock.to_wall(seen.time);
  if ((status & 0x7f) != 0)
    exit.signal = status & 0x7f;
  else
    exit.exit_code = (status >> 8) & 0xff;
  exit.cpu_user = static_cast<std::uint64_t>(exited.cpu_user.ns);
  exit.cpu_system = static_cast<std::uint64_t>(exited.cpu_system.ns);
  exit.max_rss = exited.max_rss;
  exit.bytes_read = exited.bytes_read;
  exit.bytes_written = exited.bytes_written;
  exit.files_created = process.totals.files_created;
  exit.files_written = process.totals.files_written;
  exit.files_renamed = process.totals.files_renamed;
  exit.files_deleted = process.totals.files_deleted;
  exit.children = process.totals.children;
  if (exited.lost) // what it lost while it ended is known only from the kernel's later notices
    exit.lost = std::max(*exited.lost, process.totals.lost);
  return exit;
}

} // namespace monster
