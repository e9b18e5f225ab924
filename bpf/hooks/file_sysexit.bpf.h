/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Every system call's exit: which call it was, which file it was about, and on to the logic. sys_enter is
 * not needed: pt_regs still holds the arguments. */
#include "../clone.bpf.h"
#include "../descriptor.bpf.h"
#include "../file_io.bpf.h"
#include "../mapping.bpf.h"
#include "../open_failed.bpf.h"
#include "../path_act.bpf.h"
#include "../read/call.bpf.h"
#include "../read/fd.bpf.h"
#include "../submitted.bpf.h"

enum { RWF_APPEND = 0x10 };
enum { FS_IOC_SETFLAGS_64 = 0x40086602, FS_IOC_SETFLAGS_32 = 0x40046602, FS_IOC_FSSETXATTR = 0x401c5820 };
enum { EACCES = 13, EPERM = 1 };

static __always_inline s64 user_offset(u64 pointer, u64 moved) {
  s64 offset = 0;
  if (!pointer)
    return -1;
  if (bpf_probe_read_user(&offset, sizeof offset, (void*)pointer)) {
    count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
    return -1;
  }
  return offset - (s64)moved;
}

/* Bytes from one descriptor to another: sendfile(out, in), splice and copy_file_range(in, offset, out, offset). */
static __noinline int bytes_moved(u32 kind, u64 bytes, struct task_struct* task, struct call* call) {
  if (!call)
    return 0;
  bool sendfile = kind == CALL_SENDFILE;
  struct file* in = file_of_fd(task, sendfile ? call->argument[1] : call->argument[0]);
  struct file* out = file_of_fd(task, sendfile ? call->argument[0] : call->argument[2]);
  if (in)
    file_read((u64)in, bytes, task);
  if (out && (out->f_inode->i_mode & MODE_TYPE) == MODE_REGULAR)
    file_written((u64)out, sendfile ? -1 : user_offset(call->argument[3], bytes), bytes, task);
  return 0;
}

static __always_inline s64 written_offset(u32 kind, struct call* call, bool compat) {
  if (kind == CALL_WRITE)
    return -1;
  return (s64)(compat ? two_words(call->argument[3], call->argument[4]) : call->argument[3]);
}

static __noinline int bytes_written(u32 kind, u64 bytes, struct task_struct* task, struct call* call) {
  if (!call)
    return 0;
  struct file* file = file_of_fd(task, call->argument[0]);
  if (!file || (file->f_inode->i_mode & MODE_TYPE) != MODE_REGULAR)
    return 0;
  s64 offset = written_offset(kind, call, is_32bit_call(task));
  /* fs/read_write.c: O_APPEND and RWF_APPEND send even a positioned write to the end of the file. */
  if (offset >= 0 && (file->f_flags & O_APPEND || (kind == CALL_PWRITEV2 && call->argument[5] & RWF_APPEND)))
    offset = file->f_inode->i_size - (s64)bytes;
  file_written((u64)file, offset, bytes, task);
  return 0;
}

static __always_inline void attribute_named(u64 address, u64 name, bool removed) {
  file_changed(address, WIRE_ATTRIBUTES, bpf_get_current_task_btf());
  struct open_file* entry = find_open_file(address);
  if (!entry)
    return;
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  struct scratch* scratch = take_scratch(WIRE_FILE_FAMILY);
  if (!scratch) {
    note_loss(entry);
    return;
  }
  struct wire_xattr* record = (struct wire_xattr*)scratch->record;
  write_header(&record->header, WIRE_XATTR, 0);
  record->object = entry->file.object;
  record->removed = removed;
  long size = bpf_probe_read_user_str((char*)(record + 1), 256, (void*)name);
  if (size < 0) { /* the name was taken away under the call */
    count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
    note_loss(entry);
  }
  u32 length = size > 0 && size <= 256 ? (u32)size - 1 : 0;
  OPAQUE(length);
  length &= 255;
  record->name_length = length;
  record->header.size = sizeof *record + length;
  if (!send(&blocks_ring, WIRE_FILE_FAMILY, record, sizeof *record + length))
    note_loss(entry);
  give_scratch(scratch);
}

