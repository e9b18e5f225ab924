/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Processes: fork, exec, exit and the snapshot of those that ran before. */
#ifndef MONSTER_PROCESS_H
#define MONSTER_PROCESS_H

#include "quota.bpf.h"
#include "read/inode.bpf.h"
#include "read/put.bpf.h"
#include "read/task.bpf.h"
#include "script.bpf.h"

enum { NO_ID = 0xffffffff };

/* Where the next text of the exec record goes. */
struct exec_text {
  struct wire_exec* record;
  struct scratch* scratch;
  u32 end;
  u32 unused;
};

static __always_inline u32 append_text(struct exec_text* text, u32 put, u32 truncated_flag) {
  if (put & PUT_TRUNCATED)
    text->record->flags |= truncated_flag;
  u32 length = put & ~PUT_TRUNCATED;
  text->end += length;
  return length;
}

struct user_range {
  u64 from, to;
  u32 limit;
  u32 truncated_flag;
  u32 unreadable_flag;
  u32 unused;
};

/* `other` is the task whose memory it is, 0 for the current one, whose stack was just written. */
static __always_inline u32 append_user(struct exec_text* text, struct user_range range, struct task_struct* other) {
  u32 end = text->end;
  u64 length = range.to > range.from ? range.to - range.from : 0;
  if (length > range.limit) {
    text->record->flags |= range.truncated_flag;
    length = range.limit;
  }
  OPAQUE(length);
  if (end > PUT_END_MAX || length > WIRE_ARGS_MAX)
    return 0;
  char* to = text->scratch->record + end;
  long failed = other ? bpf_copy_from_user_task(to, length, (void*)range.from, other, 0)
                      : bpf_probe_read_user(to, length, (void*)range.from);
  if (failed) {
    text->record->flags |= range.unreadable_flag;
    count(WIRE_PROCESS_FAMILY, COUNT_UNREADABLE);
    return 0;
  }
  text->end = end + (u32)length;
  return (u32)length;
}

static __always_inline u32 append_groups(struct exec_text* text, struct group_info* groups) {
  u32 n = groups->ngroups;
  u32 end = text->end;
  text->record->group_count = n;
  OPAQUE(n);
  OPAQUE(end);
  if (n > WIRE_GROUPS_MAX)
    n = WIRE_GROUPS_MAX;
  if (end > PUT_END_MAX)
    return 0;
  bpf_probe_read_kernel(text->scratch->record + end, n * sizeof(u32), groups->gid);
  text->end = end + n * sizeof(u32);
  return n * sizeof(u32);
}

static __always_inline void read_credentials(struct wire_exec* e, struct task_struct* task) {
  const struct cred* cred = task->cred;
  e->gid = cred->egid.val;
  bpf_probe_read_kernel(&e->cap_effective, sizeof e->cap_effective, &cred->cap_effective);
  e->login_uid = bpf_core_field_exists(task->loginuid) ? BPF_CORE_READ(task, loginuid.val) : NO_ID;
  e->ns_user = BPF_CORE_READ(cred, user_ns, ns.inum);
}

static __always_inline void read_surroundings(struct wire_exec* e, struct task_struct* task) {
  struct task_struct* parent = task->real_parent;
  struct signal_struct* signal = task->signal;
  struct nsproxy* ns = task->nsproxy;
  struct tty_struct* tty = signal->tty;
  e->parent_pid = parent->tgid;
  e->parent_start = parent->group_leader->start_boottime;
  e->parent_exec_id = (u32)parent->self_exec_id;
  e->tty[0] = 0;
  if (tty)
    bpf_probe_read_kernel_str(e->tty, sizeof e->tty, tty->name);
  e->ns_pid = BPF_CORE_READ(ns, pid_ns_for_children, ns.inum);
  e->ns_net = BPF_CORE_READ(ns, net_ns, ns.inum);
  e->ns_uts = BPF_CORE_READ(ns, uts_ns, ns.inum);
  e->ns_ipc = BPF_CORE_READ(ns, ipc_ns, ns.inum);
  e->ns_cgroup = BPF_CORE_READ(ns, cgroup_ns, ns.inum);
}

