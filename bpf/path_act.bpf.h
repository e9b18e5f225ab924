/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Acts on a path: rename, unlink, link, mkdir, chmod, ... The inodes whose change time is set while the call
 * runs are the ones it touched; they are noted with their path then (a rename has not moved the dentry yet)
 * and told with their path at the call's end. What the caller wrote is told too: user space falls back on it. */
#ifndef MONSTER_PATH_ACT_H
#define MONSTER_PATH_ACT_H

#include "act_touched.bpf.h"

static __always_inline bool name_may_go(u32 kind) { return kind >= CALL_PATH_FIRST && kind <= CALL_RMDIR; }

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
  if (kind < CALL_PATH_FIRST && kind != CALL_OPENAT2)
    return 0;
  if (kind == CALL_UTIMENSAT && !(is_32bit_call(task) ? (u32)regs->cx : regs->si))
    return handle_touched(task, regs);
  return note_touched(bpf_task_storage_get(&acts, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE), address, name_may_go(kind));
}

static __always_inline int path_act_failed(struct task_struct* task) {
  struct act_state* state = bpf_task_storage_get(&acts, task, 0, 0);
  if (state)
    forget_touched(state);
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
    [CALL_TRUNCATE64] = {WIRE_ACT_TRUNCATE, -1, 0, -1, -1, -1, 1, -1},
    [CALL_TRUNCATE] = {WIRE_ACT_TRUNCATE, -1, 0, -1, -1, -1, 1, -1},
    [CALL_CHMOD] = {WIRE_ACT_CHMOD, -1, 0, -1, -1, -1, 1, -1},
    [CALL_FCHMODAT] = {WIRE_ACT_CHMOD, 0, 1, -1, -1, -1, 2, -1},
    [CALL_CHOWN] = {WIRE_ACT_CHOWN, -1, 0, -1, -1, -1, 1, -1},
    [CALL_FCHOWNAT] = {WIRE_ACT_CHOWN, 0, 1, -1, -1, 4, 2, -1},
    [CALL_UTIME] = {WIRE_ACT_UTIMES, -1, 0, -1, -1, -1, -1, -1},
    [CALL_UTIMENSAT] = {WIRE_ACT_UTIMES, 0, 1, -1, -1, 3, -1, -1},
    [CALL_SETXATTR] = {WIRE_ACT_SETXATTR, -1, 0, -1, -1, -1, -1, 1},
    [CALL_REMOVEXATTR] = {WIRE_ACT_REMOVEXATTR, -1, 0, -1, -1, -1, -1, 1},
    [CALL_SETXATTRAT] = {WIRE_ACT_SETXATTR, 0, 1, -1, -1, 2, -1, 3},
    [CALL_REMOVEXATTRAT] = {WIRE_ACT_REMOVEXATTR, 0, 1, -1, -1, 2, -1, 3},
    [CALL_FILE_SETATTR] = {WIRE_ACT_SETFLAGS, 0, 1, -1, -1, 4, -1, -1},
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
  /* Of several names a link's new one is the newest: fs/dcache.c __d_instantiate puts it first. */
  u64 name = name_after(touched, inode, tell->record->act == WIRE_ACT_LINK);
  bool named = name && (u64)TYPED(name, dentry)->d_inode == touched->address;
  told->after_length = told->after_cut = 0;
  if (inode->i_ino != touched->id.inode && (touched->dentry || !named)) {
    __builtin_memset(&told->after, 0, sizeof told->after);
    if (!touched->dentry) /* it had no name, so nobody knows whether that was its number */
      told->id.inode = 0;
    return;
  }
  if (!touched->dentry) /* a new inode, which gets its generation after its first change time */
    read_file_id(&told->id, inode);
  read_facts(&told->after, inode);
  tell->record->fs_magic = touched->fs_magic;
  if (!named)
    return;
  told->parent_inode = TYPED(name, dentry)->d_parent->d_inode->i_ino;
  told->after_length = append(&tell->texts, put_seen_path(tell->texts.scratch, tell->texts.end, name));
  told->after_cut = tell->texts.cut != 0;
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
  told->fs_magic = touched->fs_magic;
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
  u32 touched = tell->state ? tell->state->count : 0;
  tell->texts.end = sizeof *record - (WIRE_TOUCHED_MAX - touched) * sizeof record->touched[0];
  write_header(&record->header, WIRE_PATH_OP, 0);
  record->object = next_object();
  record->act = act;
  record->fs_magic = record->call_flags = 0;
  record->flags = tell->state && tell->state->more ? WIRE_ACT_TOUCHED_LOST : 0;
  record->value = 0;
  record->argument2_length = record->base2_length = record->name_length = 0;
  record->touched_count = touched;
  if (tell->state)
    bpf_loop(WIRE_TOUCHED_MAX, tell_touched, tell, 0);
  return true;
}

static __always_inline void end_tell(struct act_tell* tell) {
  send_texts(&blocks_ring, &tell->record->header, &tell->texts);
  give_scratch(tell->texts.scratch);
}

static __always_inline void tell_base(struct act_tell* tell, u32 which, int directory_fd) {
  u32 length = append_base(&tell->texts, tell->task, directory_fd);
  if (which == 1)
    tell->record->base1_length = length;
  else
    tell->record->base2_length = length;
  if (tell->texts.cut)
    tell->record->flags |= which == 1 ? WIRE_ACT_BASE1_CUT : WIRE_ACT_BASE2_CUT;
}

static __always_inline void tell_arguments(struct act_tell* tell, const volatile struct act_shape* shape,
                                           struct call* call) {
  struct wire_path_op* r = tell->record;
  r->call_flags = (u32)argument_of(call, shape->flags);
  r->value = argument_of(call, shape->value);
  r->argument1_length = append_argument(&tell->texts, argument_of(call, shape->path1));
  r->flags |= tell->texts.cut ? WIRE_ACT_ARGUMENT1_CUT : 0;
  if (shape->path2 >= 0) {
    r->argument2_length = append_argument(&tell->texts, argument_of(call, shape->path2));
    r->flags |= tell->texts.cut ? WIRE_ACT_ARGUMENT2_CUT : 0;
  }
  tell_base(tell, 1, directory_argument(call, shape->directory1));
  if (shape->path2 >= 0)
    tell_base(tell, 2, directory_argument(call, shape->directory2));
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
    if (kind == CALL_TRUNCATE64)
      tell.record->value = two_words(call.argument[1], call.argument[2]);
    end_tell(&tell);
  }
  if (tell.state)
    forget_touched(tell.state);
  return 0;
}

#endif
