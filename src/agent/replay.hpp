// SPDX-License-Identifier: Apache-2.0
// A recording fed through the pipeline: the same events, byte for byte, without the host or its rights.
#pragma once

#include "agent/pipeline.hpp"
#include "sensor/recording/reader.hpp"

namespace monster {

struct ReplayResult {
  std::uint64_t inputs = 0;
  std::int64_t events = 0;
  Ledger ledger;
  bool ended_cleanly = false;
  std::string torn_reason; // where the recording breaks off, when it does
};

// Called once the first input has said which run it was, before any batch.
using BeforeReplay = std::function<Result<>(const RunFacts&)>;

// Errors: an unreadable or damaged recording; what came before the damage was delivered.
[[nodiscard]] Result<ReplayResult> replay(RecordingReader& reader, const BeforeReplay& before, const TakeBatch& take);

} // namespace monster
