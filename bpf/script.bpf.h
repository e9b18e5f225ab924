/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The file of a script that is being executed. */
#ifndef MONSTER_SCRIPT_H
#define MONSTER_SCRIPT_H

#include "read/inode.bpf.h"

enum { FMODE_EXEC = 0x20, PUTS_MAX = 4096 };

struct put_walk {
  struct callback_head* work;
  u64 first_executed; /* the list has the latest first: this is the earliest so far */
  u64 ended;
};

/* Works of other kinds are in the list too; nothing but an open file agrees with itself about its inode. */
static __always_inline bool is_executed_file(struct file* file) {
  struct inode* inode = BPF_CORE_READ(file, f_inode);
  return inode && BPF_CORE_READ(file, f_path.dentry, d_inode) == inode && BPF_CORE_READ(file, f_flags) & FMODE_EXEC &&
         (BPF_CORE_READ(inode, i_mode) & MODE_TYPE) == MODE_REGULAR;
}

static long put_step(u32 index, struct put_walk* walk) {
  struct callback_head* work = walk->work;
  if (!work) {
    walk->ended = 1;
    return 1;
  }
  struct file* file = (void*)work - bpf_core_field_offset(struct file, f_task_work);
  if (is_executed_file(file))
    walk->first_executed = (u64)file;
  walk->work = BPF_CORE_READ(work, next);
  return 0;
}

/* Its interpreter has taken the script's place in `bprm`, and the script's file was let go: fs/exec.c
 * exec_binprm. But it is freed only when the call returns (fs/file_table.c __fput_deferred), and was the first
 * of all that this call let go. 0 when it is not there. */
static __always_inline u64 script_file(struct task_struct* task, struct linux_binprm* bprm) {
  if (!bprm || bprm->interp == bprm->filename)
    return 0;
  if (bprm->executable) /* binfmt_misc hands it to the interpreter as a descriptor */
    return (u64)bprm->executable;
  if (!bpf_core_field_exists(struct file, f_task_work))
    return 0;
  struct put_walk walk = {.work = task->task_works};
  bpf_loop(PUTS_MAX, put_step, &walk, 0);
  return walk.ended ? walk.first_executed : 0;
}

#endif