static __noinline int descriptor_changed(u32 kind, long result, struct task_struct* task, struct call* call) {
  if (!call)
    return 0;
  u32 request = call->argument[1];
  if (kind == CALL_IOCTL && (request == FICLONE || request == FICLONERANGE))
    return file_cloned(task, call);
  if (kind == CALL_IOCTL && request != FS_IOC_SETFLAGS_64 && request != FS_IOC_SETFLAGS_32 &&
      request != FS_IOC_FSSETXATTR)
    return 0;
  struct file* file = file_of_fd(task, call->argument[0]);
  if (!file)
    return 0;
  switch (kind) {
  case CALL_FTRUNCATE:
    file_truncated((u64)file, call->argument[1], task);
    break;
  case CALL_FTRUNCATE64:
    file_truncated((u64)file, two_words(call->argument[1], call->argument[2]), task);
    break;
  case CALL_FALLOCATE:
    file_changed((u64)file, WIRE_ALLOCATED, task);
    break;
  case CALL_FUTIMES:
    file_changed((u64)file, WIRE_ATTRIBUTES | WIRE_TIMES_SET, task);
    break;
  case CALL_FSETXATTR:
  case CALL_FREMOVEXATTR:
    attribute_named((u64)file, call->argument[1], kind == CALL_FREMOVEXATTR);
    break;
  default:
    file_changed((u64)file, WIRE_ATTRIBUTES, task);
  }
  return 0;
}

static __always_inline int call_returned(u32 kind, long result, struct task_struct* task, struct pt_regs* regs) {
  struct call call;
  read_call(&call, task, regs);
  if (kind == CALL_UTIMENSAT && !call.argument[1])
    kind = CALL_FUTIMES;
  if (kind >= CALL_PATH_FIRST)
    return path_act_ended(kind);
  switch (kind) {
  case CALL_READ:
  case CALL_PREAD: {
    struct file* file = result > 0 ? file_of_fd(task, call.argument[0]) : 0;
    if (file)
      file_read((u64)file, result, task);
    return 0;
  }
  case CALL_WRITE:
  case CALL_PWRITE:
  case CALL_PWRITEV:
  case CALL_PWRITEV2:
    return result > 0 ? bytes_written(kind, result, task, &call) : 0;
  case CALL_OPEN:
  case CALL_CREAT:
  case CALL_OPENAT:
  case CALL_OPENAT2:
  case CALL_OPEN_BY_HANDLE: {
    struct file* file = file_of_fd(task, result);
    if (!file)
      return kind == CALL_OPENAT2 ? path_act_failed(task) : 0;
    u32 flags = open_flags_of(kind, &call);
    return kind == CALL_OPENAT2 ? descriptor_opened_by_memory((u64)file, flags, task)
                                : descriptor_opened((u64)file, flags, 0, task);
  }
  case CALL_MEMFD: {
    struct file* file = file_of_fd(task, result);
    return file ? file_opened((u64)file, WIRE_CREATED, 0, task) : 0;
  }
  case CALL_SENDFILE:
  case CALL_SPLICE:
  case CALL_COPY_RANGE:
    return result > 0 ? bytes_moved(kind, result, task, &call) : 0;
  case CALL_MMAP:
    mapped(task, &call);
    return 0;
  case CALL_OLD_MMAP:
    mapped_as_of_old(task, &call);
    return 0;
  case CALL_MPROTECT:
    protection_changed(task, &call);
    return 0;
  case CALL_IO_SUBMIT:
    requests_submitted(&call, result, is_32bit_call(task) ? 4 : 8);
    return 0;
  default:
    return descriptor_changed(kind, result, task, &call);
  }
}

SEC("tp_btf/sys_exit")
int BPF_PROG(file_sysexit, struct pt_regs* registers, long result) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct pt_regs* regs = TYPED(registers, pt_regs);
  u32 kind = kind_of_call(task, regs);
  if (kind == CALL_NONE)
    return 0;
  if (task->tgid == agent_pid) {
    count(WIRE_FILE_FAMILY, COUNT_SEEN);
    count(WIRE_FILE_FAMILY, COUNT_SUPPRESSED);
    return 0;
  }
  if (result >= 0)
    return call_returned(kind, result, task, regs);
  if (kind >= CALL_PATH_FIRST || kind == CALL_OPENAT2)
    path_act_failed(task);
  if (kind >= CALL_OPEN && kind <= CALL_OPENAT2 && (result == -EACCES || result == -EPERM))
    return open_refused(kind, result);
  return 0;
}
