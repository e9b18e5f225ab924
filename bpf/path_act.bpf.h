/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Acts on a path: rename, unlink, link, mkdir, chmod, ... The inodes whose change time is set while the call
 * runs are the ones it touched; they are noted with their path then (a rename has not moved the dentry yet)
 * and told with their path at the call's end. What the caller wrote is told too: user space falls back on it. */
#ifndef MONSTER_PATH_ACT_H
#define MONSTER_PATH_ACT_H

#include "file.bpf.h"
#include "read/argument.bpf.h"

enum { TOUCHED_PATH_MAX = 1024, ALIASES_MAX = 8, MOUNTS_MAX = 64 };

struct touched_inode {
  u64 address;
  struct wire_file_id id;
  u64 parent_inode;
  s64 mtime;
  u32 length; /* of the path, 0: not kept */
  u32 unused;
  char path[TOUCHED_PATH_MAX];
};

struct act_state {
  u32 count;
  u32 unused;
  struct touched_inode touched[WIRE_TOUCHED_MAX];
};

struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct act_state);
} acts SEC(".maps");

/* `node` is the address of a dentry::d_u.d_alias. */
static __always_inline struct dentry* dentry_of_alias(u64 node) {
  return TYPED(node - bpf_core_field_offset(struct dentry, d_u.d_alias), dentry);
}

/* A name of the inode that is in the tree; of several, one that is held: a call holds the name it acts on. */
static __always_inline struct dentry* alias_of(struct inode* inode) {
  u64 node = (u64)inode->i_dentry.first, found = 0;
  for (int i = 0; i < ALIASES_MAX && node; i++) {
    struct dentry* dentry = dentry_of_alias(node);
    if (dentry->d_hash.pprev) {
      if (!found)
        found = (u64)dentry;
      if (dentry->d_lockref.count > 0) {
        found = (u64)dentry;
        break;
      }
    }
    node = (u64)dentry->d_u.d_alias.next;
  }
  return found ? TYPED(found, dentry) : 0;
}

struct mount_search {
  struct mount* mount;
  struct mnt_namespace* ns;
};

static long mount_step(u32 index, struct mount_search* search) {
  struct mount* mount = TYPED(search->mount, mount);
  if (!search->mount || mount->mnt_ns == search->ns)
    return 1;
  search->mount = mount->mnt_next_for_sb;
  return 0;
}

/* The mount through which `task` sees a file system: the one of its root or working directory if they are
 * in it, else the first in its namespace. */
static __always_inline struct vfsmount* mount_of(struct super_block* sb, struct task_struct* task) {
  struct fs_struct* fs = task->fs;
  if (fs->root.mnt->mnt_sb == sb)
    return fs->root.mnt;
  if (fs->pwd.mnt->mnt_sb == sb)
    return fs->pwd.mnt;
  if (!bpf_core_field_exists(struct mount, mnt_next_for_sb))
    return 0;
  struct mount_search search = {.mount = sb->s_mounts, .ns = task->nsproxy->mnt_ns};
  bpf_loop(MOUNTS_MAX, mount_step, &search, 0);
  if (!search.mount)
    return 0;
  struct mount* mount = TYPED(search.mount, mount);
  return mount->mnt_ns == search.ns ? &mount->mnt : 0;
}

/* The path of an inode as the current task sees it, put at `end` of a record. */
__noinline u32 put_inode_path_of_scratch(u32 scratch_index, u32 end) {
  struct scratch* scratch = bpf_map_lookup_elem(&scratches, &scratch_index);
  if (!scratch)
    return 0;
  struct inode* inode = TYPED(scratch->subject, inode);
  struct dentry* dentry = alias_of(inode);
  struct vfsmount* mnt = dentry ? mount_of(inode->i_sb, bpf_get_current_task_btf()) : 0;
  return mnt ? put_path(scratch, end, dentry, mnt) : 0;
}

static __always_inline u32 put_inode_path(struct scratch* scratch, u32 end, u64 address) {
  scratch->subject = address;
  return put_inode_path_of_scratch(scratch->index, end);
}

static __always_inline void keep_path(struct touched_inode* touched) {
  touched->length = 0;
  struct scratch* scratch = try_scratch();
  if (!scratch)
    return;
  u32 length = put_inode_path(scratch, 0, touched->address);
  OPAQUE(length);
  if (length <= TOUCHED_PATH_MAX) {
    bpf_probe_read_kernel(touched->path, length, scratch->record);
    touched->length = length;
  }
  give_scratch(scratch);
}

static __always_inline bool name_may_go(u32 kind) { return kind <= CALL_RMDIR; }

