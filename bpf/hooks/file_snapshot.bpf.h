/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Handles that were open before the hooks were: each gets its entry, unless a hook was faster. */
#include "../file_end.bpf.h"

SEC("iter/task_file")
int file_snapshot(struct bpf_iter__task_file* step) {
  struct task_struct* task = step->task;
  struct file* file = step->file;
  if (!task || !file || task->tgid == agent_pid)
    return 0;
  if ((file->f_inode->i_mode & MODE_TYPE) != MODE_REGULAR || !(file->f_mode & FMODE_WRITE) || file->f_mode & FMODE_PATH)
    return 0;
  return file_opened((u64)file, WIRE_SNAPSHOT, 0, task);
}

enum { INTERIM_FIRST = 2, INTERIM_NEXT = 60 };
enum { SECOND = 1000000000 };

/* Blocks of handles that live long: 2 s after the first change, then each minute while it goes on. */
SEC("iter/bpf_map_elem")
int file_interim(struct bpf_iter__bpf_map_elem* step) {
  u64* key = step->key;
  struct open_file* entry = step->value;
  if (!key || !entry || !(entry->file.flags & WIRE_KEEP))
    return 0;
  /* What is told once more must not push out what is told once: the rest comes with the next pass. */
  if (bpf_ringbuf_query(&blocks_ring, BPF_RB_AVAIL_DATA) > bpf_ringbuf_query(&blocks_ring, BPF_RB_RING_SIZE) / 4)
    return 0;
  u64 now = bpf_ktime_get_boot_ns(), address = *key, told = entry->interim_time;
  u64 due = told ? told + INTERIM_NEXT * (u64)SECOND : entry->first_change + INTERIM_FIRST * (u64)SECOND;
  if (now < due)
    return 0;
  s64 ctime = inode_ctime(TYPED(address, file)->f_inode);
  bool written_by_mapping = entry->file.flags & WIRE_MAPPED_WRITABLE && ctime != entry->interim_ctime;
  if (told && entry->last_change < told && !written_by_mapping)
    return 0;
  entry->interim_time = now;
  entry->interim_ctime = ctime;
  struct open_file* live = find_open_file(address);
  if (!live)
    return 0;
  count(WIRE_FILE_FAMILY, COUNT_SEEN);
  struct scratch* scratch = take_scratch(WIRE_FILE_FAMILY);
  if (!scratch)
    return 0;
  send_block(live, address, scratch, name_changes(live, TYPED(address, file)) | WIRE_INTERIM);
  give_scratch(scratch);
  return 0;
}
