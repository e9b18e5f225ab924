// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace monster {

// One system call that the hooks look at: what it does, and its number in each ABI (-1: it has none).
// Sources: arch/x86/entry/syscalls/syscall_64.tbl and syscall_32.tbl.
struct WantedCall {
  std::uint8_t kind; // enum call_kind of bpf/calls.h
  std::int16_t number_64;
  std::int16_t number_32;
};

[[nodiscard]] std::span<const WantedCall> wanted_calls();
// Its number in the x32 ABI, without the bit that says so (asm/unistd_x32.h); -1: it has none.
[[nodiscard]] int number_x32(const WantedCall& call);

} // namespace monster
