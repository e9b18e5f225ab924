/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Every program that is loaded: thin hooks over one logic file per family. */
#include "program.h"

char program_license[] SEC("license") = "Dual BSD/GPL";

/* Never used: clang leaves out of the BTF what no variable, map or function signature names. */
union wire_record* wire_records;

#include "hooks/agent_self.bpf.h"
#include "hooks/process_sched.bpf.h"
#include "hooks/file_sysexit.bpf.h"
#include "hooks/file_filp_free.bpf.h"
#include "hooks/file_ctime.bpf.h"
#include "hooks/file_uring.bpf.h"
#include "hooks/file_snapshot.bpf.h"