/* Notes an inode whose change time is set while a path act runs. */
static __noinline int note_touched(struct act_state* state, u64 address, bool name_goes) {
  if (!state)
    return 0;
  u32 n = state->count;
  for (u32 i = 0; i < WIRE_TOUCHED_MAX; i++)
    if (i < n && state->touched[i].address == address)
      return 0;
  if (n >= WIRE_TOUCHED_MAX)
    return 0;
  struct touched_inode* touched = &state->touched[n];
  struct inode* inode = TYPED(address, inode);
  struct dentry* dentry = alias_of(inode);
  touched->address = address;
  read_file_id(&touched->id, inode);
  touched->mtime = inode_mtime(inode);
  touched->parent_inode = dentry ? (u64)dentry->d_parent->d_inode->i_ino : 0;
  if (name_goes)
    keep_path(touched);
  else
    touched->length = 0;
  state->count = n + 1;
  return 0;
}

/* A change through a handle: the entry is made before the change, if it is the first seen of the handle. */
static __noinline int handle_touched(struct task_struct* task, struct pt_regs* regs) {
  struct call call;
  read_call(&call, task, regs);
  struct file* file = file_of_fd(task, call.argument[0]);
  if (file)
    follow((u64)file, task);
  return 0;
}

static __always_inline int touched_by_call(u64 address, struct task_struct* task) {
  u64 registers = bpf_task_pt_regs(task);
  struct pt_regs* regs = TYPED(registers, pt_regs);
  u32 kind = kind_of_call(task, regs);
  if (kind >= CALL_FCHMOD && kind <= CALL_IOCTL)
    return handle_touched(task, regs);
  if (kind < CALL_PATH_FIRST)
    return 0;
  if (kind == CALL_UTIMENSAT && !(is_32bit_call(task) ? (u32)regs->cx : regs->si))
    return handle_touched(task, regs);
  return note_touched(bpf_task_storage_get(&acts, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE), address, name_may_go(kind));
}

static __always_inline int path_act_failed(struct task_struct* task) {
  struct act_state* state = bpf_task_storage_get(&acts, task, 0, 0);
  if (state)
    state->count = 0;
  return 0;
}

const volatile struct act_shape act_shapes[CALL_KINDS] = {
    [CALL_RENAME] = {WIRE_ACT_RENAME, -1, 0, -1, 1, -1, -1, -1},
    [CALL_RENAMEAT] = {WIRE_ACT_RENAME, 0, 1, 2, 3, 4, -1, -1},
    [CALL_UNLINK] = {WIRE_ACT_UNLINK, -1, 0, -1, -1, -1, -1, -1},
    [CALL_UNLINKAT] = {WIRE_ACT_UNLINK, 0, 1, -1, -1, 2, -1, -1},
    [CALL_RMDIR] = {WIRE_ACT_RMDIR, -1, 0, -1, -1, -1, -1, -1},
    [CALL_LINK] = {WIRE_ACT_LINK, -1, 0, -1, 1, -1, -1, -1},
    [CALL_LINKAT] = {WIRE_ACT_LINK, 0, 1, 2, 3, 4, -1, -1},
    [CALL_SYMLINK] = {WIRE_ACT_SYMLINK, -1, 0, -1, 1, -1, -1, -1},
    [CALL_SYMLINKAT] = {WIRE_ACT_SYMLINK, -1, 0, 1, 2, -1, -1, -1},
    [CALL_MKDIR] = {WIRE_ACT_MKDIR, -1, 0, -1, -1, -1, 1, -1},
    [CALL_MKDIRAT] = {WIRE_ACT_MKDIR, 0, 1, -1, -1, -1, 2, -1},
    [CALL_MKNOD] = {WIRE_ACT_MKNOD, -1, 0, -1, -1, -1, 1, -1},
    [CALL_MKNODAT] = {WIRE_ACT_MKNOD, 0, 1, -1, -1, -1, 2, -1},
    [CALL_TRUNCATE] = {WIRE_ACT_TRUNCATE, -1, 0, -1, -1, -1, 1, -1},
    [CALL_CHMOD] = {WIRE_ACT_CHMOD, -1, 0, -1, -1, -1, 1, -1},
    [CALL_FCHMODAT] = {WIRE_ACT_CHMOD, 0, 1, -1, -1, -1, 2, -1},
    [CALL_CHOWN] = {WIRE_ACT_CHOWN, -1, 0, -1, -1, -1, 1, -1},
    [CALL_FCHOWNAT] = {WIRE_ACT_CHOWN, 0, 1, -1, -1, 4, 2, -1},
    [CALL_UTIME] = {WIRE_ACT_UTIMES, -1, 0, -1, -1, -1, -1, -1},
    [CALL_UTIMENSAT] = {WIRE_ACT_UTIMES, 0, 1, -1, -1, 3, -1, -1},
    [CALL_SETXATTR] = {WIRE_ACT_SETXATTR, -1, 0, -1, -1, -1, -1, 1},
    [CALL_REMOVEXATTR] = {WIRE_ACT_REMOVEXATTR, -1, 0, -1, -1, -1, -1, 1},
};

static __always_inline u64 argument_of(struct call* call, s8 index) {
  switch (index) {
  case 0:
    return call->argument[0];
  case 1:
    return call->argument[1];
  case 2:
    return call->argument[2];
  case 3:
    return call->argument[3];
  case 4:
    return call->argument[4];
  default:
    return 0;
  }
}

