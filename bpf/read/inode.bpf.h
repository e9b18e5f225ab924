/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Identity and attributes of an inode, over the kernels in which they moved. */
#ifndef MONSTER_READ_INODE_H
#define MONSTER_READ_INODE_H

#include "../program.h"

enum { MODE_TYPE = 0170000, MODE_REGULAR = 0100000 };
enum { EXT4_MAGIC = 0xef53, TMPFS_MAGIC = 0x01021994, OVERLAYFS_MAGIC = 0x794c7630 };

static __always_inline s64 to_ns(s64 seconds, s64 nanoseconds) { return seconds * 1000000000 + nanoseconds; }

static __always_inline s64 inode_mtime(struct inode* inode) {
  if (bpf_core_field_exists(inode->i_mtime_sec))
    return to_ns(inode->i_mtime_sec, inode->i_mtime_nsec);
  struct inode___timespec* old = (void*)inode;
  if (bpf_core_field_exists(old->__i_mtime))
    return to_ns(BPF_CORE_READ(old, __i_mtime.tv_sec), BPF_CORE_READ(old, __i_mtime.tv_nsec));
  struct inode___plain* plain = (void*)inode;
  return to_ns(BPF_CORE_READ(plain, i_mtime.tv_sec), BPF_CORE_READ(plain, i_mtime.tv_nsec));
}

static __always_inline s64 inode_ctime(struct inode* inode) {
  if (bpf_core_field_exists(inode->i_ctime_sec))
    return to_ns(inode->i_ctime_sec, inode->i_ctime_nsec & 0x3fffffff); /* 6.13+: a flag lives in the top bits */
  struct inode___timespec* old = (void*)inode;
  if (bpf_core_field_exists(old->__i_ctime))
    return to_ns(BPF_CORE_READ(old, __i_ctime.tv_sec), BPF_CORE_READ(old, __i_ctime.tv_nsec));
  struct inode___plain* plain = (void*)inode;
  return to_ns(BPF_CORE_READ(plain, i_ctime.tv_sec), BPF_CORE_READ(plain, i_ctime.tv_nsec));
}

static __always_inline void read_facts(struct wire_file_facts* facts, struct inode* inode) {
  facts->size = inode->i_size;
  facts->mtime = inode_mtime(inode);
  facts->ctime = inode_ctime(inode);
  facts->mode = inode->i_mode;
  facts->uid = inode->i_uid.val;
  facts->gid = inode->i_gid.val;
  facts->nlink = inode->i_nlink;
  facts->inode_flags = inode->i_flags;
  facts->unused = 0;
}

/* An overlay's inode has none of its own. It has the number of the file below, which may be used again if that is
 * in the upper layer: then its generation tells the two apart. The layers further down never change. */
static __always_inline u32 overlay_generation(struct inode* inode) {
  if (!bpf_core_type_exists(struct ovl_inode))
    return inode->i_generation;
  struct ovl_inode* stacked = (void*)inode - bpf_core_field_offset(struct ovl_inode, vfs_inode);
  struct dentry* upper = BPF_CORE_READ(stacked, __upperdentry);
  if (!upper || BPF_CORE_READ(upper, d_inode, i_ino) != inode->i_ino)
    return 0;
  return BPF_CORE_READ(upper, d_inode, i_generation);
}

static __always_inline void read_file_id(struct wire_file_id* id, struct inode* inode) {
  id->inode = inode->i_ino;
  id->device = inode->i_sb->s_dev;
  id->generation = inode->i_sb->s_magic == OVERLAYFS_MAGIC ? overlay_generation(inode) : inode->i_generation;
}

/* 0 where the file system keeps no birth time, or we do not know where. */
static __always_inline s64 inode_birth_time(struct inode* inode, u32 magic) {
  if (magic == EXT4_MAGIC && bpf_core_type_exists(struct ext4_inode_info)) {
    struct ext4_inode_info* info = (void*)inode - bpf_core_field_offset(struct ext4_inode_info, vfs_inode);
    return to_ns(BPF_CORE_READ(info, i_crtime.tv_sec), BPF_CORE_READ(info, i_crtime.tv_nsec));
  }
  if (magic == TMPFS_MAGIC && bpf_core_type_exists(struct shmem_inode_info)) {
    struct shmem_inode_info* info = (void*)inode - bpf_core_field_offset(struct shmem_inode_info, vfs_inode);
    return to_ns(BPF_CORE_READ(info, i_crtime.tv_sec), BPF_CORE_READ(info, i_crtime.tv_nsec));
  }
  return 0;
}

#endif
