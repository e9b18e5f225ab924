/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The cgroup path of a task: the v2 one unless it is the root, else v1 memory, else v1 pids. */
#ifndef MONSTER_READ_CGROUP_H
#define MONSTER_READ_CGROUP_H

#include "../program.h"
#include "path.bpf.h"

enum { CGROUP_PARTS_MAX = WIRE_PATH_MAX / 2 };

struct cgroup_walk {
  struct kernfs_node* node;
  char* buffer;
  u32 offset;
  u32 truncated;
};

static __always_inline struct kernfs_node* node_parent(struct kernfs_node* node) {
  struct kernfs_node___old* old = (void*)node;
  return bpf_core_field_exists(node->__parent) ? BPF_CORE_READ(node, __parent) : BPF_CORE_READ(old, parent);
}

static long cgroup_step(u32 index, struct cgroup_walk* walk) {
  struct kernfs_node* node = walk->node;
  struct kernfs_node* parent = node_parent(node);
  if (!parent)
    return 1;
  u32 offset = walk->offset;
  if (offset < SCRATCH_NAME || offset > WIRE_PATH_MAX) {
    walk->truncated = 1;
    return 1;
  }
  /* The length is known only after the copy, so the name is read to a spare place behind the text first. */
  const char* name = BPF_CORE_READ(node, name);
  long size = bpf_probe_read_kernel_str(walk->buffer + WIRE_PATH_MAX, SCRATCH_NAME, name);
  if (size <= 1 || size > SCRATCH_NAME)
    return 1;
  u32 length = ((u32)size - 1) & 255;
  offset = (offset - length) & (WIRE_PATH_MAX - 1);
  bpf_probe_read_kernel(walk->buffer + offset, length, name);
  offset = (offset - 1) & (WIRE_PATH_MAX - 1);
  walk->buffer[offset] = '/';
  walk->offset = offset;
  walk->node = parent;
  return 0;
}

static __always_inline struct path_text walk_cgroup(struct kernfs_node* node, char* buffer) {
  struct cgroup_walk walk = {.node = node, .buffer = buffer, .offset = WIRE_PATH_MAX};
  long steps = bpf_loop(CGROUP_PARTS_MAX, cgroup_step, &walk, 0);
  struct path_text text = {
      .offset = walk.offset,
      .length = WIRE_PATH_MAX - walk.offset,
      .truncated = walk.truncated || steps >= CGROUP_PARTS_MAX,
  };
  return text;
}

static __always_inline struct kernfs_node* v1_node(struct css_set* set, u32 subsystem) {
  struct cgroup_subsys_state* state = 0;
  bpf_probe_read_kernel(&state, sizeof state, &set->subsys[subsystem & 15]);
  return state ? BPF_CORE_READ(state, cgroup, kn) : 0;
}

static __always_inline struct path_text cgroup_path(struct task_struct* task, char* buffer) {
  struct css_set* set = task->cgroups;
  struct path_text text = walk_cgroup(BPF_CORE_READ(set, dfl_cgrp, kn), buffer);
  if (!text.length && bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id)) {
    struct kernfs_node* node = v1_node(set, bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id));
    if (node)
      text = walk_cgroup(node, buffer);
  }
  if (!text.length && bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id)) {
    struct kernfs_node* node = v1_node(set, bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id));
    if (node)
      text = walk_cgroup(node, buffer);
  }
  return text;
}

#endif
