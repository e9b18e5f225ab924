// SPDX-License-Identifier: Apache-2.0
#include "export/linux/sleeper.hpp"

#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace monster {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t), "futex(2) takes the bare word");

void Sleeper::block(Duration at_most) {
  if (at_most.ns <= 0)
    return;
  const timespec relative{at_most.ns / 1'000'000'000, at_most.ns % 1'000'000'000};
  ::syscall(SYS_futex, &state_, FUTEX_WAIT_PRIVATE, asleep, &relative, nullptr, 0);
}

void Sleeper::unblock() { ::syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0); }

} // namespace monster
