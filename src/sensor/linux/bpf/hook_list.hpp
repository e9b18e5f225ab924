// SPDX-License-Identifier: Apache-2.0
// The one list of hooks: what each is for, what it needs of the kernel and what is lost without it.
#pragma once

#include "sensor/linux/bpf/sensor.hpp"

#include <span>
#include <string_view>

namespace monster {

struct HookInfo {
  std::string_view fact;
  std::string_view program;    // name in bpf/hooks/
  std::string_view tracepoint; // as tp_btf names it; empty for an iterator
  std::string_view iterator;
  bool needed;
  std::string_view lost_without;
};

[[nodiscard]] std::span<const HookInfo> hook_list();

} // namespace monster
