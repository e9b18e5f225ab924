/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The kernel types and fields that the programs read, and no others: this file is the list of what we
 * rely on. Offsets are relocated to the running kernel at load. A name after ___ is the same kernel type
 * as it was in other versions; code asks bpf_core_field_exists before it reads one. */
#ifndef MONSTER_KERNEL_H
#define MONSTER_KERNEL_H

typedef unsigned char u8, __u8;
typedef unsigned short u16, __u16, __be16;
typedef unsigned int u32, __u32, __be32, __wsum;
typedef unsigned long long u64, __u64;
typedef signed char s8, __s8;
typedef signed short s16, __s16;
typedef signed int s32, __s32;
typedef signed long long s64, __s64;
typedef unsigned long size_t;
typedef int pid_t;
typedef _Bool bool;

enum { false = 0, true = 1 };

enum bpf_map_type {
  BPF_MAP_TYPE_HASH = 1,
  BPF_MAP_TYPE_ARRAY = 2,
  BPF_MAP_TYPE_PERCPU_ARRAY = 6,
  BPF_MAP_TYPE_LRU_HASH = 9,
  BPF_MAP_TYPE_RINGBUF = 27,
  BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1, BPF_F_NO_PREALLOC = 1, BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2, BPF_RB_AVAIL_DATA = 0, BPF_RB_RING_SIZE = 1 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* arch/x86/include/asm/ptrace.h */
struct pt_regs {
  unsigned long r8, r9, r10, orig_ax, ax, bx, cx, dx, si, di, bp;
};

typedef struct {
  u32 val;
} kuid_t;
typedef struct {
  u32 val;
} kgid_t;
typedef struct {
  int counter;
} atomic_t;
typedef struct {
  u64 val;
} kernel_cap_t;

struct timespec64 {
  s64 tv_sec;
  long tv_nsec;
};
struct hlist_node {
  struct hlist_node* next;
};
struct hlist_head {
  struct hlist_node* first;
};
struct hlist_bl_node {
  struct hlist_bl_node *next, **pprev;
};
struct qstr {
  union {
    struct {
      u32 hash;
      u32 len;
    };
    u64 hash_len;
  };
  const unsigned char* name;
};

struct lockref {
  int count;
};

struct super_block {
  u32 s_dev;
  unsigned long s_magic;
  struct mount* s_mounts;
};

struct dentry {
  u32 d_flags;
  struct hlist_bl_node d_hash;
  struct dentry* d_parent;
  struct lockref d_lockref;
  struct qstr d_name;
  struct inode* d_inode;
  struct super_block* d_sb;
  union {
    struct hlist_node d_alias;
  } d_u;
};

struct vfsmount {
  struct dentry* mnt_root;
  struct super_block* mnt_sb;
};
struct mount {
  struct mount* mnt_parent;
  struct dentry* mnt_mountpoint;
  struct vfsmount mnt;
  struct mount* mnt_next_for_sb;
  struct mnt_namespace* mnt_ns;
};
struct path {
  struct vfsmount* mnt;
  struct dentry* dentry;
};

struct inode {
  u16 i_mode;
  kuid_t i_uid;
  kgid_t i_gid;
  u32 i_flags;
  struct super_block* i_sb;
  unsigned long i_ino;
  u32 i_nlink;
  s64 i_size;
  s64 i_mtime_sec, i_ctime_sec;
  u32 i_mtime_nsec, i_ctime_nsec;
  u32 i_generation;
  struct hlist_head i_dentry;
};
/* before 6.11 */
struct inode___timespec {
  struct timespec64 __i_mtime, __i_ctime;
};
/* before 6.7 */
struct inode___plain {
  struct timespec64 i_mtime, i_ctime;
};

struct ext4_inode_info {
  struct inode vfs_inode;
  struct timespec64 i_crtime;
};
struct ovl_inode {
  struct inode vfs_inode;
  struct dentry* __upperdentry;
};
struct shmem_inode_info {
  struct inode vfs_inode;
  struct timespec64 i_crtime;
};

struct callback_head {
  struct callback_head* next;
};
struct file {
  u32 f_mode;
  u32 f_flags;
  struct inode* f_inode;
  struct path f_path;
  s64 f_pos;
  struct callback_head f_task_work;
};
struct fdtable {
  u32 max_fds;
  struct file** fd;
};
struct files_struct {
  struct fdtable* fdt;
};
struct fs_struct {
  struct path root, pwd;
};

struct ns_common {
  u32 inum;
};
struct mnt_namespace {
  struct ns_common ns;
};
struct pid_namespace {
  struct ns_common ns;
};
struct net {
  struct ns_common ns;
};
struct user_namespace {
  struct ns_common ns;
};
struct uts_namespace {
  struct ns_common ns;
};
struct ipc_namespace {
  struct ns_common ns;
};
struct cgroup_namespace {
  struct ns_common ns;
};
struct nsproxy {
  struct uts_namespace* uts_ns;
  struct ipc_namespace* ipc_ns;
  struct mnt_namespace* mnt_ns;
  struct pid_namespace* pid_ns_for_children;
  struct net* net_ns;
  struct cgroup_namespace* cgroup_ns;
};

struct group_info {
  int ngroups;
  kgid_t gid[0];
};
struct cred {
  kuid_t uid, euid;
  kgid_t gid, egid;
  kernel_cap_t cap_effective;
  struct user_namespace* user_ns;
  struct group_info* group_info;
};

struct upid {
  int nr;
};
struct pid {
  struct upid numbers[1];
};
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID };
struct tty_struct {
  char name[64];
};
struct task_io_accounting {
  u64 rchar, wchar;
};
struct signal_struct {
  atomic_t live;
  int group_exit_code;
  u32 flags;
  struct pid* pids[4];
  struct tty_struct* tty;
  u64 utime, stime;
  unsigned long long sum_sched_runtime;
  unsigned long maxrss;
  struct task_io_accounting ioac;
};
struct sched_entity {
  u64 sum_exec_runtime;
};
struct mm_struct {
  unsigned long arg_start, arg_end, env_start, env_end;
  struct file* exe_file;
};
struct thread_info {
  u32 status;
};
struct vm_area_struct {
  unsigned long vm_end;
  unsigned long vm_flags;
  struct file* vm_file;
};

