// SPDX-License-Identifier: Apache-2.0
// What a sensor saw, in words that no operating system owns. Sensors make observations; the rooms host and
// block make events of them. Texts point into the record they came from and live as long as it does.
#pragma once

#include "base/key.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <variant>

namespace monster {

struct Actor {
  ProcessIdentity process;
  Pid tid;
  std::uint32_t uid = 0;     // effective
  std::uint32_t mnt_ns = 0;  // 0: not known (late in exit)
  std::uint32_t session = 0; // pid of the session's leader
};

// What can be changed about a file. Times are those of the inode, so wall time.
struct FileState {
  std::uint64_t size = 0;
  WallTime mtime;
  WallTime ctime;
  std::uint32_t mode = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t nlink = 0;
  std::uint32_t inode_flags = 0;
};

struct ProcessForked {
  ProcessIdentity child;
  std::uint32_t gid = 0; // as inherited
  Text cwd;
  bool cwd_truncated = false;
};

// The inode numbers of the namespaces; mnt is in the actor.
struct NamespaceIds {
  std::uint32_t pid = 0, net = 0, user = 0, uts = 0, ipc = 0, cgroup = 0;
};

// The file of a script whose interpreter runs; its path is true, not as it was called.
struct ScriptFile {
  FileIdentity file;
  FileState state;
  std::uint32_t fs_magic = 0;
  Text path;
};

// What of an image's texts could not be had whole. Paths lose their head.
struct ImageGaps {
  bool arguments_truncated = false;
  bool arguments_unreadable = false;
  bool environment_truncated = false;
  bool environment_unreadable = false;
  bool groups_truncated = false;
  bool image_truncated = false;
  bool cwd_truncated = false;
  bool script_truncated = false; // or what the script names
  bool cgroup_truncated = false;
};

// A process runs an image: now (exec), or since before the agent came (found).
struct ProcessImage {
  bool found = false;
  ProcessIdentity parent;
  std::uint64_t capabilities = 0;
  std::uint32_t gid = 0;
  std::optional<std::uint32_t> login_uid;
  NamespaceIds namespaces;
  FileIdentity image_file;
  FileState image_state;
  std::uint32_t image_fs = 0; // super block's magic
  Text image;
  Text filename;    // as given to exec: the script, when the image is its interpreter
  Text interpreter; // as named by the script
  Text cwd;
  Text cgroup;
  Text arguments;   // NUL separated; null when unreadable
  Text environment; // NUL separated
  ImageGaps gaps;
  std::optional<ScriptFile> script;
  Text tty;
  std::span<const std::uint32_t> groups;
};

struct ProcessExited {
  std::int32_t wait_status = 0; // as wait(2) reports it
  Duration cpu_user;
  Duration cpu_system;
  std::uint64_t max_rss = 0; // bytes
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::optional<std::uint64_t> lost; // of its acts, until it ended
};

// One open file description. `object` numbers it within the run.
struct OpenFile {
  std::uint64_t object = 0;
  BootTime open_time;
  Actor opener;
  FileIdentity file;
  std::uint32_t fs_magic = 0;
  std::uint32_t open_flags = 0; // as the kernel keeps them
  std::uint32_t call_flags = 0; // as the caller gave them
  bool readable = false;
  bool writable = false;
  bool created = false;
  bool truncated_at_open = false;
  bool sensitive = false;
  bool lazy = false;
  bool snapshot = false;
  bool temporary = false; // had no name at the open: O_TMPFILE, memfd
  bool long_path = false; // its path came in a LongPath
  bool path_truncated = false;
  bool call_flags_known = true; // false: they were changed under the call, or the call was not seen
  FileState before;
  std::optional<WallTime> birth_time;
  Text path;
};

struct FileOpened {
  OpenFile file;
};

struct HandleUser {
  ProcessIdentity process;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
};

// The end of an open file description, or its state while it lives.
struct FileBlockTold {
  OpenFile file;
  FileState after;
  std::uint64_t bytes_written = 0;
  std::uint64_t write_count = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t read_count = 0;
  std::optional<BootTime> first_write;
  std::optional<BootTime> last_write;
  std::optional<std::uint64_t> lowest_offset;
  std::optional<std::uint64_t> highest_end;
  std::optional<std::uint64_t> truncated_to;
  bool interim = false;
  bool mapped_writable = false;
  bool attributes_changed = false;
  bool times_set = false;
  bool renamed = false;
  bool deleted = false;
  bool kept = true; // false: nothing worth telling happened, only state kept for it is to be dropped
  bool completions_hidden = false;
  bool writers_truncated = false;
  bool incomplete = false;
  Text final_path;
  bool final_path_truncated = false;
  std::span<const HandleUser> users; // empty when only the opener used it
};

enum class PathActKind : std::uint8_t {
  rename,
  unlink,
  rmdir,
  link,
  symlink,
  mkdir,
  mknod,
  truncate,
  chmod,
  chown,
  utimes,
  setxattr,
  removexattr,
  setflags,
};

// An inode that the act touched: its object, or a directory that holds or held it.
struct TouchedFile {
  FileIdentity file;
  std::uint64_t parent_inode = 0;
  WallTime mtime_before;
  std::optional<FileState> after;
  Text path_before; // whole, or null
  Text path_after;
  bool path_after_truncated = false;
};

struct PathAct {
  PathActKind kind = PathActKind::rename;
  std::uint64_t object = 0;
  std::uint32_t call_flags = 0;
  std::uint64_t value = 0;
  std::uint32_t fs_magic = 0;
  bool outcome_hidden = false; // told when it was asked for: whether it worked is not known
  bool touched_lost = false;   // it touched more files than are told
  std::span<const TouchedFile> touched;
  Text argument1; // as the caller wrote them
  Text argument2;
  bool argument1_truncated = false; // as an absolute path
  bool argument2_truncated = false;
  Text base1; // directories that relative arguments start from
  Text base2;
  Text name; // of an extended attribute
};

struct OpenRefused {
  std::int32_t error = 0; // errno
  std::uint32_t open_flags = 0;
  Text argument;
  Text base;
  bool argument_truncated = false;
};

struct LongPath {
  std::uint64_t object = 0;
  Text path;
};

struct AttributeNamed {
  std::uint64_t object = 0;
  Text name;
  bool removed = false;
};

// A process uses a handle that another opened.
struct HandleUsed {
  std::uint64_t object = 0;
};

struct Observation {
  BootTime time;
  Actor actor;
  std::variant<ProcessForked, ProcessImage, ProcessExited, FileOpened, FileBlockTold, PathAct, OpenRefused, LongPath,
               AttributeNamed, HandleUsed>
      what;
};

} // namespace monster
