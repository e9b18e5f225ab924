/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* How many open blocks each process has: one that opens without end must not take the room of all others. */
#ifndef MONSTER_QUOTA_H
#define MONSTER_QUOTA_H

#include "program.h"

const volatile u32 open_blocks_per_process = 65536;

enum { BLOCKS_ENDED = 1ULL << 32 }; /* set in an entry once its process has ended; blocks may outlive it */

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 131072); /* set at load: each may be of another process */
  __type(key, struct wire_process);
  __type(value, u64);
} process_blocks SEC(".maps");

static __always_inline u64* blocks_of(const struct wire_actor* opener) {
  struct wire_process key = {.start = opener->start, .pid = opener->pid};
  return bpf_map_lookup_elem(&process_blocks, &key);
}

/* False when the opener has all that one may have. A new block is given back by block_ended(). */
static __always_inline bool may_open_block(const struct wire_actor* opener) {
  u64* blocks = blocks_of(opener);
  if (blocks) {
    if ((u32)__sync_fetch_and_add(blocks, 1) < open_blocks_per_process)
      return true;
    __sync_fetch_and_add(blocks, -1ULL);
    return false;
  }
  struct wire_process key = {.start = opener->start, .pid = opener->pid};
  u64 one = 1;
  if (bpf_map_update_elem(&process_blocks, &key, &one, BPF_NOEXIST) && (blocks = blocks_of(opener)))
    __sync_fetch_and_add(blocks, 1); /* another thread came first */
  return true;
}

static __always_inline void forget_blocks(const struct wire_actor* opener) {
  struct wire_process key = {.start = opener->start, .pid = opener->pid};
  bpf_map_delete_elem(&process_blocks, &key);
}

static __always_inline void block_ended(const struct wire_actor* opener) {
  u64* blocks = blocks_of(opener);
  if (blocks && (u32)*blocks && __sync_fetch_and_add(blocks, -1ULL) == BLOCKS_ENDED + 1)
    forget_blocks(opener);
}

static __always_inline void opener_ended(const struct wire_actor* opener) {
  u64* blocks = blocks_of(opener);
  if (blocks && !__sync_fetch_and_or(blocks, BLOCKS_ENDED))
    forget_blocks(opener);
}

#endif
