/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#include "../process.bpf.h"
#include "../read/call.bpf.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_sched_fork, struct task_struct* parent, struct task_struct* child) {
  return child->tgid == child->pid && !(child->flags & PF_KTHREAD) ? process_forked(child) : 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_sched_exec, struct task_struct* task, pid_t old_pid, struct linux_binprm* bprm) {
  return process_executed(task, bprm);
}

/* From 6.15 on the kernel says whether the group is dead; before, the count of live threads is 0 by then. */
SEC("tp_btf/sched_process_exit")
int process_sched_exit(u64* context) {
  struct task_struct* task = bpf_get_current_task_btf();
  bool dead = exit_tells_group_dead ? context[1] != 0 : task->signal->live.counter == 0;
  return dead && !(task->flags & PF_KTHREAD) ? process_ended(task) : 0;
}

/* One process for each run of the iterator's step; kernel threads have no image. */
SEC("iter.s/task")
int process_snapshot(struct bpf_iter__task* step) {
  struct task_struct* task = step->task;
  if (!task || task->pid != task->tgid || !task->mm)
    return 0;
  return process_found(task);
}
