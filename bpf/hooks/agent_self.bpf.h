/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Run once by the agent itself before anything is attached: getpid() would give the number of its own namespace. */
#include "../program.h"

SEC("syscall")
int agent_self(void* context) {
  agent_pid = bpf_get_current_pid_tgid() >> 32;
  return 0;
}
