/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Path arguments as the caller wrote them, and the directories they start from, appended to a record. */
#ifndef MONSTER_READ_ARGUMENT_H
#define MONSTER_READ_ARGUMENT_H

#include "call.bpf.h"
#include "fd.bpf.h"
#include "put.bpf.h"
#include "task.bpf.h"

enum { AT_FDCWD = -100 };

struct texts {
  struct scratch* scratch;
  u32 end;
  u32 cut; /* of the text that was appended last something is missing */
};

static __always_inline u32 append(struct texts* texts, u32 put) {
  u32 length = put & ~PUT_TRUNCATED;
  texts->cut = put & PUT_TRUNCATED;
  texts->end += length;
  return length;
}

static __always_inline u32 append_argument(struct texts* texts, u64 user_pointer) {
  return append(texts, put_user_string(texts->scratch->index, texts->end, user_pointer));
}

static __always_inline u32 append_path(struct texts* texts, struct dentry* dentry, struct vfsmount* mnt) {
  return append(texts, put_path(texts->scratch, texts->end, dentry, mnt));
}

/* The directory that a relative path starts from. */
static __always_inline u32 append_base(struct texts* texts, struct task_struct* task, int directory_fd) {
  texts->cut = 0;
  if (directory_fd == AT_FDCWD)
    return append_path(texts, task->fs->pwd.dentry, task->fs->pwd.mnt);
  struct file* directory = file_of_fd(task, directory_fd);
  return directory ? append_path(texts, directory->f_path.dentry, directory->f_path.mnt) : 0;
}

static __always_inline void send_texts(void* ring, struct wire_header* header, struct texts* texts) {
  u32 size = texts->end;
  header->size = size;
  OPAQUE(size);
  if (size <= SCRATCH_RECORD)
    send(ring, WIRE_FILE_FAMILY, header, size);
}

#endif
