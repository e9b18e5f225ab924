/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What is done through an open handle: counted into its entry, told when the handle ends. */
#ifndef MONSTER_FILE_IO_H
#define MONSTER_FILE_IO_H

#include "file.bpf.h"

/* False when it was lost. */
static __always_inline bool tell_used(u64 object, struct task_struct* task) {
  struct wire_handle_used record = {.object = object};
  start_record(&record.header, WIRE_HANDLE_USED, bpf_ktime_get_boot_ns());
  record.header.size = sizeof record;
  read_actor(&record.header.actor, task);
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  return send(&blocks_ring, WIRE_FILE_FAMILY, &record, sizeof record);
}

/* Bytes of a process that is not the opener go to its own slot; slots are claimed by an atomic count, and
 * two threads that race for one give two slots of one process, which user space adds up. Returns flags. */
static __noinline int count_other(u64 address, u64 object, u64 bytes, bool write, struct task_struct* task) {
  struct other_writers* others = bpf_map_lookup_elem(&shared_files, &address);
  if (!others) {
    struct other_writers none = {};
    bpf_map_update_elem(&shared_files, &address, &none, BPF_NOEXIST);
    others = bpf_map_lookup_elem(&shared_files, &address);
    if (!others) /* its bytes will stand with the opener's */
      return WIRE_WRITERS_TRUNCATED | WIRE_INCOMPLETE;
  }
  u32 pid = task->tgid, exec_id = (u32)task->self_exec_id;
  for (u32 i = 0; i < WIRE_WRITERS_MAX; i++) {
    struct wire_writer* writer = &others->writer[i];
    if (writer->pid == pid && writer->exec_id == exec_id) {
      __sync_fetch_and_add(write ? &writer->bytes_written : &writer->bytes_read, bytes);
      return 0;
    }
  }
  u32 slot = others->count;
  if (slot < WIRE_WRITERS_MAX - 1)
    slot = __sync_fetch_and_add(&others->count, 1);
  if (slot >= WIRE_WRITERS_MAX - 1) { /* the opener takes the last place when the block is told */
    __sync_fetch_and_add(write ? &others->more_written : &others->more_read, bytes);
    return WIRE_WRITERS_TRUNCATED;
  }
  struct wire_writer* writer = &others->writer[slot & (WIRE_WRITERS_MAX - 1)];
  writer->start = task->group_leader->start_boottime;
  writer->exec_id = exec_id;
  writer->bytes_written = write ? bytes : 0;
  writer->bytes_read = write ? 0 : bytes;
  writer->pid = pid;
  return tell_used(object, task) ? 0 : WIRE_INCOMPLETE;
}

static __always_inline void count_actor(struct open_file* entry, u64 address, u64 bytes, bool write,
                                        struct task_struct* task) {
  if (entry->file.opener.pid == (u32)task->tgid && entry->file.opener.exec_id == (u32)task->self_exec_id)
    return;
  u32 flags = WIRE_SHARED | (u32)count_other(address, entry->file.object, bytes, write, task);
  if ((entry->file.flags & flags) != flags)
    __sync_fetch_and_or(&entry->file.flags, flags);
}

static __always_inline void file_read(u64 address, u64 bytes, struct task_struct* task) {
  struct open_file* entry = find_open_file(address);
  if (!entry)
    return;
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  count(WIRE_FILE_FAMILY, COUNT_CONDENSED);
  __sync_fetch_and_add(&entry->io.read_count, 1);
  __sync_fetch_and_add(&entry->io.bytes_read, bytes);
  count_actor(entry, address, bytes, false, task);
}

/* `offset` is where the first byte went; negative means the file's position, which now stands behind the last. */
static __always_inline void file_written(u64 address, s64 offset, u64 bytes, struct task_struct* task) {
  struct open_file* entry = follow(address, task);
  if (!entry)
    return;
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  count(WIRE_FILE_FAMILY, COUNT_CONDENSED);
  if (offset < 0) {
    struct file* file = TYPED(address, file);
    offset = file->f_pos - (s64)bytes;
  }
  entry->last_size = TYPED(address, file)->f_inode->i_size;
  u64 now = bpf_ktime_get_boot_ns();
  if (!entry->io.first_write)
    entry->io.first_write = now;
  entry->io.last_write = now;
  if ((u64)offset < entry->io.lowest_offset)
    entry->io.lowest_offset = offset;
  if (offset + bytes > entry->io.highest_end)
    entry->io.highest_end = offset + bytes;
  __sync_fetch_and_add(&entry->io.write_count, 1);
  __sync_fetch_and_add(&entry->io.bytes_written, bytes);
  mark(entry, WIRE_WRITTEN, now);
  count_actor(entry, address, bytes, true, task);
}

static __always_inline void file_changed(u64 address, u32 flags, struct task_struct* task) {
  struct open_file* entry = follow(address, task);
  if (!entry)
    return;
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  count(WIRE_FILE_FAMILY, COUNT_CONDENSED);
  entry->last_size = TYPED(address, file)->f_inode->i_size;
  mark(entry, flags, bpf_ktime_get_boot_ns());
}

static __always_inline void file_truncated(u64 address, u64 size, struct task_struct* task) {
  struct open_file* entry = follow(address, task);
  if (!entry)
    return;
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  count(WIRE_FILE_FAMILY, COUNT_CONDENSED);
  entry->io.truncated_to = entry->last_size = size;
  mark(entry, WIRE_TRUNCATED, bpf_ktime_get_boot_ns());
}

#endif
