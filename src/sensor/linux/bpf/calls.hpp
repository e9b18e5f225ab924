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

} // namespace monster
