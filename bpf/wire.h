/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the kernel programs hand to user space: the one definition, compiled by both sides.
 * Every record starts with wire_header; texts follow the struct in the order of their lengths,
 * without NUL. All times are CLOCK_BOOTTIME nanoseconds, all pids those of the host's namespace. */
#ifndef MONSTER_WIRE_H
#define MONSTER_WIRE_H

#ifdef __cplusplus
#include <cstdint>
namespace monster::wire {
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s32 = std::int32_t;
using s64 = std::int64_t;
#define WIRE_ASSERT(condition) static_assert(condition)
#else
#define WIRE_ASSERT(condition) _Static_assert(condition, #condition)
#endif

/* Raised with every change of a layout below; stands in recordings. */
enum { wire_version = 3 };

enum wire_type {
  WIRE_FORK = 1,
  WIRE_EXEC = 2,
  WIRE_EXIT = 3,
  WIRE_TASK = 4, /* snapshot of a running process, as WIRE_EXEC */
  WIRE_FILE_OPENED = 5,
  WIRE_FILE_BLOCK = 6,
  WIRE_PATH_OP = 7,
  WIRE_OPEN_FAILED = 8,
  WIRE_LONG_PATH = 9,
  WIRE_XATTR = 10,
  WIRE_HANDLE_USED = 11,
};

/* Limits of what travels inline; what is longer is told by a flag, never cut in silence. */
enum {
  WIRE_PATH_INLINE = 232,
  WIRE_PATH_MAX = 32768,
  WIRE_ARGS_MAX = 131072,
  WIRE_ENV_MAX = 32768,
  WIRE_GROUPS_MAX = 1024,
  WIRE_WRITERS_MAX = 8,
  WIRE_TOUCHED_MAX = 8,
  WIRE_NAME_MAX = 4096,
};

/* Who did it. exec_id counts the execs of this task (task_struct::self_exec_id). */
struct wire_actor {
  u64 start;
  u32 pid;
  u32 tid;
  u32 exec_id;
  u32 uid; /* effective */
  u32 mnt_ns;
  u32 session;
};
WIRE_ASSERT(sizeof(struct wire_actor) == 32);

struct wire_header {
  u32 size; /* of the whole record with its texts */
  u16 type;
  u16 cpu;
  u64 time;
  struct wire_actor actor;
};
WIRE_ASSERT(sizeof(struct wire_header) == 48);

/* Text: cwd. */
struct wire_fork {
  struct wire_header header; /* actor: the parent */
  u64 child_start;
  u32 child_pid;
  u32 child_exec_id;
  u32 gid; /* effective, as the child inherits it */
  u32 cwd_length;
  u32 cwd_truncated;
  u32 unused;
};
WIRE_ASSERT(sizeof(struct wire_fork) == 80);

struct wire_file_id {
  u64 inode;
  u32 device; /* super_block::s_dev */
  u32 generation;
};

/* What can be changed about a file, read from its inode. */
struct wire_file_facts {
  u64 size;
  s64 mtime;
  s64 ctime;
  u32 mode;
  u32 uid;
  u32 gid;
  u32 nlink;
  u32 inode_flags; /* S_IMMUTABLE, S_APPEND, ... of linux/fs.h */
  u32 unused;
};
WIRE_ASSERT(sizeof(struct wire_file_facts) == 48);

enum wire_exec_flags {
  WIRE_EXEC_ARGS_TRUNCATED = 1,
  WIRE_EXEC_ARGS_UNREADABLE = 2,
  WIRE_EXEC_ENV_TRUNCATED = 4,
  WIRE_EXEC_ENV_UNREADABLE = 8,
  WIRE_EXEC_IMAGE_TRUNCATED = 16, /* each path loses its head */
  WIRE_EXEC_CWD_TRUNCATED = 32,
  WIRE_EXEC_SCRIPT_TRUNCATED = 64, /* script, filename or interpreter */
  WIRE_EXEC_CGROUP_TRUNCATED = 128,
  WIRE_EXEC_SCRIPT_FILE = 256, /* the script's file was found: script, its facts and its path are of it */
};

/* Texts: image, filename, interpreter, script, cwd, cgroup, groups (a u32 each), args (NUL separated),
 * environment (NUL separated). */
struct wire_exec {
  struct wire_header header;
  u64 parent_start;
  u32 parent_pid;
  u32 parent_exec_id;
  u64 cap_effective;
  u32 gid;
  u32 login_uid;
  u32 flags;
  u32 argc;
  u32 group_count; /* all; at most WIRE_GROUPS_MAX of them follow */
  u32 ns_pid;
  u32 ns_net;
  u32 ns_user;
  u32 ns_uts;
  u32 ns_ipc;
  u32 ns_cgroup;
  u32 secure_exec;
  struct wire_file_id image;
  struct wire_file_id script;
  struct wire_file_facts image_facts;
  struct wire_file_facts script_facts;
  u32 fs_magic;
  u32 script_fs_magic;
  u32 image_length;
  u32 filename_length;
  u32 interpreter_length;
  u32 script_length;
  u32 cwd_length;
  u32 cgroup_length;
  u32 groups_length; /* bytes */
  u32 args_length;
  u32 env_length;
  u32 unused;
  char tty[16];
};
WIRE_ASSERT(sizeof(struct wire_exec) == 312);

struct wire_exit {
  struct wire_header header;
  s32 code; /* as wait(2) reports it */
  u32 unused;
  u64 utime; /* ticks sampled, ns; to be scaled by runtime as the kernel's cputime_adjust does */
  u64 stime;
  u64 runtime;
  u64 max_rss; /* pages */
  u64 bytes_read;
  u64 bytes_written;
  s64 lost; /* of its acts so far; WIRE_LOST_UNKNOWN */
};
WIRE_ASSERT(sizeof(struct wire_exit) == 112);

enum wire_block_flags {
  WIRE_CREATED = 1,
  WIRE_TRUNCATED_AT_OPEN = 1 << 1,
  WIRE_WRITTEN = 1 << 2,
  WIRE_TRUNCATED = 1 << 3,
  WIRE_ALLOCATED = 1 << 4, /* fallocate */
  WIRE_MAPPED_WRITABLE = 1 << 5,
  WIRE_ATTRIBUTES = 1 << 6, /* mode, owner, times, flags or xattrs were set */
  WIRE_TIMES_SET = 1 << 7,
  WIRE_RENAMED = 1 << 8,
  WIRE_DELETED = 1 << 9,
  WIRE_SENSITIVE = 1 << 10, /* a read that policy asked for */
  WIRE_LAZY = 1 << 11,
  WIRE_SNAPSHOT = 1 << 12,
  WIRE_SHARED = 1 << 13, /* more than one process used it */
  WIRE_WRITERS_TRUNCATED = 1 << 14,
  WIRE_COMPLETIONS_HIDDEN = 1 << 15, /* io_uring CQE_SKIP */
  WIRE_LONG_OPEN_PATH = 1 << 16,     /* the path came in a WIRE_LONG_PATH */
  WIRE_INCOMPLETE = 1 << 17,         /* something of this block was lost */
  WIRE_TEMPORARY = 1 << 18,          /* O_TMPFILE, memfd: had no name at the open */
  WIRE_TOLD = 1 << 19,               /* WIRE_FILE_OPENED was sent or tried */
  WIRE_INTERIM = 1 << 20,            /* the handle still lives */
  WIRE_PATH_CUT = 1 << 21,           /* the head of the path at the open is missing */
  WIRE_FINAL_PATH_CUT = 1 << 22,
  WIRE_CALL_FLAGS_UNKNOWN = 1 << 23, /* the caller's memory was changed under the call */

