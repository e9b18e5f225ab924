/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef MONSTER_READ_FD_H
#define MONSTER_READ_FD_H

#include "../program.h"

/* The struct file behind a descriptor of `task`, 0 when there is none. */
static __always_inline struct file* file_of_fd(struct task_struct* task, u32 fd) {
  struct files_struct* files = task->files;
  if (!files)
    return 0;
  struct fdtable* table = files->fdt;
  if (fd >= table->max_fds)
    return 0;
  /* A slot is read as a list head: the verifier does not follow a struct file ** by itself. */
  struct hlist_head* slot = TYPED((u64)table->fd + 8ULL * fd, hlist_head);
  u64 file = (u64)slot->first;
  return file ? TYPED(file, file) : 0;
}

#endif
