/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Writable shared mappings of files: what is written through them, no call tells. */
#ifndef MONSTER_MAPPING_H
#define MONSTER_MAPPING_H

#include "file_io.bpf.h"
#include "read/call.bpf.h"
#include "read/fd.bpf.h"

enum {
  MAP_TYPE = 0x0f,
  MAP_SHARED = 1,
  MAP_SHARED_VALIDATE = 3,
  MAP_ANONYMOUS = 0x20,
  PROT_WRITE = 2,
  VM_SHARED = 8,
  AREAS_MAX = 256, /* of one mprotect */
};
enum { EBUSY = 16 };

static __always_inline void mapped(struct task_struct* task, struct call* call) {
  u32 type = call->argument[3] & MAP_TYPE;
  if (call->argument[3] & MAP_ANONYMOUS || !(call->argument[2] & PROT_WRITE))
    return;
  if (type != MAP_SHARED && type != MAP_SHARED_VALIDATE)
    return;
  struct file* file = file_of_fd(task, call->argument[4]);
  if (file)
    file_changed((u64)file, WIRE_MAPPED_WRITABLE, task);
}

/* arch/x86/kernel/sys_ia32.c struct mmap_arg_struct32. */
static __always_inline void mapped_as_of_old(struct task_struct* task, struct call* call) {
  u32 in_memory[6];
  if (bpf_probe_read_user(in_memory, sizeof in_memory, (void*)call->argument[0])) {
    count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
    return;
  }
  for (int i = 0; i < 6; i++)
    call->argument[i] = in_memory[i];
  mapped(task, call);
}

struct area {
  u64 file; /* of a shared mapping */
  u64 end;
};

static long look_at_area(struct task_struct* task, struct vm_area_struct* vma, struct area* area) {
  area->file = vma->vm_flags & VM_SHARED ? (u64)vma->vm_file : 0;
  area->end = vma->vm_end;
  return 0;
}

struct area_walk {
  struct task_struct* task;
  u64 at, end;
};

static long area_step(u32 index, struct area_walk* walk) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct area area = {};
  long failed = bpf_find_vma(task, walk->at, look_at_area, &area, 0);
  if (failed || area.end <= walk->at) {
    if (failed == -EBUSY) { /* the task's other threads hold the lock: which file it was is not known */
      count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
      walk->at = walk->end;
    }
    return 1;
  }
  if (area.file && TYPED(area.file, file)->f_mode & FMODE_WRITE)
    file_changed(area.file, WIRE_MAPPED_WRITABLE, task);
  walk->at = area.end;
  return walk->at >= walk->end;
}

/* Mappings that could only be read become writable; the range may span several. */
static __always_inline void protection_changed(struct task_struct* task, struct call* call) {
  if (!(call->argument[2] & PROT_WRITE))
    return;
  struct area_walk walk = {.task = task, .at = call->argument[0], .end = call->argument[0] + call->argument[1]};
  if (bpf_loop(AREAS_MAX, area_step, &walk, 0) == AREAS_MAX && walk.at < walk.end)
    count(WIRE_FILE_FAMILY, COUNT_UNREADABLE); /* files beyond are found at their next use */
}

#endif
