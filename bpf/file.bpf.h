/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Files: one entry per open file description, made when it is opened for writing (or at its first use, when
 * that was not seen), told once at the first act worth telling and once at the last close. */
#ifndef MONSTER_FILE_H
#define MONSTER_FILE_H

#include "quota.bpf.h"
#include "read/inode.bpf.h"
#include "read/path.bpf.h"
#include "read/task.bpf.h"

enum {
  FMODE_WRITE = 2,
  FMODE_PATH = 0x4000,
  FMODE_BACKING = 0x2000000,
  FMODE_CREATED = 0x100000,
  O_TRUNC = 01000,
  O_APPEND = 02000,
  O_TMPFILE_ONLY = 020000000,
  EEXIST = 17,
  BLOCKS_QUOTA = 1
};

/* The order is that of a WIRE_FILE_OPENED behind its header, so that one copy sends it. */
struct open_file {
  struct wire_file file;
  char path[WIRE_PATH_INLINE];
  struct wire_file_io io;
  u64 parent; /* address of the directory's dentry, and hash of the name, to see a rename */
  u64 name_hash;
  u64 first_change;
  u64 last_change;
  u64 interim_time;  /* when it was last told as an interim block */
  s64 interim_ctime; /* of the inode then: a mapping's writes are seen by nothing else */
  u64 last_size;     /* after the last act: a deleted file's inode is emptied before its end is seen */
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 131072); /* set at load */
  __type(key, u64);            /* address of the struct file */
  __type(value, struct open_file);
} open_files SEC(".maps");

/* Who else uses a shared handle; the opener's part is the total less theirs. */
struct other_writers {
  u32 count;
  u32 unused;
  u64 more_read; /* bytes of those who found no slot */
  u64 more_written;
  struct wire_writer writer[WIRE_WRITERS_MAX];
};
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 8192);
  __type(key, u64);
  __type(value, struct other_writers);
} shared_files SEC(".maps");

/* Inodes whose reads policy asked for. */
struct sensitive_key {
  u64 inode;
  u64 device;
};
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, struct sensitive_key);
  __type(value, u32);
} sensitive_inodes SEC(".maps");

/* Blocks are numbered per CPU, so that no two programs share the counter. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, u64);
} block_numbers SEC(".maps");

static __always_inline u64 next_object(void) {
  u32 zero = 0;
  u64* number = bpf_map_lookup_elem(&block_numbers, &zero);
  return number ? (u64)bpf_get_smp_processor_id() << 40 | (__sync_fetch_and_add(number, 1) + 1) : 0;
}

struct opened_record {
  struct wire_header header;
  struct open_file entry;
};

/* False when it was lost. */
static __always_inline bool send_opened(struct opened_record* record, u64 now) {
  u32 path_length = record->entry.file.path_length;
  OPAQUE(path_length);
  if (path_length > WIRE_PATH_INLINE)
    return false;
  u32 size = sizeof(struct wire_file_opened) + path_length;
  if (!tell_details) {
    count(WIRE_FILE_FAMILY, COUNT_SUPPRESSED);
    return true;
  }
  start_record(&record->header, WIRE_FILE_OPENED, now);
  record->header.size = size;
  return send(&details_ring, WIRE_FILE_FAMILY, record, size);
}

static __always_inline struct open_file* find_open_file(u64 address) {
  return bpf_map_lookup_elem(&open_files, &address);
}

static __always_inline void note_loss(struct open_file* entry) {
  __sync_fetch_and_or(&entry->file.flags, WIRE_INCOMPLETE);
}

/* First act on a handle that was opened before: the entry's head is copied out and told. */
static __noinline int file_first_act(struct open_file* entry) {
  if (!entry)
    return 0;
  if (__sync_fetch_and_or(&entry->file.flags, WIRE_TOLD) & WIRE_TOLD)
    return 0;
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  struct scratch* scratch = take_scratch(WIRE_FILE_FAMILY);
  if (!scratch) {
    note_loss(entry);
    return 0;
  }
  struct opened_record* record = (struct opened_record*)scratch->record;
  __builtin_memcpy(&record->entry, entry, __builtin_offsetof(struct open_file, io));
  read_actor(&record->header.actor, bpf_get_current_task_btf());
  if (!send_opened(record, bpf_ktime_get_boot_ns()))
    note_loss(entry);
  give_scratch(scratch);
  return 0;
}

static __always_inline void fill_path(struct opened_record* record, struct file* file, struct scratch* scratch) {
  struct open_file* entry = &record->entry;
  struct path_text path = file_path(file, scratch->path);
  u32 length = path.length;
  OPAQUE(length);
  if (length <= WIRE_PATH_INLINE && !path.truncated) {
    bpf_probe_read_kernel(entry->path, length, scratch->path + (path.offset & (WIRE_PATH_MAX - 1)));
    entry->file.path_length = length;
    return;
  }
  entry->file.path_length = 0;
  entry->file.flags |= path.truncated ? WIRE_LONG_OPEN_PATH | WIRE_PATH_CUT | WIRE_INCOMPLETE : WIRE_LONG_OPEN_PATH;
  struct wire_long_path* told = (struct wire_long_path*)(scratch->record + sizeof *record);
  if (length > WIRE_PATH_MAX)
    return;
  told->header.actor = record->header.actor;
  start_record(&told->header, WIRE_LONG_PATH, entry->file.open_time - 1); /* before what names the block */
  told->header.size = sizeof *told + length;
  told->object = entry->file.object;
  told->path_length = length;
  told->unused = 0;
  bpf_probe_read_kernel((char*)(told + 1), length, scratch->path + (path.offset & (WIRE_PATH_MAX - 1)));
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  if (!send(&blocks_ring, WIRE_FILE_FAMILY, told, sizeof *told + length))
    entry->file.flags |= WIRE_INCOMPLETE;
}

