/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which system call a task is in, and its arguments, in either ABI. */
#ifndef MONSTER_READ_CALL_H
#define MONSTER_READ_CALL_H

#include "../program.h"
#include "../calls.h"

/* enum call_kind by ABI and number; the numbers of 32-bit programs mean other calls. */
const volatile u8 call_kinds[ABI_COUNT][CALL_NUMBERS] = {};

enum { X32_BIT = 0x40000000 }; /* asm/unistd.h __X32_SYSCALL_BIT; such calls have the registers of 64-bit ones */
enum { TS_COMPAT = 2, PF_EXITING = 0x4, PF_IO_WORKER = 0x10, PF_KTHREAD = 0x200000 };

static __always_inline bool is_32bit_call(struct task_struct* task) { return task->thread_info.status & TS_COMPAT; }

static __always_inline u32 kind_of_call(struct task_struct* task, struct pt_regs* regs) {
  u64 number = regs->orig_ax;
  u32 abi = is_32bit_call(task) ? ABI_32 : ABI_64;
  if (abi == ABI_64 && number & X32_BIT) {
    abi = ABI_X32;
    number &= ~(u64)X32_BIT;
  }
  if (number >= CALL_NUMBERS)
    return CALL_NONE;
  asm volatile("%0 &= 1023" : "+r"(number));
  return call_kinds[abi][number];
}

struct call {
  u64 argument[6];
};

/* A 64-bit value that a 32-bit program gives in two arguments. */
static __always_inline u64 two_words(u64 low, u64 high) { return low | high << 32; }

static __always_inline void read_call(struct call* call, struct task_struct* task, struct pt_regs* regs) {
  if (is_32bit_call(task)) {
    call->argument[0] = (u32)regs->bx;
    call->argument[1] = (u32)regs->cx;
    call->argument[2] = (u32)regs->dx;
    call->argument[3] = (u32)regs->si;
    call->argument[4] = (u32)regs->di;
    call->argument[5] = (u32)regs->bp;
    return;
  }
  call->argument[0] = regs->di;
  call->argument[1] = regs->si;
  call->argument[2] = regs->dx;
  call->argument[3] = regs->r10;
  call->argument[4] = regs->r8;
  call->argument[5] = regs->r9;
}

#endif
