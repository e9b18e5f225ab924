/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which new descriptors are followed. */
#ifndef MONSTER_DESCRIPTOR_H
#define MONSTER_DESCRIPTOR_H

#include "file.bpf.h"

static __always_inline bool is_sensitive(struct inode* inode) {
  struct sensitive_key key = {.inode = inode->i_ino, .device = inode->i_sb->s_dev};
  return bpf_map_lookup_elem(&sensitive_inodes, &key) != 0;
}

/* A new descriptor: followed if it can write, or if policy wants its reads. */
static __noinline int descriptor_opened(u64 address, u32 call_flags, struct task_struct* task) {
  struct file* file = TYPED(address, file);
  struct inode* inode = file->f_inode;
  u32 mode = file->f_mode;
  if ((inode->i_mode & MODE_TYPE) != MODE_REGULAR || mode & FMODE_PATH)
    return 0;
  u32 flags = 0;
  if (tell_reads || is_sensitive(inode)) {
    flags = WIRE_SENSITIVE;
  } else if (!(mode & (FMODE_WRITE | FMODE_CREATED))) {
    count(WIRE_FILE_FAMILY, COUNT_SEEN);
    count(WIRE_FILE_FAMILY, COUNT_SUPPRESSED);
    return 0;
  }
  return file_opened(address, flags, call_flags, task);
}

#endif
