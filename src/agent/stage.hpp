// SPDX-License-Identifier: Apache-2.0
// A stage turns the observations of one family into events. What all stages work with.
#pragma once

#include "agent/event_writer.hpp"
#include "agent/hash_wait.hpp"
#include "policy/policy.hpp"

namespace monster {

struct StageContext {
  const RunFacts& facts;
  HostAnswers& answers;
  const Policy& policy;
  ProcessTable& processes;
  Ledger& ledger;
  EventWriter& writer;
  HashWait& hashes;

  // Whether what a process does is to be told; `about_process`: its 1500 and 1501, which an exclude leaves.
  [[nodiscard]] bool wants(const Process& process, bool about_process) const {
    return (facts.trace_pid == 0 || process.traced) && (about_process || !process.excluded);
  }
};

template <class... F> struct Overloaded : F... {
  using F::operator()...;
};

} // namespace monster
