// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/hook_list.hpp"

namespace monster {

std::span<const HookInfo> hook_list() {
  static constexpr HookInfo hooks[] = {
      {"process forked", "process_sched_fork", "sched_process_fork", "", true,
       "parents, and processes that never exec"},
      {"image executed", "process_sched_exec", "sched_process_exec", "", true, "what processes run"},
      {"process ended", "process_sched_exit", "sched_process_exit", "", true, "ends, exit codes and totals"},
      {"processes that ran before", "process_snapshot", "", "task", false,
       "command lines and parents of older processes"},
      // Ahead of what follows files: one that is opened and closed in between would stay as an entry for good.
      {"last close of a file", "file_filp_free", "kmem_cache_free", "", true, "the end of file blocks"},
      {"files opened, read, written, changed", "file_sysexit", "sys_exit", "", true, "all file events"},
      {"inode of an act on a path", "file_ctime_set", "inode_set_ctime_to_ts", "", false,
       "file_key and true path of renames, deletions and changes by path"},
      {"inode of an act on a path", "file_ctime_exchanged", "ctime_ns_xchg", "", false,
       "the same on file systems with fine-grained times"},
      {"inode of an act on a path", "file_ctime_kept", "ctime_xchg_skip", "", false,
       "the same when the time did not advance"},
      {"acts by io_uring", "file_uring_complete", "io_uring_complete", "", false,
       "what is read, written and opened by io_uring"},
      {"names of acts by io_uring", "file_uring_submit", "io_uring_submit_req", "", false,
       "renames and deletions by io_uring, and that completions were hidden"},
      {"files that were open before", "file_snapshot", "", "task_file", false,
       "blocks of handles opened before the agent"},
      {"blocks of long-lived handles", "file_interim", "", "bpf_map_elem", false,
       "interim blocks; the final ones remain"},
  };
  return hooks;
}

} // namespace monster