struct act_tell {
  struct act_state* state;
  struct wire_path_op* record;
  struct task_struct* task;
  struct texts texts;
};

/* An inode address may be stale by now; what it says is believed only while it is still the same file. */
static __always_inline void tell_after(struct act_tell* tell, struct touched_inode* touched,
                                       struct wire_touched* told) {
  struct inode* inode = TYPED(touched->address, inode);
  told->after_length = 0;
  if (inode->i_ino != touched->id.inode) {
    __builtin_memset(&told->after, 0, sizeof told->after);
    return;
  }
  told->id.generation = inode->i_generation; /* a new inode gets it after its first change time */
  read_facts(&told->after, inode);
  tell->record->fs_magic = inode->i_sb->s_magic;
  struct dentry* dentry = alias_of(inode);
  if (dentry)
    told->parent_inode = dentry->d_parent->d_inode->i_ino;
  told->after_length =
      append(&tell->texts, put_inode_path(tell->texts.scratch, tell->texts.end, touched->address) & ~PUT_TRUNCATED);
}

static long tell_touched(u32 index, struct act_tell* tell) {
  if (index >= WIRE_TOUCHED_MAX || index >= tell->state->count)
    return 1;
  index &= WIRE_TOUCHED_MAX - 1;
  struct touched_inode* touched = &tell->state->touched[index];
  struct wire_touched* told = &tell->record->touched[index];
  u32 end = tell->texts.end, length = touched->length;
  told->id = touched->id;
  told->parent_inode = touched->parent_inode;
  told->mtime_before = touched->mtime;
  told->before_length = 0;
  OPAQUE(length);
  if (end <= PUT_END_MAX && length <= TOUCHED_PATH_MAX) {
    bpf_probe_read_kernel(tell->texts.scratch->record + end, length, touched->path);
    tell->texts.end = end + length;
    told->before_length = length;
  }
  tell_after(tell, touched, told);
  return 0;
}

static __always_inline int directory_argument(struct call* call, s8 index) {
  return index < 0 ? AT_FDCWD : (int)argument_of(call, index);
}

/* Head and touched inodes of the record; false when there is no memory for it. */
static __always_inline bool begin_tell(struct act_tell* tell, u32 act) {
  struct scratch* scratch = take_scratch(WIRE_FILE_FAMILY);
  if (!scratch)
    return false;
  struct wire_path_op* record = (struct wire_path_op*)scratch->record;
  tell->record = record;
  tell->texts.scratch = scratch;
  tell->texts.end = sizeof *record;
  write_header(&record->header, WIRE_PATH_OP, 0);
  record->object = next_object();
  record->act = act;
  record->fs_magic = record->outcome_hidden = record->call_flags = 0;
  record->value = 0;
  record->argument2_length = record->base2_length = record->name_length = 0;
  record->touched_count = tell->state ? tell->state->count : 0;
  if (tell->state)
    bpf_loop(WIRE_TOUCHED_MAX, tell_touched, tell, 0);
  return true;
}

static __always_inline void end_tell(struct act_tell* tell) {
  send_texts(&blocks_ring, &tell->record->header, &tell->texts);
  give_scratch(tell->texts.scratch);
}

static __always_inline void tell_arguments(struct act_tell* tell, const volatile struct act_shape* shape,
                                           struct call* call) {
  struct wire_path_op* r = tell->record;
  r->call_flags = (u32)argument_of(call, shape->flags);
  r->value = argument_of(call, shape->value);
  r->argument1_length = append_argument(&tell->texts, argument_of(call, shape->path1));
  r->argument2_length = shape->path2 < 0 ? 0 : append_argument(&tell->texts, argument_of(call, shape->path2));
  r->base1_length = append_base(&tell->texts, tell->task, directory_argument(call, shape->directory1));
  r->base2_length =
      shape->path2 < 0 ? 0 : append_base(&tell->texts, tell->task, directory_argument(call, shape->directory2));
  r->name_length = shape->name < 0 ? 0 : append_argument(&tell->texts, argument_of(call, shape->name));
}

/* The current task returned from a path act with success; a global function, see read/put.bpf.h. */
__noinline int path_act_ended(u32 kind) {
  struct task_struct* task = bpf_get_current_task_btf();
  u64 registers = bpf_task_pt_regs(task);
  struct call call;
  if (kind >= CALL_KINDS)
    return 0;
  read_call(&call, task, TYPED(registers, pt_regs));
  const volatile struct act_shape* shape = &act_shapes[kind];
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  struct act_tell tell = {.state = bpf_task_storage_get(&acts, task, 0, 0), .task = task};
  if (begin_tell(&tell, shape->act)) {
    tell_arguments(&tell, shape, &call);
    end_tell(&tell);
  }
  if (tell.state)
    tell.state->count = 0;
  return 0;
}

#endif
