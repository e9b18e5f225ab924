/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Last close where neither fentry nor kprobes attach: fs/file_table.c __fput frees the struct file with
 * kmem_cache_free in the closing task, synchronously from 6.13 on (SLAB_TYPESAFE_BY_RCU). */
#include "../file_end.bpf.h"

u64 filp_cache = 0; /* address of the cache, learned from the first free of one named "filp" */

static __always_inline bool is_filp(const struct kmem_cache* cache) {
  if (filp_cache)
    return (u64)cache == filp_cache;
  char name[8] = {};
  bpf_probe_read_kernel_str(name, sizeof name, cache->name);
  if (name[0] != 'f' || name[1] != 'i' || name[2] != 'l' || name[3] != 'p' || name[4])
    return false;
  filp_cache = (u64)cache;
  return true;
}

SEC("tp_btf/kmem_cache_free")
int BPF_PROG(file_filp_free, unsigned long call_site, const void* object, const struct kmem_cache* cache) {
  return is_filp(cache) ? file_released((u64)object) : 0;
}
