/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Opens refused for lack of permission. There is no file to ask, so the caller's text is told with the
 * directory it starts from; user space keeps those that name something sensitive. */
#ifndef MONSTER_OPEN_FAILED_H
#define MONSTER_OPEN_FAILED_H

#include "read/argument.bpf.h"

enum { CREAT_FLAGS = 01 | 0100 | 01000 }; /* O_WRONLY | O_CREAT | O_TRUNC: open(2), creat */

/* The flags of any of the open calls; openat2 has them behind a pointer. */
static __always_inline u32 open_flags_of(u32 kind, struct call* call) {
  u64 flags = 0;
  switch (kind) {
  case CALL_OPEN:
    return call->argument[1];
  case CALL_CREAT:
    return CREAT_FLAGS;
  case CALL_OPENAT:
  case CALL_OPEN_BY_HANDLE:
    return call->argument[2];
  default:
    if (bpf_probe_read_user(&flags, sizeof flags, (void*)call->argument[2]))
      count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
    return flags;
  }
}

/* A global function, see read/put.bpf.h. */
__noinline int open_refused(u32 kind, int result) {
  struct task_struct* task = bpf_get_current_task_btf();
  u64 registers = bpf_task_pt_regs(task);
  struct call call;
  read_call(&call, task, TYPED(registers, pt_regs));
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  struct scratch* scratch = take_scratch(WIRE_FILE_FAMILY);
  if (!scratch)
    return 0;
  struct wire_open_failed* record = (struct wire_open_failed*)scratch->record;
  struct texts texts = {.scratch = scratch, .end = sizeof *record};
  bool at = kind == CALL_OPENAT || kind == CALL_OPENAT2;
  write_header(&record->header, WIRE_OPEN_FAILED, 0);
  record->result = result;
  record->open_flags = open_flags_of(kind, &call);
  record->argument_length = append_argument(&texts, at ? call.argument[1] : call.argument[0]);
  record->flags = texts.cut ? WIRE_ACT_ARGUMENT1_CUT : 0;
  record->base_length = append_base(&texts, task, at ? (int)call.argument[0] : AT_FDCWD);
  record->flags |= texts.cut ? WIRE_ACT_BASE1_CUT : 0;
  record->unused = 0;
  send_texts(&blocks_ring, &record->header, &texts);
  give_scratch(scratch);
  return 0;
}

#endif
