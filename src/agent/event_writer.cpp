// SPDX-License-Identifier: Apache-2.0
#include "agent/event_writer.hpp"

#include "policy/policy.hpp"

namespace monster {

Common EventWriter::common(Process& process, const Actor& actor, BootTime time) {
  Common common;
  common.time = facts_.clock.to_wall(time);
  common.process_key = process.key;
  common.pid = actor.process.pid;
  common.tid = actor.tid;
  common.uid = actor.uid;
  if (process.user_uid != actor.uid) {
    const Text name = answers_.user_name(actor.uid, time);
    process.user_uid = actor.uid;
    process.user = name.bytes();
  }
  if (!process.user.empty())
    common.user = user_.in(arena(), process.user);
  if (process.text) {
    common.image = image_.in(arena(), process.text->image);
    if (!process.text->container_id.empty())
      common.container_id = container_id_.in(arena(), process.text->container_id);
  }
  if (const std::uint32_t mnt_ns = actor.mnt_ns != 0 ? actor.mnt_ns : process.mnt_ns; mnt_ns != 0)
    common.mnt_ns = mnt_ns;
  if (process.excluded) {
    const std::span<Text> tags = arena().array<Text>(1);
    tags[0] = Policy::excluded_tag;
    common.tags = tags;
  }
  return common;
}

// Copies the one event that the payload holds: the variant as a whole is as large as the largest of all.
void EventWriter::emit(Family family, const Common& common, const Payload& payload) {
  std::visit([&](const auto& own) { batch_->events.emplace_back(common, own); }, payload);
  batch_->events.back().common.seq = ++seq_;
  ledger_.emitted(family);
}

Event& EventWriter::report(BootTime time, Payload payload) {
  Event event;
  event.common.time = facts_.clock.to_wall(time);
  event.payload = std::move(payload);
  ledger_.extra(Family::agent, 1);
  emit(Family::agent, event);
  return batch_->events.back();
}

void EventWriter::hand_over() {
  if (batch_->events.empty())
    return;
  take_(pool_->share(std::move(batch_)));
  batch_ = pool_->take();
  for (RepeatedText* text : {&user_, &image_, &container_id_})
    text->forget();
}

void EventWriter::hand_over_if_full() {
  if (batch_->events.size() >= Batch::usual_events)
    hand_over();
}

} // namespace monster