static __always_inline void append_image(struct exec_text* text, struct file* image) {
  struct wire_exec* e = text->record;
  struct inode* inode = image->f_inode;
  read_file_id(&e->image, inode);
  read_facts(&e->image_facts, inode);
  e->fs_magic = inode->i_sb->s_magic;
  u32 put = put_path(text->scratch, text->end, image->f_path.dentry, image->f_path.mnt);
  e->image_length = append_text(text, put, WIRE_EXEC_IMAGE_TRUNCATED);
}

static __always_inline void append_script(struct exec_text* text, u64 address) {
  struct wire_exec* e = text->record;
  e->script_length = 0;
  if (!address)
    return;
  struct file* script = TYPED(address, file);
  struct inode* inode = script->f_inode;
  e->flags |= WIRE_EXEC_SCRIPT_FILE;
  read_file_id(&e->script, inode);
  read_facts(&e->script_facts, inode);
  e->script_fs_magic = inode->i_sb->s_magic;
  u32 put = put_path(text->scratch, text->end, script->f_path.dentry, script->f_path.mnt);
  e->script_length = append_text(text, put, WIRE_EXEC_SCRIPT_TRUNCATED);
}

static __always_inline void append_names(struct exec_text* text, struct linux_binprm* bprm) {
  struct wire_exec* e = text->record;
  e->filename_length = e->interpreter_length = 0;
  if (!bprm)
    return;
  u32 put = put_kernel_string(text->scratch, text->end, bprm->filename);
  e->filename_length = append_text(text, put, WIRE_EXEC_SCRIPT_TRUNCATED);
  put = put_kernel_string(text->scratch, text->end, bprm->interp);
  e->interpreter_length = append_text(text, put, WIRE_EXEC_SCRIPT_TRUNCATED);
}

/* `other` is the task whose memory it is, 0 for the current one. */
static __always_inline void append_memory(struct exec_text* text, struct mm_struct* mm, struct task_struct* other) {
  struct user_range args = {
      .from = mm->arg_start,
      .to = mm->arg_end,
      .limit = WIRE_ARGS_MAX,
      .truncated_flag = WIRE_EXEC_ARGS_TRUNCATED,
      .unreadable_flag = WIRE_EXEC_ARGS_UNREADABLE,
  };
  struct user_range env = {
      .from = mm->env_start,
      .to = mm->env_end,
      .limit = WIRE_ENV_MAX,
      .truncated_flag = WIRE_EXEC_ENV_TRUNCATED,
      .unreadable_flag = WIRE_EXEC_ENV_UNREADABLE,
  };
  text->record->args_length = append_user(text, args, other);
  text->record->env_length = append_user(text, env, other);
}

/* What is told of a process image; `bprm` is 0 for a process of the snapshot. */
static __always_inline void tell_image(struct task_struct* task, struct linux_binprm* bprm, struct scratch* scratch) {
  struct wire_exec* e = (struct wire_exec*)scratch->record;
  struct mm_struct* mm = task->mm;
  struct exec_text text = {.record = e, .scratch = scratch, .end = sizeof *e};
  e->flags = e->unused = 0;
  e->secure_exec = 0;
  e->argc = bprm ? bprm->argc : 0;
  read_actor(&e->header.actor, task);
  read_credentials(e, task);
  read_surroundings(e, task);
  append_image(&text, bprm ? bprm->file : mm->exe_file);
  append_names(&text, bprm);
  append_script(&text, script_file(task, bprm));
  u32 put = put_path(scratch, text.end, task->fs->pwd.dentry, task->fs->pwd.mnt);
  e->cwd_length = append_text(&text, put, WIRE_EXEC_CWD_TRUNCATED);
  e->cgroup_length = append_text(&text, put_cgroup(scratch, text.end, task), WIRE_EXEC_CGROUP_TRUNCATED);
  e->groups_length = append_groups(&text, task->cred->group_info);
  append_memory(&text, mm, bprm ? 0 : task);
  u32 end = text.end;
  OPAQUE(end);
  if (end > SCRATCH_RECORD + WIRE_ARGS_MAX)
    return;
  e->header.size = end;
  send(&blocks_ring, WIRE_PROCESS_FAMILY, e, end);
}