struct kernfs_node {
  struct kernfs_node* __parent;
  const char* name;
};
/* before 6.15 */
struct kernfs_node___old {
  struct kernfs_node* parent;
};
struct cgroup {
  struct kernfs_node* kn;
};
struct cgroup_subsys_state {
  struct cgroup* cgroup;
};
struct css_set {
  struct cgroup_subsys_state* subsys[14];
  struct cgroup* dfl_cgrp;
};
enum cgroup_subsys_id { cpuset_cgrp_id, memory_cgrp_id, pids_cgrp_id };

struct task_struct {
  struct thread_info thread_info;
  u32 flags;
  int pid, tgid;
  int exit_code;
  struct task_struct *real_parent, *group_leader;
  u64 start_boottime;
  u64 self_exec_id;
  u64 utime, stime;
  struct sched_entity se;
  const struct cred *cred, *real_cred;
  struct fs_struct* fs;
  struct files_struct* files;
  struct nsproxy* nsproxy;
  struct signal_struct* signal;
  struct mm_struct* mm;
  kuid_t loginuid;
  struct task_io_accounting ioac;
  struct css_set* cgroups;
  struct callback_head* task_works;
  void* worker_private; /* of an io_uring worker: struct io_worker */
};

struct linux_binprm {
  struct file *file, *executable;
  const char *filename, *interp;
  int argc;
};
struct kmem_cache {
  const char* name;
};

/* io_uring/ and include/linux/io_uring_types.h: internal types, each read is guarded */
struct io_uring_task {
  struct task_struct* task;
};
struct io_uring_cqe {
  s32 res;
};
struct io_cqe {
  s32 fd;
};
struct io_rsrc_node {
  unsigned long file_ptr;
};
struct io_rsrc_data {
  u32 nr;
  struct io_rsrc_node** nodes;
};
struct io_file_table {
  struct io_rsrc_data data;
};
struct kiocb {
  struct file* ki_filp;
  s64 ki_pos;
};
struct io_rw {
  struct kiocb kiocb;
};
struct filename {
  const char* name;
};
struct open_how {
  u64 flags;
};
struct io_open {
  struct file* file;
  int dfd;
  u32 file_slot;
  struct filename* filename;
  struct open_how how;
};
struct io_unlink {
  struct file* file;
  int dfd;
  int flags;
  struct filename* filename;
};
struct io_rename {
  struct file* file;
  int old_dfd, new_dfd;
  struct filename *oldpath, *newpath;
  int flags;
};
struct io_link {
  struct file* file;
  int old_dfd, new_dfd;
  struct filename *oldpath, *newpath;
  int flags;
};
struct io_mkdir {
  struct file* file;
  int dfd;
  struct filename* filename;
};
struct io_wq_work {
  int cancel_seq;
};
struct io_worker {
  struct io_wq_work* cur_work;
};
struct io_ftrunc {
  struct file* file;
  s64 len;
};
struct io_kiocb {
  struct file* file;
  u8 opcode;
  u64 flags;
  struct io_cqe cqe;
  struct io_ring_ctx* ctx;
  struct io_uring_task* tctx;
  struct io_wq_work work;
};
struct io_ring_ctx {
  struct io_file_table file_table;
};

struct seq_file {
  u64 unused;
};
struct bpf_iter_meta {
  struct seq_file* seq;
};
struct bpf_iter__task {
  struct bpf_iter_meta* meta;
  struct task_struct* task;
};
struct bpf_iter__task_file {
  struct bpf_iter_meta* meta;
  struct task_struct* task;
  u32 fd;
  struct file* file;
};
struct bpf_map;
struct bpf_iter__bpf_map_elem {
  struct bpf_iter_meta* meta;
  struct bpf_map* map;
  void *key, *value;
};

#pragma clang attribute pop

#endif
