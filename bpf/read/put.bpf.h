/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Texts put behind a record in working memory. Global functions: the verifier proves each once, by itself,
 * instead of once for every way that leads to it. Each returns the length of what it put at `end`. */
#ifndef MONSTER_READ_PUT_H
#define MONSTER_READ_PUT_H

#include "cgroup.bpf.h"
#include "path.bpf.h"

enum {
  PUT_END_MAX = SCRATCH_RECORD,
  PUT_TRUNCATED = 1 << 30,
  KERNEL_NAME_MAX = WIRE_NAME_MAX + 64, /* what execveat names: /dev/fd/N and a path of that length behind it */
};

static __always_inline u32 put_text(struct scratch* scratch, u32 end, struct path_text text) {
  u32 length = text.length;
  u64 at = end;
  OPAQUE(at);
  OPAQUE(length);
  if (at > PUT_END_MAX || length > WIRE_PATH_MAX)
    return 0;
  bpf_probe_read_kernel(scratch->record + at, length, scratch->path + (text.offset & (WIRE_PATH_MAX - 1)));
  return text.truncated ? length | PUT_TRUNCATED : length;
}

__noinline u32 put_path_of_scratch(u32 scratch_index, u32 end) {
  struct scratch* scratch = bpf_map_lookup_elem(&scratches, &scratch_index);
  if (!scratch || !scratch->dentry || !scratch->mnt)
    return 0;
  struct vfsmount* mnt = TYPED(scratch->mnt, vfsmount);
  return put_text(scratch, end, walk_path(TYPED(scratch->dentry, dentry), mnt, scratch->path));
}

__noinline u32 put_cgroup_of_scratch(u32 scratch_index, u32 end) {
  struct scratch* scratch = bpf_map_lookup_elem(&scratches, &scratch_index);
  if (!scratch)
    return 0;
  return put_text(scratch, end, cgroup_path(TYPED(scratch->subject, task_struct), scratch->path));
}

__noinline u32 put_kernel_string_of_scratch(u32 scratch_index, u32 end) {
  struct scratch* scratch = bpf_map_lookup_elem(&scratches, &scratch_index);
  if (!scratch || end > PUT_END_MAX)
    return 0;
  long size = bpf_probe_read_kernel_str(scratch->record + end, KERNEL_NAME_MAX, (void*)scratch->subject);
  if (size <= 1)
    return 0;
  return size == KERNEL_NAME_MAX ? ((u32)size - 1) | PUT_TRUNCATED : (u32)size - 1;
}

/* A string of the current task; what cannot be read is counted and left out. The kernel takes no longer names
 * than WIRE_NAME_MAX with its NUL (PATH_MAX). */
__noinline u32 put_user_string(u32 scratch_index, u32 end, u64 string) {
  struct scratch* scratch = bpf_map_lookup_elem(&scratches, &scratch_index);
  if (!scratch || end > PUT_END_MAX || !string)
    return 0;
  long size = bpf_probe_read_user_str(scratch->record + end, WIRE_NAME_MAX + 1, (void*)string);
  if (size < 0)
    count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
  if (size > WIRE_NAME_MAX)
    return WIRE_NAME_MAX | PUT_TRUNCATED;
  return size > 1 ? (u32)size - 1 : 0;
}

/* The path of a dentry seen through a mount; PUT_TRUNCATED is set when its head did not fit. */
static __always_inline u32 put_path(struct scratch* scratch, u32 end, struct dentry* dentry, struct vfsmount* mnt) {
  scratch->dentry = (u64)dentry;
  scratch->mnt = (u64)mnt;
  return put_path_of_scratch(scratch->index, end);
}

static __always_inline u32 put_cgroup(struct scratch* scratch, u32 end, struct task_struct* task) {
  scratch->subject = (u64)task;
  return put_cgroup_of_scratch(scratch->index, end);
}

static __always_inline u32 put_kernel_string(struct scratch* scratch, u32 end, const char* string) {
  scratch->subject = (u64)string;
  return put_kernel_string_of_scratch(scratch->index, end);
}

#endif
