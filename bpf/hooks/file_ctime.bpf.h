/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which inodes a path act touched, where only tracepoints attach: fs/inode.c tells of each change time that
 * it sets, in the calling task, with the inode (6.13 and later). */
#include "../uring_act.bpf.h"

/* In any context; only path acts of user tasks and of their io_uring workers are of interest. */
static __always_inline int inode_touched(u64 address) {
  struct task_struct* task = bpf_get_current_task_btf();
  if (task->flags & (PF_KTHREAD | PF_EXITING) || task->tgid == agent_pid)
    return 0;
  return task->flags & PF_IO_WORKER ? touched_by_worker(address, task) : touched_by_call(address, task);
}

SEC("tp_btf/inode_set_ctime_to_ts")
int BPF_PROG(file_ctime_set, struct inode* inode) { return inode_touched((u64)inode); }

SEC("tp_btf/ctime_ns_xchg")
int BPF_PROG(file_ctime_exchanged, struct inode* inode) { return inode_touched((u64)inode); }

SEC("tp_btf/ctime_xchg_skip")
int BPF_PROG(file_ctime_kept, struct inode* inode) { return inode_touched((u64)inode); }
