// SPDX-License-Identifier: Apache-2.0
#include "block/path_act.hpp"

#include "base/path_text.hpp"

#include <algorithm>

namespace monster {
namespace {

constexpr std::uint32_t mode_type = 0170000;
constexpr std::uint32_t mode_directory = 0040000;
constexpr std::uint32_t at_removedir = 0x200; // linux/fcntl.h AT_REMOVEDIR

std::string named(Text base, Text argument) {
  return argument.is_null() ? std::string() : absolute_path(base.bytes(), argument.bytes());
}

bool is_directory(const TouchedFile& touched) {
  return touched.after && (touched.after->mode & mode_type) == mode_directory;
}

// A file, not the directory that holds it: its parent was touched by the same act.
bool is_object(const PathAct& act, const TouchedFile& touched) {
  return std::ranges::any_of(act.touched, [&](const TouchedFile& other) {
    return &other != &touched && other.file.inode == touched.parent_inode && other.file.device == touched.file.device;
  });
}

// The object whose name before the act was this; a whole path that agrees is better than a last part.
const TouchedFile* find_named(const PathAct& act, std::string_view path, const TouchedFile* not_this = nullptr) {
  const TouchedFile* found = nullptr;
  for (const TouchedFile& touched : act.touched) {
    if (&touched == not_this || touched.path_before.is_null() || !is_object(act, touched))
      continue;
    if (touched.path_before.bytes() == path)
      return &touched;
    if (found == nullptr && base_name(touched.path_before.bytes()) == base_name(path))
      found = &touched;
  }
  return found;
}

// Of a file with several names the kernel may tell another one than the call's: then it is the only object.
const TouchedFile* only_object(const PathAct& act, const TouchedFile* not_this = nullptr) {
  const TouchedFile* found = nullptr;
  for (const TouchedFile& touched : act.touched) {
    if (is_directory(touched) || &touched == not_this)
      continue;
    if (found != nullptr)
      return nullptr;
    found = &touched;
  }
  return found;
}

// Its name was moved or taken away by the act, as the kernel's tree has it; the caller's words have no part in this.
bool lost_its_name(const PathAct& act, const TouchedFile& touched) {
  const bool same = !touched.path_after.is_null() && touched.path_after.bytes() == touched.path_before.bytes();
  return !touched.path_before.is_null() && !same && is_object(act, touched);
}

// The file that a rename moved: of two (they were exchanged, or the one replaced has other names) the one that the
// caller named, if it named one of them.
const TouchedFile* find_moved(const PathAct& act, std::string_view path, std::string_view new_path) {
  const TouchedFile* found = nullptr;
  int best = -1;
  for (const TouchedFile& touched : act.touched) {
    if (touched.path_after.is_null() || !lost_its_name(act, touched))
      continue;
    const int rank = (touched.path_before.bytes() == path ? 4 : 0) +
                     (base_name(touched.path_before.bytes()) == base_name(path) ? 2 : 0) +
                     (base_name(touched.path_after.bytes()) == base_name(new_path) ? 1 : 0);
    if (rank > best) {
      best = rank;
      found = &touched;
    }
  }
  return found;
}

// A name too long to be kept from before: the file is known by the name that it has now.
const TouchedFile* find_by_new_name(const PathAct& act, std::string_view new_path) {
  for (const TouchedFile& touched : act.touched)
    if (touched.path_before.is_null() && !touched.path_after.is_null() && is_object(act, touched) &&
        base_name(touched.path_after.bytes()) == base_name(new_path))
      return &touched;
  return nullptr;
}

const TouchedFile* only_nameless(const PathAct& act, const TouchedFile* not_this = nullptr) {
  const TouchedFile* found = nullptr;
  for (const TouchedFile& touched : act.touched) {
    if (&touched == not_this || !lost_its_name(act, touched))
      continue;
    if (found != nullptr)
      return nullptr;
    found = &touched;
  }
  return found;
}

void take_file(ResolvedAct& resolved, const TouchedFile* file, Text path, bool truncated) {
  resolved.file = file;
  if (file == nullptr || path.is_null())
    return;
  resolved.path = path.bytes();
  resolved.path_truncated = truncated;
  resolved.source = PathSource::dentry;
}

void take_file_before(ResolvedAct& resolved, const TouchedFile* file) {
  take_file(resolved, file, file == nullptr ? Text{} : file->path_before, false);
}

void resolve_rename(const PathAct& act, ResolvedAct& resolved) {
  resolved.new_path = resolved.argument2;
  resolved.new_path_truncated = act.argument2_truncated;
  const TouchedFile* file = find_moved(act, resolved.path, resolved.new_path);
  if (file == nullptr)
    file = find_named(act, resolved.path);
  if (file == nullptr)
    file = find_by_new_name(act, resolved.new_path);
  take_file_before(resolved, file);
  if (file == nullptr)
    return;
  resolved.replaced = only_nameless(act, file);
  if (resolved.replaced == nullptr)
    resolved.replaced = find_named(act, resolved.new_path, file);
  if (resolved.replaced == nullptr) // its name may have been gone when it was touched
    resolved.replaced = only_object(act, file);
  if (file->path_after.is_null())
    return;
  resolved.new_path = file->path_after.bytes();
  resolved.new_path_truncated = file->path_after_truncated;
}

void resolve_removal(const PathAct& act, ResolvedAct& resolved) {
  const TouchedFile* file = find_named(act, resolved.path);
  take_file_before(resolved, file == nullptr ? only_nameless(act) : file);
  if (resolved.file == nullptr)
    resolved.file = only_object(act);
}

// A new name: of a file that was there (link) or of a new one.
void resolve_creation(const PathAct& act, ResolvedAct& resolved) {
  const bool link = act.kind == PathActKind::link;
  const std::string old_name = resolved.path;
  if (link)
    resolved.target = resolved.path;
  if (act.kind == PathActKind::symlink)
    resolved.target = act.argument1.bytes();
  if (link || act.kind == PathActKind::symlink) {
    resolved.path = resolved.argument2;
    resolved.path_truncated = act.argument2_truncated;
  }
  for (const TouchedFile& touched : act.touched) {
    if (touched.path_after.is_null() || (link ? is_directory(touched) : !is_object(act, touched)))
      continue;
    const std::string_view now = base_name(touched.path_after.bytes());
    // Of several names the kernel may have told the old one.
    const bool is_new =
        !link || now == base_name(resolved.path) || (now != base_name(old_name) && is_object(act, touched));
    take_file(resolved, &touched, is_new ? touched.path_after : Text{}, touched.path_after_truncated);
  }
}

void resolve_change(const PathAct& act, ResolvedAct& resolved) {
  if (!act.touched.empty())
    take_file(resolved, &act.touched.front(), act.touched.front().path_after, act.touched.front().path_after_truncated);
}

} // namespace

ResolvedAct resolve(const PathAct& act) {
  ResolvedAct resolved;
  resolved.argument1 = named(act.base1, act.argument1);
  resolved.argument2 = named(act.base2, act.argument2);
  resolved.path = resolved.argument1;
  resolved.path_truncated = act.argument1_truncated;
  switch (act.kind) {
  case PathActKind::rename:
    resolve_rename(act, resolved);
    break;
  case PathActKind::unlink:
  case PathActKind::rmdir:
    resolve_removal(act, resolved);
    break;
  case PathActKind::link:
  case PathActKind::symlink:
  case PathActKind::mkdir:
  case PathActKind::mknod:
    resolve_creation(act, resolved);
    break;
  default:
    resolve_change(act, resolved);
  }
  return resolved;
}

std::string_view name_of(PathActKind kind) {
  static constexpr std::string_view names[] = {"rename", "unlink",   "rmdir",       "link",    "symlink",
                                               "mkdir",  "mknod",    "truncate",    "chmod",   "chown",
                                               "utimes", "setxattr", "removexattr", "setflags"};
  return names[static_cast<std::size_t>(kind)];
}

PathActKind true_kind(const PathAct& act) {
  const bool removes = act.kind == PathActKind::unlink && (act.call_flags & at_removedir) != 0;
  return removes ? PathActKind::rmdir : act.kind;
}

} // namespace monster
