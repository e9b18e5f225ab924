/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Acts on a path by io_uring: named at the submission, done by a worker of the process, told at the completion. */
#ifndef MONSTER_URING_ACT_H
#define MONSTER_URING_ACT_H

#include "path_act.bpf.h"

/* include/uapi/linux/io_uring.h enum io_uring_op */
enum {
  URING_READV = 1,
  URING_WRITEV = 2,
  URING_READ_FIXED = 4,
  URING_WRITE_FIXED = 5,
  URING_FALLOCATE = 17,
  URING_OPENAT = 18,
  URING_READ = 22,
  URING_WRITE = 23,
  URING_OPENAT2 = 28,
  URING_RENAMEAT = 35,
  URING_UNLINKAT = 36,
  URING_MKDIRAT = 37,
  URING_SYMLINKAT = 38,
  URING_LINKAT = 39,
  URING_FSETXATTR = 41,
  URING_FTRUNCATE = 55,
  URING_READV_FIXED = 60,
  URING_WRITEV_FIXED = 61,
};
enum { REQUEST_FIXED_FILE = 1, REQUEST_CQE_SKIP = 1 << 6 }; /* io_uring_types.h REQ_F_FIXED_FILE, REQ_F_CQE_SKIP */
enum { URING_NAME_MAX = 1024 };

static __always_inline bool uring_writes(u32 opcode) {
  return opcode == URING_WRITE || opcode == URING_WRITEV || opcode == URING_WRITE_FIXED || opcode == URING_WRITEV_FIXED;
}

static __always_inline bool uring_moves(u32 opcode) {
  return uring_writes(opcode) || opcode == URING_READ || opcode == URING_READV || opcode == URING_READ_FIXED ||
         opcode == URING_READV_FIXED;
}

static __always_inline bool uring_path_act(u32 opcode) { return opcode >= URING_RENAMEAT && opcode <= URING_LINKAT; }

struct uring_name {
  s32 directory; /* descriptor that a relative name starts from */
  u32 length;
  char text[URING_NAME_MAX];
};

struct uring_act {
  struct act_state state;
  u32 act;
  u32 flags;
  struct uring_name name[2];
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 256);
  __type(key, u64); /* address of the io_kiocb */
  __type(value, struct uring_act);
} uring_acts SEC(".maps");

/* A name too long for the entry is left out; the kernel's own tree still tells the path. */
static __always_inline void copy_name(struct uring_name* to, s32 directory, struct filename* name) {
  to->directory = directory;
  to->length = 0;
  if (!name)
    return;
  long size = bpf_probe_read_kernel_str(to->text, URING_NAME_MAX, BPF_CORE_READ(name, name));
  if (size > 1 && size < URING_NAME_MAX)
    to->length = (u32)size - 1;
}

static __always_inline void copy_names(struct uring_act* entry, u32 opcode, u64 request) {
  switch (opcode) {
  case URING_UNLINKAT: {
    struct io_unlink* r = TYPED(request, io_unlink);
    entry->flags = r->flags;
    copy_name(&entry->name[0], r->dfd, r->filename);
    break;
  }
  case URING_MKDIRAT: {
    struct io_mkdir* r = TYPED(request, io_mkdir);
    copy_name(&entry->name[0], r->dfd, r->filename);
    break;
  }
  case URING_RENAMEAT: {
    struct io_rename* r = TYPED(request, io_rename);
    entry->flags = r->flags;
    copy_name(&entry->name[0], r->old_dfd, r->oldpath);
    copy_name(&entry->name[1], r->new_dfd, r->newpath);
    break;
  }
  default: { /* linkat and symlinkat share a struct */
    struct io_link* r = TYPED(request, io_link);
    copy_name(&entry->name[0], opcode == URING_LINKAT ? r->old_dfd : AT_FDCWD, r->oldpath);
    copy_name(&entry->name[1], r->new_dfd, r->newpath);
  }
  }
}

static __always_inline u32 act_of(u32 opcode) {
  switch (opcode) {
  case URING_RENAMEAT:
    return WIRE_ACT_RENAME;
  case URING_UNLINKAT:
    return WIRE_ACT_UNLINK;
  case URING_MKDIRAT:
    return WIRE_ACT_MKDIR;
  case URING_SYMLINKAT:
    return WIRE_ACT_SYMLINK;
  default:
    return WIRE_ACT_LINK;
  }
}

static __noinline int uring_act_begun(u64 request) {
  struct scratch* scratch = try_scratch();
  if (!scratch) {
    count(WIRE_FILE_FAMILY, COUNT_SEEN);
    lose_own(WIRE_FILE_FAMILY, COUNT_LOST_SCRATCH);
    return 0;
  }
  struct uring_act* fresh = (struct uring_act*)scratch->record;
  u32 opcode = TYPED(request, io_kiocb)->opcode;
  forget_touched(&fresh->state);
  fresh->act = act_of(opcode);
  fresh->flags = 0;
  fresh->name[1].length = 0;
  copy_names(fresh, opcode, request);
  if (bpf_map_update_elem(&uring_acts, &request, fresh, BPF_ANY)) {
    count(WIRE_FILE_FAMILY, COUNT_SEEN);
    lose_own(WIRE_FILE_FAMILY, COUNT_LOST_MAP);
  }
  give_scratch(scratch);
  return 0;
}

static __always_inline int touched_by_worker(u64 address, struct task_struct* task) {
  if (!bpf_core_type_exists(struct io_worker))
    return 0;
  u64 work = (u64)TYPED(task->worker_private, io_worker)->cur_work;
  u64 request = work - bpf_core_field_offset(struct io_kiocb, work);
  struct uring_act* entry = work ? bpf_map_lookup_elem(&uring_acts, &request) : 0;
  bool name_goes = entry && (entry->act == WIRE_ACT_RENAME || entry->act == WIRE_ACT_UNLINK);
  return entry ? note_touched(&entry->state, address, name_goes) : 0;
}

static __always_inline u32 append_name(struct texts* texts, struct uring_name* name) {
  u32 end = texts->end, length = name->length;
  OPAQUE(end);
  OPAQUE(length);
  if (end > PUT_END_MAX || length >= URING_NAME_MAX)
    return 0;
  bpf_probe_read_kernel(texts->scratch->record + end, length, name->text);
  return append(texts, length);
}

/* The act completed, or will do so unseen. */
static __noinline int uring_act_ended(u64 request) {
  struct uring_act* entry = bpf_map_lookup_elem(&uring_acts, &request);
  if (!entry)
    return 0;
  struct task_struct* task = TYPED(TYPED(request, io_kiocb)->tctx->task, task_struct);
  struct act_tell tell = {.state = &entry->state, .task = task};
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  if (!begin_tell(&tell, entry->act)) {
    bpf_map_delete_elem(&uring_acts, &request);
    return 0;
  }
  read_actor(&tell.record->header.actor, task);
  tell.record->call_flags = entry->flags;
  if (TYPED(request, io_kiocb)->flags & REQUEST_CQE_SKIP)
    tell.record->flags |= WIRE_ACT_OUTCOME_HIDDEN;
  tell.record->argument1_length = append_name(&tell.texts, &entry->name[0]);
  tell.record->argument2_length = append_name(&tell.texts, &entry->name[1]);
  tell_base(&tell, 1, entry->name[0].directory);
  if (entry->name[1].length)
    tell_base(&tell, 2, entry->name[1].directory);
  end_tell(&tell);
  bpf_map_delete_elem(&uring_acts, &request);
  return 0;
}

#endif
