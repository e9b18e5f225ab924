// SPDX-License-Identifier: Apache-2.0
// The reader's side of any exporter: its queue, what was given, and what did not fit.
#pragma once

#include "export/batch_queue.hpp"
#include "export/losses.hpp"

#include <atomic>
#include <cstdint>

namespace monster {

struct IntakeCounts {
  std::uint64_t offered = 0;  // events, filtered ones among them
  std::uint64_t dropped = 0;  // of those to deliver
  std::uint64_t filtered = 0; // found among the dropped ones, hence not lost
};

class Intake {
public:
  Intake(QueueLimits limits, bool details) : queue_(limits), details_(details) {}

  // Reader thread; see Exporter::offer.
  bool offer(const SharedBatch& batch);
  // From now on offers are refused, and the consumer does not sleep.
  void close();
  [[nodiscard]] bool closed() const { return closed_.load(); }
  [[nodiscard]] bool is_behind() const { return queue_.more_than_half(); }

  // Consumer thread.
  [[nodiscard]] const QueueItem* front() const { return queue_.front(); }
  void pop() { queue_.pop(); }
  void wait(Duration at_most) {
    queue_.wait(at_most, [this] { return closed_.load(); });
  }

  // Any thread. Read the consumer's counts first: then they never exceed these.
  [[nodiscard]] IntakeCounts counts() const;
  void take_losses(std::string_view exporter, std::vector<LossReport>& out) {
    full_.take(exporter, "queue", "the exporter's queue was full", out);
    late_.take(exporter, "stop", "offered after the exporter was stopped", out);
  }

private:
  void refuse(const Batch& batch, LossTally& tally);

  BatchQueue queue_;
  bool details_;
  std::uint64_t gap_ = 0; // the reader's
  std::atomic<std::uint64_t> offered_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> filtered_{0};
  std::atomic<bool> closed_{false};
  LossTally full_;
  LossTally late_;
};

} // namespace monster
