/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What every family of programs stands on: settings, rings, counters, working memory, typed reads. */
#ifndef MONSTER_PROGRAM_H
#define MONSTER_PROGRAM_H

#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "wire.h"

/* Turns an address into a typed pointer that is read by plain loads; kfunc since 6.2. */
extern void* bpf_rdonly_cast(const void* object, u32 btf_id) __ksym;
#define TYPED(address, type)                                                                                           \
  ((struct type*)bpf_rdonly_cast((const void*)(address), bpf_core_type_id_kernel(struct type)))

/* Keeps clang from testing one register and using another, which the verifier cannot follow. */
#define OPAQUE(variable) asm volatile("" : "+r"(variable))

/* Settings, fixed at load. */
const volatile bool tell_details = true;
const volatile bool tell_reads = false;
const volatile bool exit_tells_group_dead = true;
const volatile u64 details_ring_bytes = 16 << 20;

/* The agent itself, whose acts are left out: in the host's numbers, whatever namespace it runs in. */
u32 agent_pid = 0;

/* Two rings, so that a flood of details cannot push out processes and blocks. Sized at load. */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 16 << 20);
} blocks_ring SEC(".maps");
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 16 << 20);
} details_ring SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct wire_counters);
} counters SEC(".maps");

static __always_inline void count(enum wire_family family, enum wire_counter counter) {
  u32 zero = 0;
  struct wire_counters* c = bpf_map_lookup_elem(&counters, &zero);
  if (c)
    __sync_fetch_and_add(&c->value[family][counter], 1); /* an iterator may be preempted by a hook on its CPU */
}

#include "loss.bpf.h"

/* A reader that polls every few milliseconds need not be woken for each record, only before a ring fills. */
enum { WAKE_AT = 2 << 20 };

/* False when it was lost, which is counted. `record` begins with its header. */
static __always_inline bool send(void* ring, enum wire_family family, void* record, u64 size) {
  const struct wire_actor* actor = &((struct wire_header*)record)->actor;
  u64 pending = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);
  if (ring == &details_ring && pending > details_ring_bytes / 2 && !take_share(actor->start, actor->pid, size)) {
    lose(family, COUNT_LOST_SHARE, actor);
    return false;
  }
  if (bpf_ringbuf_output(ring, record, size, pending > WAKE_AT ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP)) {
    lose(family, COUNT_LOST_RING, actor);
    return false;
  }
  count(family, COUNT_SENT);
  return true;
}

/* Working memory for paths and records: more than a stack holds. A program takes a piece and gives it
 * back; an interrupt or a preempting task that comes between finds that one busy and takes the next. */
enum { SCRATCH_PER_CPU = 3, SCRATCH_PATH = WIRE_PATH_MAX, SCRATCH_NAME = 256, SCRATCH_RECORD = 0x48000 };
struct scratch {
  u32 busy;
  u32 index;
  u64 dentry, mnt; /* what a global function is about: it takes no pointers but through memory */
  u64 subject;
  char path[SCRATCH_PATH + SCRATCH_NAME];
  char record[SCRATCH_RECORD + WIRE_ARGS_MAX];
};
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, SCRATCH_PER_CPU); /* times the number of CPUs, set at load */
  __type(key, u32);
  __type(value, struct scratch);
} scratches SEC(".maps");

static __always_inline struct scratch* try_scratch(void) {
  u32 first = bpf_get_smp_processor_id() * SCRATCH_PER_CPU;
  for (u32 i = 0; i < SCRATCH_PER_CPU; i++) {
    u32 index = first + i;
    struct scratch* s = bpf_map_lookup_elem(&scratches, &index);
    if (s && !__sync_lock_test_and_set(&s->busy, 1)) {
      s->index = index;
      return s;
    }
  }
  return 0;
}

/* For an act that was counted as seen and cannot be told without. */
static __always_inline struct scratch* take_scratch(enum wire_family family) {
  struct scratch* s = try_scratch();
  if (!s)
    lose_own(family, COUNT_LOST_SCRATCH);
  return s;
}

static __always_inline void give_scratch(struct scratch* s) { s->busy = 0; }

#endif
