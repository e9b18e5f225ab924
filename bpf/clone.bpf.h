/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Clones: a part of one file becomes a part of another, without a byte being moved. */
#ifndef MONSTER_CLONE_H
#define MONSTER_CLONE_H

#include "file_io.bpf.h"
#include "read/call.bpf.h"
#include "read/fd.bpf.h"

enum { FICLONE = 0x40049409, FICLONERANGE = 0x4020940d }; /* linux/fs.h; the same for 32-bit programs */

struct clone_range {
  s64 source;
  u64 source_offset;
  u64 length; /* 0: to the end of the source */
  u64 offset;
};

/* Both forms, by success; what FICLONERANGE asked for lies in the caller's memory. */
static __noinline int file_cloned(struct task_struct* task, struct call* call) {
  if (!call)
    return 0;
  struct clone_range range = {.source = (u32)call->argument[2]};
  if ((u32)call->argument[1] == FICLONERANGE && bpf_probe_read_user(&range, sizeof range, (void*)call->argument[2])) {
    count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
    range.source = -1;
  }
  struct file* to = file_of_fd(task, call->argument[0]);
  struct file* from = file_of_fd(task, range.source);
  u64 bytes = range.length;
  if (from && !bytes && (u64)from->f_inode->i_size > range.source_offset)
    bytes = from->f_inode->i_size - range.source_offset;
  if (from && bytes)
    file_read((u64)from, bytes, task);
  if (to && bytes)
    file_written((u64)to, range.offset, bytes, task);
  else if (to && !from) /* it was closed, or the caller's memory changed, during the call */
    file_changed((u64)to, WIRE_WRITTEN | WIRE_INCOMPLETE, task);
  return 0;
}

#endif
