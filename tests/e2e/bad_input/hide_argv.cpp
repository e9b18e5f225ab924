// SPDX-License-Identifier: Apache-2.0
// Takes the memory of its own arguments away from all who would read it, says so, and waits to be ended.
#include "../truth.hpp"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

int main(int count, char** arguments) {
  using namespace monster::e2e;
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (count < 2) {
    const std::string long_one(4 * page, 'h');
    execl("/proc/self/exe", arguments[0], long_one.c_str(), static_cast<char*>(nullptr));
    fail("exec");
  }
  const auto begin = reinterpret_cast<std::uintptr_t>(arguments[1]);
  void* within = reinterpret_cast<void*>((begin + page) / page * page);
  must(mprotect(within, page, PROT_NONE), "mprotect");
  std::puts("hidden");
  std::fflush(stdout);
  pause();
  return 0;
}