static __always_inline int process_executed(struct task_struct* task, struct linux_binprm* bprm) {
  count(WIRE_PROCESS_FAMILY, COUNT_SEEN);
  struct scratch* scratch = take_scratch(WIRE_PROCESS_FAMILY);
  if (!scratch)
    return 0;
  start_record((struct wire_header*)scratch->record, WIRE_EXEC, bpf_ktime_get_boot_ns());
  tell_image(task, bprm, scratch);
  give_scratch(scratch);
  return 0;
}

static __always_inline int process_found(struct task_struct* task) {
  count(WIRE_PROCESS_FAMILY, COUNT_SEEN);
  struct scratch* scratch = take_scratch(WIRE_PROCESS_FAMILY);
  if (!scratch)
    return 0;
  start_record((struct wire_header*)scratch->record, WIRE_TASK, bpf_ktime_get_boot_ns());
  tell_image(task, 0, scratch);
  give_scratch(scratch);
  return 0;
}

static __always_inline int process_forked(struct task_struct* child) {
  count(WIRE_PROCESS_FAMILY, COUNT_SEEN);
  struct scratch* scratch = take_scratch(WIRE_PROCESS_FAMILY);
  if (!scratch)
    return 0;
  struct wire_fork* record = (struct wire_fork*)scratch->record;
  struct task_struct* parent = bpf_get_current_task_btf();
  write_header(&record->header, WIRE_FORK, 0);
  record->child_start = child->start_boottime;
  record->child_pid = child->tgid;
  record->child_exec_id = (u32)child->self_exec_id;
  record->gid = parent->cred->egid.val;
  u32 length = parent->fs ? put_path(scratch, sizeof *record, parent->fs->pwd.dentry, parent->fs->pwd.mnt) : 0;
  record->cwd_truncated = (length & PUT_TRUNCATED) != 0;
  record->unused = 0;
  length &= ~PUT_TRUNCATED;
  OPAQUE(length);
  if (length > WIRE_PATH_MAX)
    length = 0;
  record->cwd_length = length;
  record->header.size = sizeof *record + length;
  send(&blocks_ring, WIRE_PROCESS_FAMILY, record, sizeof *record + length);
  give_scratch(scratch);
  return 0;
}

enum { SIGNAL_GROUP_EXIT = 4 };

static __always_inline s64 lost_so_far(const struct wire_actor* actor) {
  struct wire_losses* losses = losses_of(actor->start, actor->pid);
  if (!losses)
    return losses_without_room ? WIRE_LOST_UNKNOWN : 0;
  if (losses->not_all)
    return WIRE_LOST_UNKNOWN;
  s64 sum = 0;
  for (u32 family = 0; family < WIRE_FAMILIES; family++)
    for (u32 cause = 0; cause < WIRE_LOSSES; cause++)
      sum += losses->lost[family][cause];
  return sum;
}

/* The last thread ends: kernel/exit.c do_exit, after the counts of the others were added to signal. */
static __always_inline int process_ended(struct task_struct* task) {
  struct wire_exit record = {};
  struct signal_struct* signal = task->signal;
  count(WIRE_PROCESS_FAMILY, COUNT_SEEN);
  write_header(&record.header, WIRE_EXIT, sizeof record);
  record.code = (signal->flags & SIGNAL_GROUP_EXIT) ? signal->group_exit_code : task->group_leader->exit_code;
  record.utime = signal->utime + task->utime;
  record.stime = signal->stime + task->stime;
  record.runtime = signal->sum_sched_runtime + task->se.sum_exec_runtime;
  record.max_rss = signal->maxrss;
  if (bpf_core_field_exists(task->ioac)) {
    record.bytes_read = BPF_CORE_READ(signal, ioac.rchar) + BPF_CORE_READ(task, ioac.rchar);
    record.bytes_written = BPF_CORE_READ(signal, ioac.wchar) + BPF_CORE_READ(task, ioac.wchar);
  }
  record.lost = lost_so_far(&record.header.actor);
  send(&blocks_ring, WIRE_PROCESS_FAMILY, &record, sizeof record);
  struct wire_losses* losses = losses_of(record.header.actor.start, record.header.actor.pid);
  if (losses)
    losses->ended = 1;
  opener_ended(&record.header.actor);
  return 0;
}

#endif
