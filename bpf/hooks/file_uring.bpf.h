/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* io_uring: requests pass no system call of their own. Their names stand in the request when it is submitted,
 * their results when it completes, in whatever task that happens; req->tctx names the submitter. */
#include "../descriptor.bpf.h"
#include "../file_io.bpf.h"
#include "../read/fd.bpf.h"
#include "../uring_act.bpf.h"

/* The file in a slot of the ring's own table; 0 where this kernel keeps it in another way (before 6.13). */
static __always_inline u64 file_of_slot(struct io_ring_ctx* ring, u32 slot) {
  if (!bpf_core_field_exists(struct io_rsrc_node, file_ptr) || slot >= ring->file_table.data.nr)
    return 0;
  u64 node = 0;
  bpf_probe_read_kernel(&node, sizeof node, (void*)((u64)ring->file_table.data.nodes + 8ULL * slot));
  return node ? TYPED(node, io_rsrc_node)->file_ptr & ~7UL : 0; /* io_uring/filetable.h FFS_MASK */
}

enum { ANY_SLOT = 0xffffffff }; /* linux/io_uring.h IORING_FILE_INDEX_ALLOC: the result says which */

static __noinline int uring_opened(u64 request, s32 result, struct task_struct* task) {
  struct io_open* open = TYPED(request, io_open);
  u32 slot = open->file_slot; /* from 1; 0: an ordinary descriptor */
  u64 file = slot ? file_of_slot(TYPED(request, io_kiocb)->ctx, slot == ANY_SLOT ? (u32)result : slot - 1)
                  : (u64)file_of_fd(task, result);
  return file ? descriptor_opened(file, (u32)open->how.flags, 0, task) : 0;
}

/* A direct descriptor whose open was not seen is looked at when it is read. */
static __always_inline void uring_read(struct io_kiocb* req, u64 file, u64 bytes, struct task_struct* task) {
  struct inode* inode = TYPED(file, file)->f_inode;
  bool unseen = req->flags & REQUEST_FIXED_FILE && (inode->i_mode & MODE_TYPE) == MODE_REGULAR && !find_open_file(file);
  if (unseen && (tell_reads || is_sensitive(inode)))
    file_opened(file, WIRE_LAZY | WIRE_SENSITIVE, 0, task);
  file_read(file, bytes, task);
}

static __noinline int uring_moved(u32 opcode, u64 request, u64 bytes, struct task_struct* task) {
  struct io_kiocb* req = TYPED(request, io_kiocb);
  u64 file = (u64)req->file;
  if (!file)
    return 0;
  if (!uring_writes(opcode)) {
    uring_read(req, file, bytes, task);
    return 0;
  }
  if ((TYPED(file, file)->f_inode->i_mode & MODE_TYPE) != MODE_REGULAR)
    return 0;
  s64 end = TYPED(request, io_rw)->kiocb.ki_pos;
  file_written(file, end - (s64)bytes, bytes, task);
  return 0;
}

static __noinline int uring_changed(u32 opcode, u64 request, struct task_struct* task) {
  u64 file = (u64)TYPED(request, io_kiocb)->file;
  if (!file)
    return 0;
  if (opcode == URING_FALLOCATE)
    file_changed(file, WIRE_ALLOCATED, task);
  else if (opcode == URING_FTRUNCATE)
    file_truncated(file, TYPED(request, io_ftrunc)->len, task);
  else
    file_changed(file, WIRE_ATTRIBUTES, task);
  return 0;
}

SEC("tp_btf/io_uring_complete")
int BPF_PROG(file_uring_complete, struct io_ring_ctx* ring, u64 request, struct io_uring_cqe* cqe) {
  if (!request) /* a completion without its request: of a multishot, which no file act is */
    return 0;
  struct io_kiocb* req = TYPED(request, io_kiocb);
  s32 result = BPF_CORE_READ(cqe, res);
  u32 opcode = req->opcode;
  if (!req->tctx)
    return 0;
  if (result < 0) {
    if (uring_path_act(opcode))
      bpf_map_delete_elem(&uring_acts, &request);
    return 0;
  }
  struct task_struct* task = TYPED(req->tctx->task, task_struct);
  if (task->tgid == agent_pid)
    return 0;
  if (uring_moves(opcode))
    return result > 0 ? uring_moved(opcode, request, result, task) : 0;
  switch (opcode) {
  case URING_OPENAT:
  case URING_OPENAT2:
    return uring_opened(request, result, task);
  case URING_FALLOCATE:
  case URING_FTRUNCATE:
  case URING_FSETXATTR:
    return uring_changed(opcode, request, task);
  default:
    return uring_path_act(opcode) ? uring_act_ended(request) : 0;
  }
}

/* The file a submitted request will use: it is looked up only when the request is issued. */
static __always_inline u64 uring_file(u64 request) {
  struct io_kiocb* req = TYPED(request, io_kiocb);
  if (!(req->flags & REQUEST_FIXED_FILE))
    return (u64)file_of_fd(bpf_get_current_task_btf(), req->cqe.fd);
  return file_of_slot(req->ctx, req->cqe.fd);
}

/* Names are taken when the request is submitted: the file names are freed before it completes. A request
 * that asks for no completion on success is told of by a flag of its block: its bytes are not seen. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(file_uring_submit, u64 request) {
  struct io_kiocb* req = TYPED(request, io_kiocb);
  u32 opcode = req->opcode;
  if (uring_path_act(opcode)) {
    uring_act_begun(request);
    return req->flags & REQUEST_CQE_SKIP ? uring_act_ended(request) : 0;
  }
  if (!(req->flags & REQUEST_CQE_SKIP) || !uring_moves(opcode))
    return 0;
  u64 file = uring_file(request);
  struct open_file* entry = file ? find_open_file(file) : 0;
  if (entry)
    mark(entry, WIRE_COMPLETIONS_HIDDEN | (uring_writes(opcode) ? WIRE_WRITTEN : 0), bpf_ktime_get_boot_ns());
  return 0;
}
