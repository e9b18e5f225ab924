/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The end of a block: the last close, and interim blocks of handles that live long. */
#ifndef MONSTER_FILE_END_H
#define MONSTER_FILE_END_H

#include "file.bpf.h"

static __always_inline u32 append_writers(struct wire_file_block* block, struct open_file* entry, u64 address) {
  struct other_writers* others = bpf_map_lookup_elem(&shared_files, &address);
  struct wire_writer owner = {
      .start = entry->file.opener.start,
      .pid = entry->file.opener.pid,
      .exec_id = entry->file.opener.exec_id,
      .bytes_read = entry->io.bytes_read,
      .bytes_written = entry->io.bytes_written,
  };
  u32 n = 0;
  if (others) {
    n = others->count;
    if (n > WIRE_WRITERS_MAX - 1)
      n = WIRE_WRITERS_MAX - 1;
    for (u32 i = 0; i < WIRE_WRITERS_MAX - 1; i++) {
      block->writers[i + 1] = others->writer[i];
      owner.bytes_read -= others->writer[i].bytes_read;
      owner.bytes_written -= others->writer[i].bytes_written;
    }
    owner.bytes_read -= others->more_read;
    owner.bytes_written -= others->more_written;
  }
  block->writers[0] = owner;
  return n + 1;
}

enum { DCACHE_OP_REVALIDATE = 4 }; /* linux/dcache.h */

/* Renamed and deleted are seen by comparing the name now with the name at the open. */
static __always_inline u32 name_changes(struct open_file* entry, struct file* file) {
  struct dentry* dentry = file->f_path.dentry;
  u32 changes = 0;
  bool hashed = dentry->d_hash.pprev != 0;
  /* A file system that asks again for each name (NFS, FUSE) takes names out of the tree that are still there. */
  bool gone = !hashed && !(dentry->d_flags & DCACHE_OP_REVALIDATE);
  if (!(entry->file.flags & WIRE_TEMPORARY) && (gone || file->f_inode->i_nlink == 0))
    changes |= WIRE_DELETED;
  if ((u64)dentry->d_parent != entry->parent || dentry->d_name.hash_len != entry->name_hash)
    changes |= WIRE_RENAMED;
  return changes;
}

static __always_inline void send_block(struct open_file* entry, u64 address, struct scratch* scratch, u32 flags) {
  struct file* file = TYPED(address, file);
  struct wire_file_block* block = (struct wire_file_block*)scratch->record;
  u32 path_length = entry->file.path_length, final_length = 0;
  write_header(&block->header, WIRE_FILE_BLOCK, 0);
  block->file = entry->file;
  block->io = entry->io;
  read_facts(&block->after, file->f_inode);
  block->file.flags |= flags;
  if (!block->after.nlink)
    block->after.size = entry->last_size;
  block->writer_count = entry->file.flags & WIRE_SHARED ? append_writers(block, entry, address) : 0;
  OPAQUE(path_length);
  if (path_length > WIRE_PATH_INLINE)
    return;
  __builtin_memcpy(block + 1, entry->path, WIRE_PATH_INLINE);
  if (flags & WIRE_RENAMED) {
    struct path_text path = file_path(file, scratch->path);
    final_length = path.length;
    OPAQUE(final_length);
    if (final_length > WIRE_PATH_MAX)
      return;
    bpf_probe_read_kernel((char*)(block + 1) + path_length, final_length,
                          scratch->path + (path.offset & (WIRE_PATH_MAX - 1)));
    if (path.truncated)
      block->file.flags |= WIRE_FINAL_PATH_CUT | WIRE_INCOMPLETE;
  }
  u32 size = sizeof *block + path_length + final_length;
  block->final_path_length = final_length;
  block->header.size = size;
  OPAQUE(size);
  if (size > sizeof *block + WIRE_PATH_INLINE + WIRE_PATH_MAX)
    return;
  send(&blocks_ring, WIRE_FILE_FAMILY, block, size);
}

/* The last reference is gone: the struct file is being freed, its dentry and inode are still readable. */
static __noinline int file_released(u64 address) {
  struct open_file* entry = find_open_file(address);
  if (!entry)
    return 0;
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  u32 changes = name_changes(entry, TYPED(address, file));
  if (changes & ~entry->file.flags & WIRE_KEEP)
    mark(entry, changes, bpf_ktime_get_boot_ns());
  if (!((entry->file.flags | changes) & (WIRE_KEEP | WIRE_LONG_OPEN_PATH))) {
    count(WIRE_FILE_FAMILY, COUNT_SUPPRESSED);
  } else {
    struct scratch* scratch = take_scratch(WIRE_FILE_FAMILY);
    if (scratch) {
      send_block(entry, address, scratch, changes);
      give_scratch(scratch);
    }
  }
  if (entry->file.flags & WIRE_SHARED)
    bpf_map_delete_elem(&shared_files, &address);
  block_ended(&entry->file.opener);
  bpf_map_delete_elem(&open_files, &address);
  return 0;
}

#endif
