/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which new descriptors are followed. */
#ifndef MONSTER_DESCRIPTOR_H
#define MONSTER_DESCRIPTOR_H

#include "act_touched.bpf.h"
#include "open_failed.bpf.h"

static __always_inline bool is_sensitive(struct inode* inode) {
  struct sensitive_key key = {.inode = inode->i_ino, .device = inode->i_sb->s_dev};
  return bpf_map_lookup_elem(&sensitive_inodes, &key) != 0;
}

/* A new descriptor: followed if it can write, or did so by being opened, or if policy wants its reads. */
static __noinline int descriptor_opened(u64 address, u32 call_flags, u32 flags, struct task_struct* task) {
  struct file* file = TYPED(address, file);
  struct inode* inode = file->f_inode;
  u32 mode = file->f_mode;
  if ((inode->i_mode & MODE_TYPE) != MODE_REGULAR || mode & FMODE_PATH)
    return 0;
  if (tell_reads || is_sensitive(inode)) {
    flags |= WIRE_SENSITIVE;
  } else if (!(mode & (FMODE_WRITE | FMODE_CREATED)) && !(call_flags & O_TRUNC)) {
    count(WIRE_FILE_FAMILY, COUNT_SEEN);
    count(WIRE_FILE_FAMILY, COUNT_SUPPRESSED);
    return 0;
  }
  return file_opened(address, flags, call_flags, task);
}

/* Flags that a struct file does not keep, or that it has whatever the caller says: O_CREAT, O_EXCL, O_NOCTTY,
 * O_TRUNC, O_LARGEFILE. */
enum { NOT_IN_FILE = 0100 | 0200 | 0400 | 01000 | 0100000 };

/* openat2 has its flags in the caller's memory, where another thread may have changed them since: what the kernel
 * knows better is taken from it. An inode that is there is touched by an open only when it is emptied. */
static __noinline int descriptor_opened_by_memory(u64 address, u32 call_flags, struct task_struct* task) {
  struct file* file = TYPED(address, file);
  struct act_state* state = bpf_task_storage_get(&acts, task, 0, 0);
  bool emptied = false;
  if (state) {
    for (u32 i = 0; i < WIRE_TOUCHED_MAX; i++)
      if (i < state->count && state->touched[i].address == (u64)file->f_inode)
        emptied = !file->f_inode->i_size && !(file->f_mode & FMODE_CREATED);
    forget_touched(state);
  }
  u32 flags = 0;
  if ((call_flags ^ file->f_flags) & ~NOT_IN_FILE) {
    flags = WIRE_CALL_FLAGS_UNKNOWN;
    call_flags = 0;
  }
  return descriptor_opened(address, emptied ? call_flags | O_TRUNC : call_flags & ~O_TRUNC, flags, task);
}

#endif
