// SPDX-License-Identifier: Apache-2.0
#include "host/processes.hpp"

#include "host/command_line.hpp"
#include "host/linux/cgroup.hpp"

#include <algorithm>

namespace monster {

Process* ProcessTable::find(const ProcessIdentity& process) {
  if (last_found_ != nullptr && last_found_->identity == process)
    return last_found_;
  const auto found = processes_.find(process);
  return found == processes_.end() ? nullptr : last_found_ = &found->second;
}

const Process* ProcessTable::find(const ProcessIdentity& process) const {
  if (last_found_ != nullptr && last_found_->identity == process)
    return last_found_;
  const auto found = processes_.find(process);
  return found == processes_.end() ? nullptr : &found->second;
}

void ProcessTable::erase(std::unordered_map<ProcessIdentity, Process>::iterator gone) {
  if (last_found_ == &gone->second)
    last_found_ = nullptr;
  processes_.erase(gone);
}

Process& ProcessTable::add(const ProcessIdentity& identity) {
  while (processes_.size() >= max_processes && !leaving_.empty()) {
    evicted_ += forget(leaving_.front()) ? 1U : 0U;
    leaving_.pop_front();
  }
  if (processes_.size() >= max_processes) { // ends were lost: any may be one of them
    erase(processes_.begin());
    ++evicted_;
  }
  Process& process = processes_[identity];
  process.identity = identity;
  process.key = keys_.of(identity);
  return process;
}

void ProcessTable::leave(Process& process, BootTime now) {
  process.leaving_since = now;
  leaving_.push_back({process.identity, now});
}

void ProcessTable::stay(Process& process) {
  if (!process.ended)
    process.leaving_since.reset();
}

bool ProcessTable::forget(const Leaving& leaving) {
  const auto found = processes_.find(leaving.process);
  if (found == processes_.end() || found->second.leaving_since != leaving.since)
    return false;
  erase(found);
  return true;
}

Process& ProcessTable::forked(const Actor& parent, const ProcessForked& fork, BootTime now) {
  const ProcessIdentity& child = fork.child;
  Process& from = of(parent, now);
  ++from.totals.children;
  const std::shared_ptr<const ImageText> text = from.text;
  const bool excluded = from.excluded;
  const bool traced = from.traced;
  Process* known = find(child);
  Process& process = known != nullptr ? *known : add(child);
  stay(process);
  process.parent = parent.process;
  process.cwd = fork.cwd.bytes();
  process.cwd_truncated = fork.cwd_truncated;
  process.gid = fork.gid;
  process.excluded = excluded;
  process.traced = process.traced || traced;
  if (!process.text)
    process.text = text;
  if (process.mnt_ns == 0)
    process.mnt_ns = parent.mnt_ns;
  return process;
}

Process& ProcessTable::runs_image(const Actor& actor, const ProcessImage& image, BootTime now) {
  ProcessIdentity before = actor.process;
  --before.exec_id;
  ProcessTotals totals;
  bool traced = false;
  if (Process* previous = image.found ? nullptr : find(before)) {
    totals = previous->totals;
    traced = previous->traced;
    leave(*previous, now);
  }
  Process* known = find(actor.process);
  Process& process = known != nullptr ? *known : add(actor.process);
  stay(process);
  auto text = std::make_shared<ImageText>();
  text->image = image.image.bytes();
  text->command_line = join_arguments(image.arguments.bytes());
  if (const auto id = container_id_of_path(image.cgroup.bytes()))
    text->container_id = *id;
  process.text = std::move(text);
  process.parent = image.parent;
  process.mnt_ns = actor.mnt_ns;
  process.totals = totals;
  process.traced = process.traced || traced;
  return process;
}

void ProcessTable::ended(const ProcessIdentity& process, BootTime now) {
  Process* found = find(process);
  if (found == nullptr || found->ended)
    return;
  found->ended = true;
  leave(*found, now);
}

Process& ProcessTable::of(const Actor& actor, BootTime now) {
  if (Process* known = find(actor.process))
    return *known;
  Process& process = add(actor.process);
  process.mnt_ns = actor.mnt_ns;
  // Nothing is forgotten before it was kept for so long: a process that acts ahead of its snapshot was never told.
  process.told = now - std::max(actor.process.start, watching_since_.value_or(now)) > keep_after_end;
  leave(process, now);
  return process;
}

void ProcessTable::forget_before(BootTime now) {
  if (!watching_since_)
    watching_since_ = now;
  while (!leaving_.empty() && now - leaving_.front().since > keep_after_end) {
    forget(leaving_.front());
    leaving_.pop_front();
  }
}

} // namespace monster
