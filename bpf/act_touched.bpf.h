/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The inodes whose change time is set while an act on a path runs: noted when it is set, with their name then. */
#ifndef MONSTER_ACT_TOUCHED_H
#define MONSTER_ACT_TOUCHED_H

#include "file.bpf.h"
#include "read/argument.bpf.h"

enum { TOUCHED_PATH_MAX = 1024, ALIASES_MAX = 8, MOUNTS_MAX = 64 };

struct touched_inode {
  u64 address;
  u64 dentry; /* the name by which it was touched; 0: it had none */
  struct wire_file_id id;
  u64 parent_inode;
  s64 mtime;
  u32 length; /* of the path, 0: not kept */
  u32 fs_magic;
  char path[TOUCHED_PATH_MAX];
};

struct act_state {
  u32 count;
  u32 more;  /* there were more than fit */
  u32 place; /* of the one that is noted now: read back from here, so that the verifier follows one way, not eight */
  u32 unused;
  struct touched_inode touched[WIRE_TOUCHED_MAX];
};

struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct act_state);
} acts SEC(".maps");

/* `node` is the address of a dentry::d_u.d_alias. */
static __always_inline struct dentry* dentry_of_alias(u64 node) {
  return TYPED(node - bpf_core_field_offset(struct dentry, d_u.d_alias), dentry);
}

/* A name of the inode that is in the tree; of several, one that is held: a call holds the name it acts on, also
 * when a stacked file system took it out of the tree already (`gone`). */
static __always_inline u64 alias_of(struct inode* inode, bool gone) {
  u64 node = (u64)inode->i_dentry.first, found = 0, held_outside = 0;
  for (int i = 0; i < ALIASES_MAX && node; i++) {
    struct dentry* dentry = dentry_of_alias(node);
    bool held = dentry->d_lockref.count > 0;
    if (dentry->d_hash.pprev) {
      if (!found)
        found = (u64)dentry;
      if (held) {
        found = (u64)dentry;
        break;
      }
    } else if (held) {
      held_outside = (u64)dentry;
    }
    node = (u64)dentry->d_u.d_alias.next;
  }
  return found || !gone ? found : held_outside;
}

struct mount_search {
  struct mount* mount;
  struct mnt_namespace* ns;
};

static long mount_step(u32 index, struct mount_search* search) {
  struct mount* mount = TYPED(search->mount, mount);
  if (!search->mount || mount->mnt_ns == search->ns)
    return 1;
  search->mount = mount->mnt_next_for_sb;
  return 0;
}

/* The mount through which `task` sees a file system: the one of its root or working directory if they are
 * in it, else the first in its namespace. */
static __always_inline struct vfsmount* mount_of(struct super_block* sb, struct task_struct* task) {
  struct fs_struct* fs = task->fs;
  if (fs->root.mnt->mnt_sb == sb)
    return fs->root.mnt;
  if (fs->pwd.mnt->mnt_sb == sb)
    return fs->pwd.mnt;
  if (!bpf_core_field_exists(struct mount, mnt_next_for_sb))
    return 0;
  struct mount_search search = {.mount = sb->s_mounts, .ns = task->nsproxy->mnt_ns};
  bpf_loop(MOUNTS_MAX, mount_step, &search, 0);
  if (!search.mount)
    return 0;
  struct mount* mount = TYPED(search.mount, mount);
  return mount->mnt_ns == search.ns ? &mount->mnt : 0;
}

/* The path of a dentry as the current task sees it, put at `end` of a record. */
__noinline u32 put_seen_path_of_scratch(u32 scratch_index, u32 end) {
  struct scratch* scratch = bpf_map_lookup_elem(&scratches, &scratch_index);
  if (!scratch || !scratch->subject)
    return 0;
  struct dentry* dentry = TYPED(scratch->subject, dentry);
  struct vfsmount* mnt = mount_of(dentry->d_sb, bpf_get_current_task_btf());
  return mnt ? put_path(scratch, end, dentry, mnt) : 0;
}

static __always_inline u32 put_seen_path(struct scratch* scratch, u32 end, u64 dentry) {
  scratch->subject = dentry;
  return put_seen_path_of_scratch(scratch->index, end);
}

/* Only whole: what is longer is told by the caller's text. */
static __always_inline void keep_path(struct touched_inode* touched) {
  struct scratch* scratch = touched->dentry ? try_scratch() : 0;
  if (!scratch)
    return;
  u32 length = put_seen_path(scratch, 0, touched->dentry);
  OPAQUE(length);
  if (length <= TOUCHED_PATH_MAX) {
    bpf_probe_read_kernel(touched->path, length, scratch->record);
    touched->length = length;
  }
  give_scratch(scratch);
}

static __always_inline void fill_touched(struct touched_inode* touched, u64 address, bool name_goes) {
  struct inode* inode = TYPED(address, inode);
  touched->address = address;
  touched->dentry = alias_of(inode, name_goes);
  read_file_id(&touched->id, inode);
  touched->mtime = inode_mtime(inode);
  touched->fs_magic = inode->i_sb->s_magic;
  touched->parent_inode = touched->dentry ? TYPED(touched->dentry, dentry)->d_parent->d_inode->i_ino : 0;
  touched->length = 0;
  if (name_goes)
    keep_path(touched);
}

/* Notes an inode whose change time is set while a path act runs. One that had no name yet is noted again: a
 * stacked file system sets the time of an inode that it just makes, before it has its number. */
static __noinline int note_touched(struct act_state* state, u64 address, bool name_goes) {
  if (!state)
    return 0;
  u32 n = state->count, place = n;
  for (u32 i = 0; i < WIRE_TOUCHED_MAX; i++)
    if (i < n && state->touched[i].address == address) {
      if (state->touched[i].dentry)
        return 0;
      place = i;
    }
  *(volatile u32*)&state->place = place;
  place = *(volatile u32*)&state->place;
  if (place >= WIRE_TOUCHED_MAX) {
    state->more = 1;
    return 0;
  }
  fill_touched(&state->touched[place], address, name_goes);
  if (place == n)
    state->count = n + 1;
  return 0;
}

/* The name of a touched inode at the end of its act. A rename moves the very dentry; a link adds the newest. */
static __always_inline u64 name_after(struct touched_inode* touched, struct inode* inode, bool newest) {
  struct dentry* dentry = TYPED(touched->dentry, dentry);
  if (!newest && touched->dentry && (u64)dentry->d_inode == touched->address && dentry->d_hash.pprev)
    return touched->dentry;
  return alias_of(inode, false);
}

static __always_inline void forget_touched(struct act_state* state) { state->count = state->more = 0; }

#endif
