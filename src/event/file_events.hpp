// SPDX-License-Identifier: Apache-2.0
// 2500 file_block and its details 2012, 2014, 2027, 2030.
#pragma once

#include "event/field.hpp"
#include "event/process_events.hpp"
#include "event/value.hpp"

namespace monster {

enum class FileKind : std::uint8_t { regular, directory, symlink, fifo, socket, character_device, block_device };
enum class FileAccess : std::uint8_t { none, read, write, read_write };
enum class BlockState : std::uint8_t { open, final };
enum class BlockSource : std::uint8_t { open, lazy, snapshot, path };
enum class PathSource : std::uint8_t { dentry, argument };
enum class CreateDisposition : std::uint8_t { file_open, file_create, file_open_if, file_overwrite, file_overwrite_if };
enum class CreateResult : std::uint8_t { file_created, file_opened, file_overwritten };

[[nodiscard]] std::string_view name_of(FileKind kind);
[[nodiscard]] std::string_view name_of(FileAccess access);
[[nodiscard]] std::string_view name_of(BlockState state);
[[nodiscard]] std::string_view name_of(BlockSource source);
[[nodiscard]] std::string_view name_of(PathSource source);
[[nodiscard]] std::string_view name_of(CreateDisposition disposition); // FILE_OPEN, FILE_CREATE, ...
[[nodiscard]] std::string_view name_of(CreateResult result);           // FILE_CREATED, ...

struct FileBlock {
  Text path;
  Text final_path;
  std::optional<PathSource> path_source;
  std::optional<FileKey> file_key;
  std::optional<FileKind> file_kind;
  bool renamed = false;
  bool deleted = false;
  bool created = false;
  Text operation;
  Text link_target;
  std::optional<std::uint32_t> nlink;
  std::optional<WallTime> open_time;
  std::optional<WallTime> close_time;
  std::optional<FileAccess> access;
  std::optional<std::uint32_t> open_flags;
  std::uint64_t bytes_written = 0;
  std::uint64_t write_count = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t read_count = 0;
  std::optional<WallTime> first_write_time;
  std::optional<WallTime> last_write_time;
  std::optional<std::uint64_t> lowest_offset;
  std::optional<std::uint64_t> highest_end;
  std::optional<std::uint64_t> truncated_to;
  bool mapped_writable = false;
  std::optional<std::uint64_t> size_at_open;
  std::optional<std::uint64_t> size_at_close;
  std::optional<std::uint32_t> mode_before;
  std::optional<std::uint32_t> mode_after;
  std::optional<std::uint32_t> owner_uid_before;
  std::optional<std::uint32_t> owner_uid_after;
  std::optional<std::uint32_t> owner_gid_before;
  std::optional<std::uint32_t> owner_gid_after;
  std::optional<WallTime> mtime_before;
  std::optional<WallTime> mtime_after;
  std::optional<std::uint32_t> inode_flags_before;
  std::optional<std::uint32_t> inode_flags_after;
  TextList xattrs_changed;
  bool attributes_changed = false;
  bool made_executable = false;
  bool setuid_given = false;
  bool time_set_back = false;
  std::optional<Sha256> sha256_at_close;
  std::optional<HashStatus> hash_status;
  Text file_type;
  std::optional<bool> external_device;
  std::optional<DeviceKey> device_key;
  WriterList writers;
  bool writers_truncated = false;
  bool completions_suppressed = false;
  BlockState state = BlockState::final;
  BlockSource source = BlockSource::open;
  bool complete = true;
  bool path_truncated = false;
  bool final_path_truncated = false;
  bool xattrs_truncated = false;
};

template <> struct Describe<FileBlock> {
  using E = FileBlock;
  static constexpr EventInfo info{
      2500,
      "file_block",
      EventClass::statistics,
      Family::file,
      "One open file description from open to last close, or one act on a path without a handle.",
      "11, 23, 26, 2",
      "File: File Modification"};
  static constexpr auto fields = std::tuple{
      field("path", &E::path, Unit::none, "path at the open", {"file.path", "file.path"}),
      field("final_path", &E::final_path, Unit::none, "path at the last close, when it is another"),
      field("path_source", &E::path_source, Unit::none,
            "dentry (from the kernel's tree) or argument (only the caller's text is known)"),
      field("file_key", &E::file_key, Unit::none, "one file through renames and re-opens", {"file.inode", "file.uid"}),
      field("file_kind", &E::file_kind, Unit::none, "regular, directory, symlink, ...", {"file.type", "file.type"}),
      field("renamed", &E::renamed, Unit::none, "the name at the end differs from the name at the open"),
      field("deleted", &E::deleted, Unit::none, "the name was removed"),
      field("created", &E::created, Unit::none, "this open or act made the file"),
      field("operation", &E::operation, Unit::none,
            "the act, for a block without a handle: rename, unlink, link, mkdir, chmod, ..."),
      field("link_target", &E::link_target, Unit::none,
            "what a symbolic link points to, or the name a hard link was made from", {"file.target_path", ""}),
      field("nlink", &E::nlink, Unit::count, "names that the file has at the end"),
      field("open_time", &E::open_time, Unit::none, "when the handle was opened"),
      field("close_time", &E::close_time, Unit::none, "when the last handle to it was closed; null while open"),
      field("access", &E::access, Unit::none, "read, write, read_write"),
      field("open_flags", &E::open_flags, Unit::none, "flags of the open, as the kernel keeps them"),
      field("bytes_written", &E::bytes_written, Unit::bytes, "bytes written by calls through this handle"),
      field("write_count", &E::write_count, Unit::count, "write calls that returned more than 0"),
      field("bytes_read", &E::bytes_read, Unit::bytes, "bytes read by calls through this handle"),
      field("read_count", &E::read_count, Unit::count, "read calls that returned more than 0"),
      field("first_write_time", &E::first_write_time, Unit::none, "end of the first write"),
      field("last_write_time", &E::last_write_time, Unit::none, "end of the last write"),
      field("lowest_offset", &E::lowest_offset, Unit::bytes, "lowest offset written"),
      field("highest_end", &E::highest_end, Unit::bytes, "one past the highest offset written"),
      field("truncated_to", &E::truncated_to, Unit::bytes, "size given by the last truncation"),
      field("mapped_writable", &E::mapped_writable, Unit::none,
            "mapped shared and writable; such writes are not in bytes_written"),
      field("size_at_open", &E::size_at_open, Unit::bytes, "size at the open"),
      field("size_at_close", &E::size_at_close, Unit::bytes, "size at the end", {"file.size", "file.size"}),
      field("mode_before", &E::mode_before, Unit::none, "permission bits before"),
      field("mode_after", &E::mode_after, Unit::none, "permission bits at the end", {"file.mode", ""}),
      field("owner_uid_before", &E::owner_uid_before, Unit::none, "owner before"),
      field("owner_uid_after", &E::owner_uid_after, Unit::none, "owner at the end", {"file.uid", "file.owner.uid"}),
      field("owner_gid_before", &E::owner_gid_before, Unit::none, "group before"),
      field("owner_gid_after", &E::owner_gid_after, Unit::none, "group at the end", {"file.gid", ""}),
      field("mtime_before", &E::mtime_before, Unit::none, "modification time before"),
      field("mtime_after", &E::mtime_after, Unit::none, "modification time at the end",
            {"file.mtime", "file.modified_time"}),
      field("inode_flags_before", &E::inode_flags_before, Unit::none,
            "inode attribute flags (immutable, append, ...) before"),
      field("inode_flags_after", &E::inode_flags_after, Unit::none, "inode attribute flags at the end"),
      field("xattrs_changed", &E::xattrs_changed, Unit::none, "names of extended attributes set or removed",
            {"file.attributes", ""}),
      field("attributes_changed", &E::attributes_changed, Unit::none,
            "mode, owner, times, flags or extended attributes were set"),
      field("made_executable", &E::made_executable, Unit::none, "an execute bit was given"),
      field("setuid_given", &E::setuid_given, Unit::none, "a set-uid or set-gid bit was given"),
      field("time_set_back", &E::time_set_back, Unit::none, "the modification time was set to the past"),
      field("sha256_at_close", &E::sha256_at_close, Unit::none,
            "SHA-256 at the end, of files that are or became executable", {"file.hash.sha256", "file.hashes.value"}),
      field("hash_status", &E::hash_status, Unit::none, "ok, or why a hash that was due is missing"),
      field("file_type", &E::file_type, Unit::none, "what its first bytes say it is",
            {"file.mime_type", "file.mime_type"}),
      field("external_device", &E::external_device, Unit::none, "the file lies on a removable device"),
      field("device_key", &E::device_key, Unit::none, "the device the file lies on"),
      field("writers", &E::writers, Unit::none, "each process that used the handle, with its bytes"),
      field("writers_truncated", &E::writers_truncated, Unit::none, "more than 8 processes used the handle"),
      field("completions_suppressed", &E::completions_suppressed, Unit::none,
            "results of asynchronous requests are not seen (io_uring without completions, io_submit): bytes may be "
            "missing, "
            "an act on a path may have failed"),
      field("state", &E::state, Unit::none, "final, or open for a block told while the handle lives"),
      field("source", &E::source, Unit::none,
            "open, lazy (first seen at its first use), snapshot (open before the agent) or path (an act without a "
            "handle)"),
      field("complete", &E::complete, Unit::none, "false if anything of this block was lost"),
      field("path_truncated", &E::path_truncated, Unit::none, "the head of path is missing"),
      field("final_path_truncated", &E::final_path_truncated, Unit::none, "the head of final_path is missing"),
      field("xattrs_truncated", &E::xattrs_truncated, Unit::none, "more attributes were changed than are named"),
  };
};

struct FileCreate {
  Text path;
  std::optional<FileKey> file_key;
  std::optional<std::uint64_t> size;
  std::optional<WallTime> birth_time;
  std::optional<WallTime> modification_time;
  std::optional<std::uint32_t> mode;
  std::optional<std::uint32_t> owner_uid;
  std::optional<std::uint32_t> owner_gid;
  std::optional<bool> immutable;
  std::optional<bool> append_only;
  Text version;
  std::optional<CreateDisposition> create_disposition;
  TextList create_options;
  std::optional<CreateResult> create_result;
  std::optional<std::uint32_t> open_flags;
  Text result;
  bool path_truncated = false;
};

template <> struct Describe<FileCreate> {
  using E = FileCreate;
  static constexpr EventInfo info{
      2012,
      "file_create",
      EventClass::detail,
      Family::file,
      "A file of a kept block was opened; told at the first act that makes the block one to keep.",
      "11",
      "File: File Access"};
  static constexpr auto fields = std::tuple{
      field("path", &E::path, Unit::none, "path at the open", {"file.path", "file.path"}),
      field("file_key", &E::file_key, Unit::none, "one file through renames and re-opens", {"file.inode", "file.uid"}),
      field("size", &E::size, Unit::bytes, "size at the open", {"file.size", "file.size"}),
      field("birth_time", &E::birth_time, Unit::none, "when the file was made, where the file system keeps it",
            {"file.created", "file.created_time"}),
      field("modification_time", &E::modification_time, Unit::none, "modification time at the open",
            {"file.mtime", "file.modified_time"}),
      field("mode", &E::mode, Unit::none, "permission bits", {"file.mode", ""}),
      field("owner_uid", &E::owner_uid, Unit::none, "owner", {"file.uid", "file.owner.uid"}),
      field("owner_gid", &E::owner_gid, Unit::none, "group", {"file.gid", ""}),
      field("immutable", &E::immutable, Unit::none, "the immutable flag is set"),
      field("append_only", &E::append_only, Unit::none, "the append-only flag is set"),
      field("version", &E::version, Unit::none, "version of the package that owns the file"),
      field("create_disposition", &E::create_disposition, Unit::none,
            "what the caller asked for, in the Windows words"),
      field("create_options", &E::create_options, Unit::none, "options of the open, in the Windows words"),
      field("create_result", &E::create_result, Unit::none,
            "FILE_CREATED, FILE_OPENED or FILE_OVERWRITTEN; null when it failed"),
      field("open_flags", &E::open_flags, Unit::none, "flags of the open, as the kernel keeps them"),
      field("result", &E::result, Unit::none, "ok, or the error's name for a failed open of a sensitive file",
            {"event.outcome", "status"}),
      field("path_truncated", &E::path_truncated, Unit::none, "the head of path is missing"),
  };
};

struct FileClose {
  Text path;
  bool path_truncated = false;
};

template <> struct Describe<FileClose> {
  using E = FileClose;
  static constexpr EventInfo info{
      2014, "file_close",       EventClass::detail, Family::file, "The last handle to an open file was closed.",
      "",   "File: File Access"};
  static constexpr auto fields = std::tuple{
      field("path", &E::path, Unit::none, "path at the close", {"file.path", "file.path"}),
      field("path_truncated", &E::path_truncated, Unit::none, "the head of path is missing"),
  };
};

struct FileRename {
  Text path;
  Text new_path;
  std::optional<FileKey> file_key;
  std::optional<FileKey> replaced_file_key;
  bool exchange = false;
  std::optional<PathSource> path_source;
  bool path_truncated = false;
  bool new_path_truncated = false;
};

template <> struct Describe<FileRename> {
  using E = FileRename;
  static constexpr EventInfo info{2027,
                                  "file_rename",
                                  EventClass::detail,
                                  Family::file,
                                  "A file or directory got another name.",
                                  "",
                                  "File: File Modification"};
  static constexpr auto fields = std::tuple{
      field("path", &E::path, Unit::none, "name before", {"file.Ext.original.path", "file.path"}),
      field("new_path", &E::new_path, Unit::none, "name after", {"file.path", "file_result.path"}),
      field("file_key", &E::file_key, Unit::none, "one file through renames and re-opens", {"file.inode", "file.uid"}),
      field("replaced_file_key", &E::replaced_file_key, Unit::none, "file that had the new name before and lost it"),
      field("exchange", &E::exchange, Unit::none, "both files swapped their names"),
      field("path_source", &E::path_source, Unit::none,
            "dentry (from the kernel's tree) or argument (only the caller's text is known)"),
      field("path_truncated", &E::path_truncated, Unit::none, "the head of path is missing"),
      field("new_path_truncated", &E::new_path_truncated, Unit::none, "the head of new_path is missing"),
  };
};

struct FileCreateNew {
  Text path;
  std::optional<FileKey> file_key;
  std::optional<bool> external_device;
  std::optional<DeviceKey> device_key;
  Text bus;
  Text vendor;
  Text model;
  Text serial;
  bool path_truncated = false;
};

template <> struct Describe<FileCreateNew> {
  using E = FileCreateNew;
  static constexpr EventInfo info{
      2030, "file_create_new",    EventClass::detail, Family::file, "A file that was not there was made.",
      "11", "File: File Creation"};
  static constexpr auto fields = std::tuple{
      field("path", &E::path, Unit::none, "path at the open", {"file.path", "file.path"}),
      field("file_key", &E::file_key, Unit::none, "one file through renames and re-opens", {"file.inode", "file.uid"}),
      field("external_device", &E::external_device, Unit::none, "the file lies on a removable device"),
      field("device_key", &E::device_key, Unit::none, "the device the file lies on"),
      field("bus", &E::bus, Unit::none, "bus of that device"),
      field("vendor", &E::vendor, Unit::none, "vendor of that device"),
      field("model", &E::model, Unit::none, "model of that device"),
      field("serial", &E::serial, Unit::none, "serial number of that device"),
      field("path_truncated", &E::path_truncated, Unit::none, "the head of path is missing"),
  };
};

} // namespace monster
