// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

#include <atomic>
#include <cstdint>

namespace monster {

// Lets one thread sleep until another wakes it. wake() costs a load while nobody sleeps; the standard's
// atomic wait has no timeout, and its semaphore in g++ 12 may miss a release.
class Sleeper {
public:
  // Sleeps unless `ready()` already holds; may return early. Whoever makes ready() true must do so by a
  // seq_cst store before its wake(), else the two can miss each other.
  template <class Ready> void sleep(Duration at_most, Ready&& ready) {
    state_.store(asleep, std::memory_order_seq_cst);
    if (!ready())
      block(at_most);
    state_.store(awake, std::memory_order_seq_cst);
  }
  void wake() {
    if (state_.load(std::memory_order_seq_cst) == asleep && state_.exchange(awake) == asleep)
      unblock();
  }

private:
  static constexpr std::uint32_t awake = 0;
  static constexpr std::uint32_t asleep = 1;
  void block(Duration at_most);
  void unblock();

  std::atomic<std::uint32_t> state_{awake};
};

} // namespace monster
