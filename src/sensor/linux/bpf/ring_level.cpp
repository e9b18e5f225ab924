// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/ring_level.hpp"

#include <atomic>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace monster {

Result<RingLevel> RingLevel::open(int map_fd, std::uint64_t ring_bytes) {
  RingLevel level;
  level.page_size_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  level.ring_bytes_ = ring_bytes;
  void* const pages = ::mmap(nullptr, 2 * level.page_size_, PROT_READ, MAP_SHARED, map_fd, 0);
  if (pages == MAP_FAILED)
    return fail(system_error("map", "the positions of a ring"));
  level.pages_ = pages;
  return level;
}

RingLevel::RingLevel(RingLevel&& other) noexcept
    : pages_(std::exchange(other.pages_, nullptr)), page_size_(other.page_size_), ring_bytes_(other.ring_bytes_) {}

RingLevel& RingLevel::operator=(RingLevel&& other) noexcept {
  std::swap(pages_, other.pages_);
  std::swap(page_size_, other.page_size_);
  std::swap(ring_bytes_, other.ring_bytes_);
  return *this;
}

RingLevel::~RingLevel() {
  if (pages_ != nullptr)
    ::munmap(pages_, 2 * page_size_);
}

bool RingLevel::more_than_half() const {
  if (pages_ == nullptr)
    return false;
  auto* const first = static_cast<std::uint64_t*>(pages_);
  auto* const second = static_cast<std::uint64_t*>(static_cast<void*>(static_cast<std::byte*>(pages_) + page_size_));
  const std::uint64_t consumed = std::atomic_ref(*first).load(std::memory_order_relaxed);
  const std::uint64_t produced = std::atomic_ref(*second).load(std::memory_order_acquire);
  return produced - consumed > ring_bytes_ / 2;
}

} // namespace monster
