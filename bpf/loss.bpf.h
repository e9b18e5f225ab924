/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What is lost, and whose it was; and that no process alone makes others lose. Part of program.h. */
#ifndef MONSTER_LOSS_H
#define MONSTER_LOSS_H

enum { PF_EXITING_TASK = 0x4, LOSERS_MAX = 4096, SHARES_MAX = 4096 };

/* Only who lost something is here. User space takes away those that ended. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, LOSERS_MAX);
  __type(key, struct wire_process);
  __type(value, struct wire_losses);
} process_losses SEC(".maps");

u64 losses_without_room = 0;

static __always_inline struct wire_losses* losses_of(u64 start, u32 pid) {
  struct wire_process key = {.start = start, .pid = pid};
  return bpf_map_lookup_elem(&process_losses, &key);
}

static __always_inline struct wire_losses* make_losses(u64 start, u32 pid) {
  struct wire_process key = {.start = start, .pid = pid};
  struct wire_losses fresh = {.not_all = losses_without_room};
  struct task_struct* task = bpf_get_current_task_btf();
  fresh.ended = task->tgid == pid && task->flags & PF_EXITING_TASK;
  bpf_map_update_elem(&process_losses, &key, &fresh, BPF_NOEXIST);
  return bpf_map_lookup_elem(&process_losses, &key);
}

__noinline int lose_of(u64 start, u32 pid, u32 exec_id, u32 family, u32 counter) {
  u32 cause = counter - COUNT_LOST_RING;
  OPAQUE(family);
  OPAQUE(cause);
  if (family >= WIRE_FAMILIES || cause >= WIRE_LOSSES)
    return 0;
  struct wire_losses* losses = losses_of(start, pid);
  if (!losses)
    losses = make_losses(start, pid);
  if (losses) {
    __sync_fetch_and_add(&losses->lost[family][cause], 1);
    losses->exec_id = exec_id;
  } else {
    __sync_fetch_and_add(&losses_without_room, 1);
  }
  /* Last: who reads the sums before the map finds there all that is in them. */
  OPAQUE(cause);
  if (cause < WIRE_LOSSES)
    count(family, COUNT_LOST_RING + cause);
  return 0;
}

static __always_inline void lose(enum wire_family family, enum wire_counter counter, const struct wire_actor* whose) {
  lose_of(whose->start, whose->pid, whose->exec_id, family, counter);
}

/* Of the current task. */
static __always_inline void lose_own(enum wire_family family, enum wire_counter counter) {
  struct task_struct* task = bpf_get_current_task_btf();
  lose_of(task->group_leader->start_boottime, task->tgid, (u32)task->self_exec_id, family, counter);
}

/* Bytes that a process may still put into the details ring while that is more than half full: an eighth of the
 * ring at once, and as much each second. */
struct share {
  u64 bytes;
  u64 time;
};
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, SHARES_MAX);
  __type(key, struct wire_process);
  __type(value, struct share);
} detail_shares SEC(".maps");

__noinline int take_share(u64 start, u32 pid, u64 size) {
  struct wire_process key = {.start = start, .pid = pid};
  u64 most = details_ring_bytes / 8, now = bpf_ktime_get_boot_ns();
  struct share* share = bpf_map_lookup_elem(&detail_shares, &key);
  if (!share) {
    struct share fresh = {.bytes = most - size, .time = now};
    bpf_map_update_elem(&detail_shares, &key, &fresh, BPF_ANY);
    return 1;
  }
  u64 elapsed = (now - share->time) >> 10; /* microseconds, nearly */
  u64 bytes = elapsed >= 1 << 20 ? most : share->bytes + ((elapsed * most) >> 20);
  if (bytes > most)
    bytes = most;
  share->time = now;
  share->bytes = bytes < size ? bytes : bytes - size;
  return bytes >= size;
}

#endif
