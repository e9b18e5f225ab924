/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* io_submit: nothing tells of the completion, so a block says that it was written, and not how much. */
#ifndef MONSTER_SUBMITTED_H
#define MONSTER_SUBMITTED_H

#include "file_io.bpf.h"
#include "read/call.bpf.h"
#include "read/fd.bpf.h"

enum { SUBMITTED_MAX = 1024, AIO_WRITE = 1, AIO_WRITEV = 8 }; /* linux/aio_abi.h IOCB_CMD_PWRITE, _PWRITEV */

struct submission { /* linux/aio_abi.h struct iocb, its first half */
  u64 data;
  u32 key;
  u32 rw_flags;
  u16 opcode;
  s16 priority;
  u32 fd;
};

struct submissions {
  u64 list; /* of pointers */
  u32 pointer_size;
  u32 count;
};

static long submission_step(u32 index, struct submissions* all) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct submission one = {};
  u64 pointer = 0;
  u32 size = all->pointer_size == 4 ? 4 : 8;
  if (index >= all->count)
    return 1;
  if (bpf_probe_read_user(&pointer, size, (void*)(all->list + (u64)index * size)) ||
      bpf_probe_read_user(&one, sizeof one, (void*)pointer)) {
    count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
    return 0;
  }
  if (one.opcode != AIO_WRITE && one.opcode != AIO_WRITEV)
    return 0;
  struct file* file = file_of_fd(task, one.fd);
  if (file && (file->f_inode->i_mode & MODE_TYPE) == MODE_REGULAR)
    file_changed((u64)file, WIRE_WRITTEN | WIRE_COMPLETIONS_HIDDEN, task);
  return 0;
}

static __always_inline void requests_submitted(struct call* call, u32 accepted, u32 pointer_size) {
  struct submissions all = {.list = call->argument[2], .pointer_size = pointer_size, .count = accepted};
  bpf_loop(accepted < SUBMITTED_MAX ? accepted : SUBMITTED_MAX, submission_step, &all, 0);
  if (accepted > SUBMITTED_MAX)
    count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
}

#endif
