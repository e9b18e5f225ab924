// SPDX-License-Identifier: Apache-2.0
// Batches on their way from the reader to one exporter's thread.
#pragma once

#include "event/batch.hpp"
#include "export/linux/sleeper.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace monster {

struct QueueLimits {
  std::size_t bytes = 32U << 20;
  std::size_t batches = 1024;
};

struct QueueItem {
  SharedBatch batch;
  std::uint64_t gap_before = 0; // events to deliver that were dropped between the batch before and this one
  std::size_t bytes = 0;
};

// One producer, one consumer, no locks. An item counts against the limits until it is popped, which the
// consumer does after its work on it. A batch larger than the limit passes only through an empty queue.
class BatchQueue {
public:
  explicit BatchQueue(QueueLimits limits);

  // Producer. False: full, and nothing was taken.
  [[nodiscard]] bool push(const SharedBatch& batch, std::uint64_t gap_before);

  // Consumer. Null when empty.
  [[nodiscard]] const QueueItem* front() const;
  void pop();
  // Until an item is there, someone calls wake(), or the time is over.
  template <class Ready> void wait(Duration at_most, Ready&& ready) {
    sleeper_.sleep(at_most, [&] { return head_.load() != tail_.load() || ready(); });
  }

  // Any thread.
  [[nodiscard]] bool more_than_half() const { return bytes() > limits_.bytes / 2 || batches() > limits_.batches / 2; }
  void wake() { sleeper_.wake(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t batches() const { return tail_.load() - head_.load(); }

private:
  QueueLimits limits_;
  std::vector<QueueItem> slots_;
  alignas(64) std::atomic<std::size_t> tail_{0};
  alignas(64) std::atomic<std::size_t> head_{0};
  alignas(64) std::atomic<std::size_t> bytes_{0};
  Sleeper sleeper_;
};

// The memory that a batch uses.
[[nodiscard]] std::size_t bytes_of(const Batch& batch);

} // namespace monster
