/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The absolute path of a dentry, walked from the leaf to the root of the mount namespace through every
 * mount, as fs/d_path.c prepend_path does; a chroot is not stopped at. */
#ifndef MONSTER_READ_PATH_H
#define MONSTER_READ_PATH_H

#include "../program.h"

enum { PATH_PARTS_MAX = WIRE_PATH_MAX / 2 }; /* each takes two bytes or more: what fits is never stopped by this */

struct path_walk {
  struct dentry* dentry;
  struct mount* mount; /* 0: within one file system only */
  char* buffer;
  u32 offset;    /* the text starts here and ends at WIRE_PATH_MAX */
  u32 truncated; /* the head is missing: it did not fit, or could not be read */
};

struct path_text {
  u32 offset; /* in scratch::path */
  u32 length;
  u32 truncated;
};

static long path_step(u32 index, struct path_walk* walk) {
  struct dentry* dentry = TYPED(walk->dentry, dentry);
  struct mount* mount = TYPED(walk->mount, mount);
  struct dentry* parent = dentry->d_parent;
  if (walk->dentry == mount->mnt.mnt_root || walk->dentry == parent) {
    struct mount* above = mount->mnt_parent;
    if (walk->dentry != mount->mnt.mnt_root || above == walk->mount)
      return 1;
    walk->dentry = mount->mnt_mountpoint;
    walk->mount = above;
    return 0;
  }
  u32 length = dentry->d_name.len & 255;
  u32 offset = walk->offset;
  if (offset < length + 1 || offset > WIRE_PATH_MAX) {
    walk->truncated = 1;
    return 1;
  }
  offset = (offset - length) & (WIRE_PATH_MAX - 1);
  if (bpf_probe_read_kernel(walk->buffer + offset, length, dentry->d_name.name)) {
    count(WIRE_FILE_FAMILY, COUNT_UNREADABLE);
    walk->truncated = 1;
    return 1;
  }
  offset = (offset - 1) & (WIRE_PATH_MAX - 1);
  walk->buffer[offset] = '/';
  walk->offset = offset;
  walk->dentry = parent;
  return 0;
}

/* Files without a place in the tree are known by the dentry's name alone, written as /proc does: /memfd:x. */
static __always_inline struct path_text lone_name(struct dentry* leaf, char* buffer) {
  struct dentry* dentry = TYPED(leaf, dentry);
  u32 length = dentry->d_name.len & 255;
  char first = 0;
  bpf_probe_read_kernel(&first, 1, dentry->d_name.name);
  struct path_text text = {.offset = WIRE_PATH_MAX - 1, .length = 1};
  if (dentry->d_parent != leaf || length < 2 || length > 254 || first == '/') {
    buffer[WIRE_PATH_MAX - 1] = '/';
    return text;
  }
  u32 offset = WIRE_PATH_MAX - length;
  OPAQUE(offset);
  offset &= WIRE_PATH_MAX - 1;
  bpf_probe_read_kernel(buffer + offset, length, dentry->d_name.name);
  offset = (offset - 1) & (WIRE_PATH_MAX - 1);
  buffer[offset] = '/';
  text.offset = offset;
  text.length = length + 1;
  return text;
}

static __always_inline struct path_text walk_path(struct dentry* dentry, struct vfsmount* mnt, char* buffer) {
  struct path_walk walk = {
      .dentry = dentry,
      .mount = (struct mount*)((char*)mnt - bpf_core_field_offset(struct mount, mnt)),
      .buffer = buffer,
      .offset = WIRE_PATH_MAX,
  };
  long steps = bpf_loop(PATH_PARTS_MAX, path_step, &walk, 0);
  if (walk.offset == WIRE_PATH_MAX)
    return lone_name(dentry, buffer);
  u32 offset = walk.offset & (WIRE_PATH_MAX - 1);
  struct path_text text = {
      .offset = offset,
      .length = WIRE_PATH_MAX - offset,
      .truncated = walk.truncated || steps >= PATH_PARTS_MAX,
  };
  return text;
}

static __always_inline struct path_text file_path(struct file* file, char* buffer) {
  return walk_path(file->f_path.dentry, file->f_path.mnt, buffer);
}

#endif
