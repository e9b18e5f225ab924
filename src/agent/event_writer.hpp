// SPDX-License-Identifier: Apache-2.0
// Where events get the columns that all have, their number, and a place in a batch.
#pragma once

#include "agent/inputs.hpp"
#include "agent/ledger.hpp"
#include "event/batch.hpp"
#include "event/observation.hpp"
#include "host/answers.hpp"
#include "host/processes.hpp"

#include <functional>
#include <memory>

namespace monster {

// Takes finished batches; each event's texts live in its batch.
using TakeBatch = std::function<void(SharedBatch)>;

// A text of the common columns: what one process does comes in a row, so the last copy nearly always serves.
class RepeatedText {
public:
  [[nodiscard]] Text in(Arena& arena, std::string_view bytes) {
    if (last_.is_null() || last_.bytes() != bytes)
      last_ = Text(arena.copy(bytes));
    return last_;
  }
  // The arena it points into is handed over.
  void forget() { last_ = {}; }

private:
  Text last_;
};

class EventWriter {
public:
  // All three must outlive it.
  EventWriter(const RunFacts& facts, HostAnswers& answers, Ledger& ledger, TakeBatch take)
      : facts_(facts), answers_(answers), ledger_(ledger), take_(std::move(take)) {}

  // Memory of the batch that is being filled: for the texts of what is emitted next.
  [[nodiscard]] Arena& arena() { return batch_->arena; }

  // Who did it, and when; texts in arena().
  [[nodiscard]] Common common(Process& process, const Actor& actor, BootTime time);
  void emit(Family family, const Common& common, const Payload& payload);
  void emit(Family family, const Event& event) { emit(family, event.common, event.payload); }
  // A row about the agent itself: nobody did it, and no record gave it. Valid until the next is emitted.
  Event& report(BootTime time, Payload payload);
  // Keeps memory that the texts of an emitted event live in.
  void adopt(std::unique_ptr<Arena> memory) { batch_->adopted.push_back(std::move(memory)); }

  void hand_over();
  void hand_over_if_full();

  [[nodiscard]] std::int64_t last_seq() const { return seq_; }

private:
  const RunFacts& facts_;
  HostAnswers& answers_;
  Ledger& ledger_;
  TakeBatch take_;
  std::shared_ptr<BatchPool> pool_ = std::make_shared<BatchPool>();
  std::unique_ptr<Batch> batch_ = pool_->take();
  RepeatedText user_;
  RepeatedText image_;
  RepeatedText container_id_;
  std::int64_t seq_ = 0;
};

} // namespace monster