  /* Any of these makes a block one to keep. */
  WIRE_KEEP = WIRE_CREATED | WIRE_TRUNCATED_AT_OPEN | WIRE_WRITTEN | WIRE_TRUNCATED | WIRE_ALLOCATED |
              WIRE_MAPPED_WRITABLE | WIRE_ATTRIBUTES | WIRE_RENAMED | WIRE_DELETED | WIRE_SENSITIVE,
};

/* The state of one open file description, as the kernel aggregates it; the head of every file record. */
struct wire_file {
  u64 object; /* number of this block in this run */
  u64 open_time;
  struct wire_actor opener;
  struct wire_file_id id;
  u32 fs_magic;
  u32 open_flags; /* file::f_flags, which has lost O_CREAT, O_EXCL and O_TRUNC */
  u32 file_mode;  /* file::f_mode */
  u32 flags;      /* wire_block_flags */
  struct wire_file_facts before;
  s64 birth_time; /* 0 where the file system does not keep it */
  u32 path_length;
  u32 call_flags; /* as the caller gave them; 0 when that was not seen, or not to be believed */
};
WIRE_ASSERT(sizeof(struct wire_file) == 48 + 16 + 16 + 48 + 16);

/* Text: path. */
struct wire_file_opened {
  struct wire_header header;
  struct wire_file file;
};

struct wire_file_io {
  u64 bytes_written;
  u64 write_count;
  u64 bytes_read;
  u64 read_count;
  u64 first_write;
  u64 last_write;
  u64 lowest_offset;
  u64 highest_end;
  u64 truncated_to;
};

struct wire_writer {
  u64 start;
  u32 pid;
  u32 exec_id;
  u64 bytes_read;
  u64 bytes_written;
};
WIRE_ASSERT(sizeof(struct wire_writer) == 32);

/* Texts: path, final path. header.actor is who closed it. */
struct wire_file_block {
  struct wire_header header;
  struct wire_file file;
  struct wire_file_io io;
  struct wire_file_facts after;
  u32 final_path_length;
  u32 writer_count;
  struct wire_writer writers[WIRE_WRITERS_MAX];
};

enum wire_path_act {
  WIRE_ACT_NONE = 0,
  WIRE_ACT_RENAME,
  WIRE_ACT_UNLINK,
  WIRE_ACT_RMDIR,
  WIRE_ACT_LINK,
  WIRE_ACT_SYMLINK,
  WIRE_ACT_MKDIR,
  WIRE_ACT_MKNOD,
  WIRE_ACT_TRUNCATE,
  WIRE_ACT_CHMOD,
  WIRE_ACT_CHOWN,
  WIRE_ACT_UTIMES,
  WIRE_ACT_SETXATTR,
  WIRE_ACT_REMOVEXATTR,
  WIRE_ACT_SETFLAGS,
};

/* One inode whose change time was set during the call: the object, or the directory that holds it. */
struct wire_touched {
  struct wire_file_id id;
  u64 parent_inode;
  s64 mtime_before; /* when the change time was set, which comes first: fs/attr.c setattr_copy */
  struct wire_file_facts after;
  u32 before_length; /* path when it was touched, before a rename took effect; kept only whole */
  u32 after_length;  /* path at the end of the call; 0 when the name is gone */
  u32 after_cut;     /* the head of that path is missing */
  u32 fs_magic;
};

enum wire_act_flags {
  WIRE_ACT_OUTCOME_HIDDEN = 1, /* asked by io_uring for no completion: told when submitted, it may fail yet */
  WIRE_ACT_TOUCHED_LOST = 2,   /* it touched more than WIRE_TOUCHED_MAX */
  WIRE_ACT_ARGUMENT1_CUT = 4,
  WIRE_ACT_ARGUMENT2_CUT = 8,
  WIRE_ACT_BASE1_CUT = 16,
  WIRE_ACT_BASE2_CUT = 32,
};

/* Only as many of touched as its count says are sent. Texts: for each touched its before and after path; then argument 1, argument 2, base 1, base 2, xattr name. */
struct wire_path_op {
  struct wire_header header;
  u64 object;
  u32 act;
  u32 call_flags; /* RENAME_EXCHANGE, AT_REMOVEDIR, ... */
  u64 value;      /* new size, mode, device: what the call gave */
  u32 fs_magic;
  u32 touched_count;
  u32 argument1_length;
  u32 argument2_length;
  u32 base1_length; /* directory that a relative argument starts from */
  u32 base2_length;
  u32 name_length;
  u32 flags; /* wire_act_flags */
  struct wire_touched touched[WIRE_TOUCHED_MAX];
};

/* An open that failed for lack of permission. Texts: argument, base. */
struct wire_open_failed {
  struct wire_header header;
  s32 result;
  u32 open_flags;
  u32 argument_length;
  u32 base_length;
  u32 flags; /* WIRE_ACT_ARGUMENT1_CUT, WIRE_ACT_BASE1_CUT */
  u32 unused;
};

/* The path at the open of a block, when it is longer than WIRE_PATH_INLINE or was cut. Text: path. */
struct wire_long_path {
  struct wire_header header;
  u64 object;
  u32 path_length;
  u32 unused;
};

/* An extended attribute set or removed through a handle. Text: name. */
struct wire_xattr {
  struct wire_header header;
  u64 object;
  u32 name_length;
  u32 removed;
};

/* A process that did not open the handle uses it for the first time. */
struct wire_handle_used {
  struct wire_header header;
  u64 object;
};

/* Any record; a pointer to it keeps the layouts of all of them in the object's BTF. */
union wire_record {
  struct wire_header header;
  struct wire_fork fork;
  struct wire_exec exec;
  struct wire_exit exit;
  struct wire_file_opened file_opened;
  struct wire_file_block file_block;
  struct wire_path_op path_op;
  struct wire_open_failed open_failed;
  struct wire_long_path long_path;
  struct wire_xattr xattr;
  struct wire_handle_used handle_used;
};

/* What the kernel counts, per CPU; one family after the other. */
enum wire_counter {
  COUNT_SEEN,         /* acts that a hook looked at */
  COUNT_SUPPRESSED,   /* not wanted: own acts, plain reads, pseudo files */
  COUNT_CONDENSED,    /* folded into an open block */
  COUNT_SENT,         /* records put into a ring */
  COUNT_LOST_RING,    /* a ring was full */
  COUNT_LOST_MAP,     /* no room for one more open block */
  COUNT_LOST_SCRATCH, /* no working memory free on this CPU */
  COUNT_LOST_END,     /* a file's end was not seen: its place is taken by another */
  COUNT_LOST_BLOCKS,  /* the process has more open blocks than one may */
  COUNT_LOST_SHARE,   /* the details ring was filling up, and the process has put its share into it */
  COUNT_UNREADABLE,   /* kernel or user memory could not be read; a field is null for it */
  COUNT_COUNTERS,
};
enum wire_family {
  WIRE_PROCESS_FAMILY,
  WIRE_FILE_FAMILY,
  WIRE_NETWORK_FAMILY,
  WIRE_IMAGE_FAMILY,
  WIRE_ACCESS_FAMILY,
  WIRE_FAMILIES
};

struct wire_counters {
  u64 value[WIRE_FAMILIES][COUNT_COUNTERS];
};

/* The counters of losses follow each other from COUNT_LOST_RING on. */
enum { WIRE_LOSSES = COUNT_LOST_SHARE - COUNT_LOST_RING + 1 };
enum { WIRE_LOST_UNKNOWN = -1 }; /* of wire_exit::lost */

/* Which process, through all its images. */
struct wire_process {
  u64 start;
  u32 pid;
  u32 unused;
};

/* What of one process's acts was lost; an entry is there for those that lost something. */
struct wire_losses {
  u64 lost[WIRE_FAMILIES][WIRE_LOSSES];
  u32 exec_id; /* when it lost something last */
  u32 ended;
  u64 not_all; /* what it lost before found no room here */
};

#ifdef __cplusplus
} // namespace monster::wire
#endif
#endif
