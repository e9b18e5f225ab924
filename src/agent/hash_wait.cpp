// SPDX-License-Identifier: Apache-2.0
#include "agent/hash_wait.hpp"

#include "event/copy.hpp"
#include "host/process_payload.hpp"

#include <algorithm>

namespace monster {
namespace {

constexpr std::size_t waiting_memory = 4096;

void add(ProcessCreate& create, FileRole role, const FileFacts& facts, Arena& arena) {
  if (role == FileRole::image)
    return add_facts(create, facts, arena);
  create.script_hash_status = facts.status;
  create.script_sha256 = facts.sha256;
}

void add(FileBlock& block, FileRole, const FileFacts& facts, Arena&) {
  block.hash_status = facts.status;
  block.sha256_at_close = facts.sha256;
}

template <class Event>
concept TellsFile =
    requires(Event& event, FileRole role, const FileFacts& facts, Arena& arena) { add(event, role, facts, arena); };

void add_to(Payload& payload, FileRole role, const FileFacts& facts, Arena& arena) {
  std::visit(
      [&]<class E>(E& event) {
        if constexpr (TellsFile<E>)
          add(event, role, facts, arena);
      },
      payload);
}

} // namespace

void HashWait::emit(Family family, Event&& event, std::span<const FileQuestion> files, BootTime now) {
  std::vector<Asked> asked;
  for (const auto& [file, role] : files) {
    FileFacts facts;
    if (answers_.identity(++ticket_, file, facts) == HostAnswers::Asked::asked)
      asked.push_back({ticket_, role});
    else
      add_to(event.payload, role, facts, writer_.arena());
  }
  if (asked.empty()) {
    writer_.emit(family, event);
    return;
  }
  auto memory = std::make_unique<Arena>(waiting_memory);
  Event copy = copy_event(event, *memory);
  ledger_.waits(family);
  const std::uint64_t last = asked.back().ticket;
  waiting_.emplace(last, Waiting{std::move(copy), family, std::move(memory), now + facts_.hash_wait, std::move(asked)});
}

void HashWait::answered(std::uint64_t ticket, const FileFacts& facts) {
  // The tickets of one event follow each other.
  const auto waiting = waiting_.lower_bound(ticket);
  if (waiting == waiting_.end())
    return;
  std::vector<Asked>& asked = waiting->second.asked;
  const auto question = std::ranges::find(asked, ticket, &Asked::ticket);
  if (question == asked.end())
    return;
  add_to(waiting->second.event.payload, question->role, facts, *waiting->second.memory);
  asked.erase(question);
  if (!asked.empty())
    return;
  release(waiting->second);
  waiting_.erase(waiting);
}

// What was not answered is told as pending.
void HashWait::release(Waiting& waiting) {
  for (const Asked& question : waiting.asked)
    add_to(waiting.event.payload, question.role, FileFacts{}, *waiting.memory);
  writer_.adopt(std::move(waiting.memory));
  ledger_.waits_no_more(waiting.family);
  writer_.emit(waiting.family, waiting.event);
}

void HashWait::release_overdue(BootTime now) {
  while (!waiting_.empty() && waiting_.begin()->second.deadline <= now) {
    release(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
  }
}

} // namespace monster
