// SPDX-License-Identifier: Apache-2.0
#include "agent/process_stage.hpp"

#include "host/process_payload.hpp"

namespace monster {
namespace {

constexpr Duration exit_grace = milliseconds(50);

PayloadContext payload_context(const StageContext& context) {
  return {context.facts.keys, context.processes, context.answers, context.facts.clock, context.facts.environment};
}

} // namespace

void ProcessStage::seen(const Observation& seen) {
  std::visit(Overloaded{[&](const ProcessForked& forked) {
                          Process& child = context_.processes.forked(seen.actor, forked, seen.time);
                          child.excluded = child.text && context_.policy.excludes_process(child.text->image);
                        },
                        [&](const ProcessImage& image) { image_seen(seen, image); },
                        [&](const ProcessExited&) {
                          exits_.push_back({seen, seen.time + exit_grace});
                          context_.ledger.row(Family::process);
                          context_.ledger.waits(Family::process);
                        },
                        [](const auto&) {}},
             seen.what);
}

Process& ProcessStage::acted(const Actor& actor, BootTime time) {
  Process& process = context_.processes.of(actor, time);
  if (!process.told)
    tell_fork(process, actor, time);
  return process;
}

void ProcessStage::image_seen(const Observation& seen, const ProcessImage& image) {
  ProcessTable& table = context_.processes;
  const Process* known = table.find(seen.actor.process);
  if (image.found && known != nullptr && known->told) {
    if (!known->text) // it acted before the snapshot came to it
      table.runs_image(seen.actor, image, seen.time);
    return;
  }
  Process& process = table.runs_image(seen.actor, image, seen.time);
  process.excluded = context_.policy.excludes_process(process.text->image);
  process.told = true;
  if (!image.found && seen.actor.process.pid.value == context_.facts.trace_pid)
    process.traced = true;
  context_.ledger.row(Family::process);
  if (!context_.wants(process, true)) {
    context_.ledger.filtered(Family::process);
    return;
  }
  Event event{context_.writer.common(process, seen.actor, seen.time), {}};
  event.payload = make_process_create(payload_context(context_), process, seen, image, context_.writer.arena());
  FileQuestion files[2] = {{reference_to_image(seen, image), FileRole::image}};
  std::size_t count = 1;
  if (auto script = reference_to_script(seen, image))
    files[count++] = {std::move(*script), FileRole::script};
  context_.hashes.emit(Family::process, std::move(event), std::span(files).first(count), seen.time);
}

void ProcessStage::tell_fork(Process& process, const Actor& actor, BootTime time) {
  process.told = true;
  context_.ledger.row(Family::process);
  if (!context_.wants(process, true)) {
    context_.ledger.filtered(Family::process);
    return;
  }
  Event event{context_.writer.common(process, actor, time),
              make_fork_only(payload_context(context_), process, actor, context_.writer.arena())};
  context_.writer.emit(Family::process, event);
}

void ProcessStage::tell_exit(const Exit& exit) {
  Process& process = context_.processes.of(exit.seen.actor, exit.seen.time);
  if (!process.told)
    tell_fork(process, exit.seen.actor, process.identity.start);
  context_.processes.ended(process.identity, exit.seen.time);
  context_.ledger.waits_no_more(Family::process);
  if (!context_.wants(process, true)) {
    context_.ledger.filtered(Family::process);
    return;
  }
  Event event{context_.writer.common(process, exit.seen.actor, exit.seen.time), {}};
  event.payload = make_process_exit(process, exit.seen, std::get<ProcessExited>(exit.seen.what), context_.facts.clock);
  context_.writer.emit(Family::process, event);
}

void ProcessStage::tell_exits(BootTime due) {
  for (; !exits_.empty() && exits_.front().due <= due; exits_.pop_front())
    tell_exit(exits_.front());
}

} // namespace monster