static __always_inline void fill_entry(struct opened_record* record, struct file* file, u32 flags, u32 call_flags) {
  struct open_file* entry = &record->entry;
  struct inode* inode = file->f_inode;
  struct dentry* dentry = file->f_path.dentry;
  u32 mode = file->f_mode;
  entry->file.object = next_object();
  entry->file.open_time = bpf_ktime_get_boot_ns();
  entry->file.opener = record->header.actor;
  read_file_id(&entry->file.id, inode);
  read_facts(&entry->file.before, inode);
  entry->file.fs_magic = inode->i_sb->s_magic;
  entry->file.open_flags = file->f_flags;
  entry->file.file_mode = mode;
  entry->file.birth_time = inode_birth_time(inode, entry->file.fs_magic);
  entry->file.call_flags = call_flags;
  if (!(flags & WIRE_SNAPSHOT)) {
    if (mode & FMODE_CREATED || call_flags & O_TMPFILE_ONLY)
      flags |= WIRE_CREATED;
    else if (call_flags & O_TRUNC)
      flags |= WIRE_TRUNCATED_AT_OPEN;
  }
  if (!dentry->d_hash.pprev)
    flags |= WIRE_TEMPORARY;
  if (flags & WIRE_KEEP)
    flags |= WIRE_TOLD;
  entry->file.flags = flags;
  __builtin_memset(&entry->io, 0, sizeof entry->io);
  entry->io.lowest_offset = ~0ULL;
  entry->parent = (u64)dentry->d_parent;
  entry->name_hash = dentry->d_name.hash_len;
  entry->first_change = entry->last_change = flags & WIRE_KEEP ? entry->file.open_time : 0;
  entry->interim_time = entry->interim_ctime = 0;
  entry->last_size = entry->file.before.size;
}

/* The entry that a new one is to replace: of this very file, made by the snapshot or by another thread's use of it
 * before the open returned, or of one that was at this address before and whose end was not seen. */
static __always_inline void end_missed(struct open_file* old, struct open_file* new) {
  if (!old)
    return;
  block_ended(&old->file.opener);
  if (old->file.flags & (WIRE_SNAPSHOT | WIRE_LAZY) && old->file.id.inode == new->file.id.inode)
    return;
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  lose(WIRE_FILE_FAMILY, COUNT_LOST_END, &old->file.opener);
}

/* 0, or why there is no entry: BLOCKS_QUOTA or what the map said. */
static __always_inline long add_entry(u64 address, struct opened_record* record, u32 flags) {
  if (!may_open_block(&record->header.actor))
    return BLOCKS_QUOTA;
  long failed = bpf_map_update_elem(&open_files, &address, &record->entry, BPF_NOEXIST);
  if (failed == -EEXIST && !(flags & WIRE_SNAPSHOT)) {
    end_missed(find_open_file(address), &record->entry);
    failed = bpf_map_update_elem(&open_files, &address, &record->entry, BPF_ANY);
  }
  if (failed)
    block_ended(&record->header.actor);
  return failed;
}

/* `task` opened the file with `call_flags`, or is the first seen to use it. The caller checked that it is a file to follow. */
static __noinline int file_opened(u64 address, u32 flags, u32 call_flags, struct task_struct* task) {
  struct file* file = TYPED(address, file);
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  struct scratch* scratch = take_scratch(WIRE_FILE_FAMILY);
  if (!scratch)
    return 0;
  struct opened_record* record = (struct opened_record*)scratch->record;
  read_actor(&record->header.actor, task);
  fill_entry(record, file, flags, call_flags);
  fill_path(record, file, scratch);
  long failed = add_entry(address, record, flags);
  if (failed == -EEXIST) { /* a hook came before the snapshot */
    count(WIRE_FILE_FAMILY, COUNT_SUPPRESSED);
  } else if (failed) {
    lose(WIRE_FILE_FAMILY, failed == BLOCKS_QUOTA ? COUNT_LOST_BLOCKS : COUNT_LOST_MAP, &record->header.actor);
  } else {
    count(WIRE_FILE_FAMILY, COUNT_CONDENSED);
    if (record->entry.file.flags & WIRE_TOLD) {
      count(WIRE_FILE_FAMILY, COUNT_SEEN);
      struct open_file* entry = send_opened(record, record->entry.file.open_time) ? 0 : find_open_file(address);
      if (entry)
        note_loss(entry);
    }
  }
  give_scratch(scratch);
  return 0;
}

/* The entry of a handle through which `task` changes its file; made now if the open was not seen. */
static __always_inline struct open_file* follow(u64 address, struct task_struct* task) {
  struct open_file* entry = find_open_file(address);
  if (entry)
    return entry;
  struct file* file = TYPED(address, file);
  /* A backing file (of overlayfs, behind a mapping) is freed by another way: its end would never be seen. */
  if ((file->f_inode->i_mode & MODE_TYPE) != MODE_REGULAR || file->f_mode & (FMODE_PATH | FMODE_BACKING))
    return 0;
  file_opened(address, WIRE_LAZY, 0, task);
  return find_open_file(address);
}

/* An act at `now` that makes or keeps the block one to tell. */
static __always_inline void mark(struct open_file* entry, u32 flags, u64 now) {
  if (!entry->first_change)
    entry->first_change = now;
  entry->last_change = now;
  if ((entry->file.flags & (flags | WIRE_TOLD)) == (flags | WIRE_TOLD))
    return;
  __sync_fetch_and_or(&entry->file.flags, flags);
  if (!(entry->file.flags & WIRE_TOLD))
    file_first_act(entry);
}

#endif
