/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Who a task is, as every record names it. */
#ifndef MONSTER_READ_TASK_H
#define MONSTER_READ_TASK_H

#include "../program.h"

static __always_inline void read_actor(struct wire_actor* actor, struct task_struct* task) {
  struct nsproxy* ns = task->nsproxy; /* gone late in exit */
  actor->start = task->group_leader->start_boottime;
  actor->pid = task->tgid;
  actor->tid = task->pid;
  actor->exec_id = (u32)task->self_exec_id;
  actor->uid = task->cred->euid.val;
  actor->mnt_ns = ns ? ns->mnt_ns->ns.inum : 0;
  struct signal_struct* signal = task->signal;
  actor->session = BPF_CORE_READ(signal, pids[PIDTYPE_SID], numbers[0].nr);
}

static __always_inline void start_record(struct wire_header* header, enum wire_type type, u64 time) {
  header->type = type;
  header->cpu = bpf_get_smp_processor_id();
  header->time = time;
}

static __always_inline void write_header(struct wire_header* header, enum wire_type type, u32 size) {
  start_record(header, type, bpf_ktime_get_boot_ns());
  header->size = size;
  read_actor(&header->actor, bpf_get_current_task_btf());
}

#endif
