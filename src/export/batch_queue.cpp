// SPDX-License-Identifier: Apache-2.0
#include "export/batch_queue.hpp"

#include <algorithm>

namespace monster {

std::size_t bytes_of(const Batch& batch) { return batch.arena.bytes_used() + batch.events.size() * sizeof(Event); }

BatchQueue::BatchQueue(QueueLimits limits) : limits_(limits), slots_(std::max<std::size_t>(limits.batches, 1)) {}

bool BatchQueue::push(const SharedBatch& batch, std::uint64_t gap_before) {
  const std::size_t tail = tail_.load(std::memory_order_relaxed);
  const std::size_t used = tail - head_.load(std::memory_order_acquire);
  const std::size_t bytes = bytes_of(*batch);
  if (used >= slots_.size())
    return false;
  if (used > 0 && bytes_.load(std::memory_order_relaxed) + bytes > limits_.bytes)
    return false;
  slots_[tail % slots_.size()] = QueueItem{batch, gap_before, bytes};
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
  tail_.store(tail + 1, std::memory_order_seq_cst);
  sleeper_.wake();
  return true;
}

const QueueItem* BatchQueue::front() const {
  const std::size_t head = head_.load(std::memory_order_relaxed);
  if (head == tail_.load(std::memory_order_acquire))
    return nullptr;
  return &slots_[head % slots_.size()];
}

void BatchQueue::pop() {
  const std::size_t head = head_.load(std::memory_order_relaxed);
  QueueItem& slot = slots_[head % slots_.size()];
  bytes_.fetch_sub(slot.bytes, std::memory_order_relaxed);
  slot = QueueItem{};
  head_.store(head + 1, std::memory_order_release);
}

} // namespace monster
