// SPDX-License-Identifier: Apache-2.0
#include "agent/linux/privileges.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace monster {
namespace {

constexpr int kept[] = {
    CAP_DAC_READ_SEARCH, // hash what only its owner may read
    CAP_DAC_OVERRIDE,    // write the data directory of another owner
    CAP_FOWNER,          // O_NOATIME on files of others
    CAP_SYS_PTRACE,      // /proc/PID/exe and /proc/PID/root
    CAP_BPF,             // maps and iterators
    CAP_PERFMON,         // attaching, and iterators that read kernel memory
    CAP_SYS_NICE,        // the reader ahead of what it records
};

constexpr int ahead = -10; // nice(2): about ten times the share of an ordinary thread

} // namespace

Result<> go_ahead() {
  if (::setpriority(PRIO_PROCESS, 0, ahead) != 0)
    return fail(system_error("raise", "the reader's priority"));
  return {};
}

Result<> drop_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return fail(system_error("set", "no_new_privs"));
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  if (::syscall(SYS_capget, &header, data) != 0)
    return fail(system_error("read", "the agent's capabilities"));
  __u32 mask[2] = {};
  for (const int capability : kept)
    mask[capability / 32] |= 1U << (capability % 32);
  for (int i = 0; i < 2; ++i) {
    data[i].permitted &= mask[i];
    data[i].effective = data[i].permitted;
    data[i].inheritable = 0;
  }
  if (::syscall(SYS_capset, &header, data) != 0)
    return fail(system_error("drop", "the agent's capabilities"));
  return {};
}

} // namespace monster
