// SPDX-License-Identifier: Apache-2.0
#include "agent/hash_wait.hpp"

#include "event/copy.hpp"
#include "host/process_payload.hpp"

namespace monster {
namespace {

constexpr std::size_t waiting_memory = 4096;

void add(ProcessCreate& create, const FileFacts& facts, Arena& arena) { add_facts(create, facts, arena); }

void add(FileBlock& block, const FileFacts& facts, Arena&) {
  block.hash_status = facts.status;
  block.sha256_at_close = facts.sha256;
}

template <class Event>
concept TellsFile = requires(Event& event, const FileFacts& facts, Arena& arena) { add(event, facts, arena); };

void add_to(Payload& payload, const FileFacts& facts, Arena& arena) {
  std::visit(
      [&]<class E>(E& event) {
        if constexpr (TellsFile<E>)
          add(event, facts, arena);
      },
      payload);
}

} // namespace

void HashWait::emit(Family family, Event&& event, const FileReference& file, BootTime now) {
  FileFacts facts;
  if (answers_.identity(++ticket_, file, facts) != HostAnswers::Asked::asked) {
    add_to(event.payload, facts, writer_.arena());
    writer_.emit(family, event);
    return;
  }
  auto memory = std::make_unique<Arena>(waiting_memory);
  Event copy = copy_event(event, *memory);
  ledger_.waits(family);
  waiting_.emplace(ticket_, Waiting{std::move(copy), family, std::move(memory), now + facts_.hash_wait});
}

void HashWait::answered(std::uint64_t ticket, const FileFacts& facts) {
  const auto waiting = waiting_.find(ticket);
  if (waiting == waiting_.end())
    return;
  release(waiting->second, facts);
  waiting_.erase(waiting);
}

void HashWait::release(Waiting& waiting, const FileFacts& facts) {
  add_to(waiting.event.payload, facts, *waiting.memory);
  writer_.adopt(std::move(waiting.memory));
  ledger_.waits_no_more(waiting.family);
  writer_.emit(waiting.family, waiting.event);
}

void HashWait::release_overdue(BootTime now) {
  while (!waiting_.empty() && waiting_.begin()->second.deadline <= now) {
    release(waiting_.begin()->second, FileFacts{});
    waiting_.erase(waiting_.begin());
  }
}

} // namespace monster
