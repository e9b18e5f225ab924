// SPDX-License-Identifier: Apache-2.0
// The smallest program: linked without any library, it ends at its first instruction, so that running it a
// hundred thousand times measures the agent and not the loader.
#include <sys/syscall.h>

extern "C" [[noreturn]] void _start() {
  asm volatile("syscall" ::"a"(SYS_exit_group), "D"(0));
  __builtin_unreachable();
}
