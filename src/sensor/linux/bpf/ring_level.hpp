// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>

namespace monster {

// How full a BPF ring buffer is, from the positions that the kernel shares: consumer's on the first page,
// producer's on the second (kernel/bpf/ringbuf.c).
class RingLevel {
public:
  RingLevel() = default;
  [[nodiscard]] static Result<RingLevel> open(int map_fd, std::uint64_t ring_bytes);
  RingLevel(RingLevel&& other) noexcept;
  RingLevel& operator=(RingLevel&& other) noexcept;
  RingLevel(const RingLevel&) = delete;
  RingLevel& operator=(const RingLevel&) = delete;
  ~RingLevel();

  [[nodiscard]] bool more_than_half() const;

private:
  void* pages_ = nullptr;
  std::size_t page_size_ = 0;
  std::uint64_t ring_bytes_ = 0;
};

} // namespace monster
