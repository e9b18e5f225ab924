// SPDX-License-Identifier: Apache-2.0
// Events that tell what a file is wait for its hash: a bounded time, with memory of their own, and without
// holding up others.
#pragma once

#include "agent/event_writer.hpp"
#include "host/identity.hpp"

#include <map>
#include <span>
#include <vector>

namespace monster {

// What a file is to the event that tells of it.
enum class FileRole : std::uint8_t { image, script, written };

struct FileQuestion {
  FileReference file;
  FileRole role = FileRole::image;
};

class HashWait {
public:
  // All three must outlive it.
  HashWait(const RunFacts& facts, HostAnswers& answers, Ledger& ledger, EventWriter& writer)
      : facts_(facts), answers_(answers), ledger_(ledger), writer_(writer) {}

  // Emits the event with what `files` are: now if that is known, else when the last answer comes or the patience
  // ends.
  void emit(Family family, Event&& event, std::span<const FileQuestion> files, BootTime now);

  // An answer came; too late, and the event went without.
  void answered(std::uint64_t ticket, const FileFacts& facts);
  void release_overdue(BootTime now);

private:
  struct Asked {
    std::uint64_t ticket = 0;
    FileRole role = FileRole::image;
  };
  struct Waiting {
    Event event;
    Family family = Family::process;
    std::unique_ptr<Arena> memory;
    BootTime deadline;
    std::vector<Asked> asked; // not answered yet
  };
  void release(Waiting& waiting);

  const RunFacts& facts_;
  HostAnswers& answers_;
  Ledger& ledger_;
  EventWriter& writer_;
  std::map<std::uint64_t, Waiting> waiting_; // by the last of its tickets, so oldest first
  std::uint64_t ticket_ = 0;
};

} // namespace monster
