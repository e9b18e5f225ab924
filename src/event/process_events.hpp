// SPDX-License-Identifier: Apache-2.0
// 1500 process_create and 1501 process_exit.
#pragma once

#include "event/field.hpp"
#include "event/value.hpp"

namespace monster {

enum class HashStatus : std::uint8_t { ok, pending, too_large, remote, gone, unreadable };
enum class SignatureState : std::uint8_t { package_verified, package_modified, unpackaged, not_checked };
enum class ProcessSource : std::uint8_t { exec, snapshot, fork_only, carried };

[[nodiscard]] std::string_view name_of(HashStatus status);
[[nodiscard]] std::string_view name_of(SignatureState state);
[[nodiscard]] std::string_view name_of(ProcessSource source);

struct ProcessCreate {
  std::optional<WallTime> start_time;
  std::optional<WallTime> exec_time;
  std::optional<std::uint32_t> ppid;
  std::optional<ProcessKey> parent_process_key;
  Text parent_image;
  Text parent_command_line;
  std::optional<ProcessKey> previous_process_key;
  TextList ancestors;
  Text command_line;
  TextList argv;
  bool argv_truncated = false;
  Text cwd;
  std::optional<std::uint32_t> gid;
  TextList groups;
  std::optional<std::uint32_t> login_uid;
  std::optional<std::uint32_t> session_id;
  Text tty;
  std::optional<Hex64> capabilities;
  NamedTexts environment;
  std::optional<FileKey> file_key;
  std::optional<std::uint64_t> image_size;
  std::optional<WallTime> image_mtime;
  std::optional<Sha256> image_sha256;
  std::optional<HashStatus> hash_status;
  std::optional<SignatureState> signature_state;
  Text digest_algorithm;
  Text not_checked_reason;
  Text signer;
  Text version;
  Text script;
  std::optional<Sha256> script_sha256;
  Text interpreter;
  bool fileless = false;
  NamedTexts namespaces;
  ProcessSource source = ProcessSource::exec;
  std::optional<FileKey> script_file_key;
  std::optional<HashStatus> script_hash_status;
  bool argv_unreadable = false;
  bool environment_truncated = false;
  bool environment_unreadable = false;
  bool groups_truncated = false;
  bool image_truncated = false;
  bool cwd_truncated = false;
  bool script_truncated = false;
  bool cgroup_truncated = false;
};

template <> struct Describe<ProcessCreate> {
  using E = ProcessCreate;
  static constexpr EventInfo info{1500,
                                  "process_create",
                                  EventClass::statistics,
                                  Family::process,
                                  "A process began to run an image, or is told for the first time.",
                                  "1",
                                  "Process: Process Creation"};
  static constexpr auto fields = std::tuple{
      field("start_time", &E::start_time, Unit::none, "when the process was forked",
            {"process.start", "process.created_time"}),
      field("exec_time", &E::exec_time, Unit::none, "when this image began to run; null for a fork without an exec"),
      field("ppid", &E::ppid, Unit::none, "pid of the parent when this row was made",
            {"process.parent.pid", "process.parent_process.pid"}),
      field("parent_process_key", &E::parent_process_key, Unit::none, "process_key of the parent",
            {"process.parent.entity_id", "process.parent_process.uid"}),
      field("parent_image", &E::parent_image, Unit::none, "path of the parent's image",
            {"process.parent.executable", "process.parent_process.file.path"}),
      field("parent_command_line", &E::parent_command_line, Unit::none, "arguments of the parent, joined",
            {"process.parent.command_line", "process.parent_process.cmd_line"}),
      field("previous_process_key", &E::previous_process_key, Unit::none,
            "process_key this pid had before the exec, if that was told"),
      field("ancestors", &E::ancestors, Unit::none, "images of the ancestors, nearest first, up to 8"),
      field("command_line", &E::command_line, Unit::none, "arguments joined by spaces, quoted where needed",
            {"process.command_line", "process.cmd_line"}),
      field("argv", &E::argv, Unit::none, "arguments, one each", {"process.args", ""}),
      field("argv_truncated", &E::argv_truncated, Unit::none, "arguments were longer than 128 KiB and were cut"),
      field("cwd", &E::cwd, Unit::none, "working directory",
            {"process.working_directory", "process.working_directory"}),
      field("gid", &E::gid, Unit::none, "effective group", {"process.group.id", "process.group.uid"}),
      field("groups", &E::groups, Unit::none, "names of the supplementary groups",
            {"process.supplemental_groups.name", ""}),
      field("login_uid", &E::login_uid, Unit::none, "user who logged in (audit login uid); null when unset",
            {"process.real_user.id", ""}),
      field("session_id", &E::session_id, Unit::none, "pid of the session's leader",
            {"process.session_leader.pid", "process.session.uid"}),
      field("tty", &E::tty, Unit::none, "controlling terminal", {"process.tty", ""}),
      field("capabilities", &E::capabilities, Unit::none, "effective capabilities, a bit each",
            {"process.thread.capabilities.effective", ""}),
      field("environment", &E::environment, Unit::none, "selected environment variables",
            {"process.env_vars", "process.environment_variables"}),
      field("file_key", &E::file_key, Unit::none, "file_key of the image"),
      field("image_size", &E::image_size, Unit::bytes, "size of the image file",
            {"process.executable.size", "process.file.size"}),
      field("image_mtime", &E::image_mtime, Unit::none, "modification time of the image file",
            {"", "process.file.modified_time"}),
      field("image_sha256", &E::image_sha256, Unit::none, "SHA-256 of the image",
            {"process.hash.sha256", "process.file.hashes.value"}),
      field("hash_status", &E::hash_status, Unit::none, "ok, or why there is no hash"),
      field("signature_state", &E::signature_state, Unit::none, "whether the image is what its package shipped",
            {"process.code_signature.status", "process.file.signature.state"}),
      field("digest_algorithm", &E::digest_algorithm, Unit::none, "digest by which the package was verified"),
      field("not_checked_reason", &E::not_checked_reason, Unit::none, "why signature_state is not_checked"),
      field("signer", &E::signer, Unit::none, "package that owns the image",
            {"process.code_signature.subject_name", "process.file.signature.certificate.subject"}),
      field("version", &E::version, Unit::none, "version of that package", {"package.version", "process.file.version"}),
      field("script", &E::script, Unit::none,
            "path of the script, when the image is its interpreter; as it was called, where script_file_key is null"),
      field("script_sha256", &E::script_sha256, Unit::none, "SHA-256 of the script"),
      field("interpreter", &E::interpreter, Unit::none, "interpreter that the script names"),
      field("fileless", &E::fileless, Unit::none, "the image is a memfd or was deleted before it ran"),
      field("namespaces", &E::namespaces, Unit::none, "inode numbers of the process's namespaces"),
      field("source", &E::source, Unit::none,
            "exec, snapshot (ran before the agent), fork_only (a fork without an exec) or carried (told again)"),
      field("script_file_key", &E::script_file_key, Unit::none, "file_key of the script"),
      field("script_hash_status", &E::script_hash_status, Unit::none, "ok, or why the script has no hash"),
      field("argv_unreadable", &E::argv_unreadable, Unit::none,
            "the process has arguments, but hides their memory: argv and command_line are null"),
      field("environment_truncated", &E::environment_truncated, Unit::none,
            "variables beyond the first 32 KiB were not looked at"),
      field("environment_unreadable", &E::environment_unreadable, Unit::none,
            "the memory of the environment could not be read"),
      field("groups_truncated", &E::groups_truncated, Unit::none, "it has more than 1,024 groups; the others are cut"),
      field("image_truncated", &E::image_truncated, Unit::none,
            "the image's path is longer than 32 KiB and lost its head"),
      field("cwd_truncated", &E::cwd_truncated, Unit::none, "the same of the working directory"),
      field("script_truncated", &E::script_truncated, Unit::none, "the same of the script or its interpreter"),
      field("cgroup_truncated", &E::cgroup_truncated, Unit::none,
            "the same of the control group; container_id may be null for it"),
  };
};

struct ProcessExit {
  std::optional<WallTime> start_time;
  std::optional<WallTime> end_time;
  std::optional<std::uint32_t> exit_code;
  std::optional<std::uint32_t> signal;
  std::optional<std::uint64_t> cpu_user;
  std::optional<std::uint64_t> cpu_system;
  std::optional<std::uint64_t> max_rss;
  std::optional<std::uint64_t> bytes_read;
  std::optional<std::uint64_t> bytes_written;
  std::uint64_t files_created = 0;
  std::uint64_t files_written = 0;
  std::uint64_t files_renamed = 0;
  std::uint64_t files_deleted = 0;
  std::optional<std::uint64_t> connections;
  std::uint64_t children = 0;
  std::optional<std::uint64_t> lost;
};

template <> struct Describe<ProcessExit> {
  using E = ProcessExit;
  static constexpr EventInfo info{1501,
                                  "process_exit",
                                  EventClass::statistics,
                                  Family::process,
                                  "A process ended; with the totals of what it did.",
                                  "5",
                                  "Process: Process Termination"};
  static constexpr auto fields = std::tuple{
      field("start_time", &E::start_time, Unit::none, "when the process was forked",
            {"process.start", "process.created_time"}),
      field("end_time", &E::end_time, Unit::none, "when its last thread ended",
            {"process.end", "process.terminated_time"}),
      field("exit_code", &E::exit_code, Unit::none, "status it gave to exit; null when a signal ended it",
            {"process.exit_code", "exit_code"}),
      field("signal", &E::signal, Unit::none, "signal that ended it"),
      field("cpu_user", &E::cpu_user, Unit::nanoseconds, "CPU time in user mode, of all its threads and images"),
      field("cpu_system", &E::cpu_system, Unit::nanoseconds, "CPU time in the kernel"),
      field("max_rss", &E::max_rss, Unit::bytes, "largest resident set"),
      field("bytes_read", &E::bytes_read, Unit::bytes, "bytes it asked read calls for, by the kernel's I/O accounting",
            {"process.io.total_bytes_read", ""}),
      field("bytes_written", &E::bytes_written, Unit::bytes,
            "bytes it gave to write calls, by the kernel's I/O accounting"),
      field("files_created", &E::files_created, Unit::count, "files it created"),
      field("files_written", &E::files_written, Unit::count, "handles through which it wrote or truncated"),
      field("files_renamed", &E::files_renamed, Unit::count, "renames it made"),
      field("files_deleted", &E::files_deleted, Unit::count, "files and directories it deleted"),
      field("connections", &E::connections, Unit::count,
            "connections it made or accepted; null while the network is not recorded"),
      field("children", &E::children, Unit::count, "processes it forked"),
      field("lost", &E::lost, Unit::count,
            "acts of this process, of all its images, that were lost in the kernel; null where that was not counted"),
  };
};

} // namespace monster
