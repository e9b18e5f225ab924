// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline.hpp"

namespace monster {
namespace {

constexpr Duration clock_jump = seconds(1);

} // namespace

Pipeline::Pipeline(RunFacts facts, HostAnswers& answers, TakeBatch take, Policy policy)
    : facts_(std::move(facts)), policy_(std::move(policy)), processes_(facts_.keys),
      writer_(facts_, answers, ledger_, std::move(take)), hashes_(facts_, answers, ledger_, writer_),
      reports_(facts_, processes_, ledger_, writer_), process_stage_(context(answers)),
      file_stage_(context(answers), process_stage_) {}

Result<std::unique_ptr<Pipeline>> Pipeline::make(RunFacts facts, HostAnswers& answers, TakeBatch take) {
  PolicySettings settings;
  settings.process_exclude = facts.process_exclude;
  settings.builtin = facts.builtin_policy;
  settings.builtin_json = facts.builtin_json;
  settings.homes = facts.homes;
  auto policy = Policy::make(settings);
  if (!policy)
    return fail(policy.error());
  // allow(new): the constructor is private, and make_unique cannot call it
  return std::unique_ptr<Pipeline>(new Pipeline(std::move(facts), answers, std::move(take), std::move(*policy)));
}

Result<> Pipeline::feed(const Input& input) {
  const auto with = [&](auto read, auto handle) -> Result<> {
    auto value = read(input.bytes);
    if (!value)
      return fail(value.error());
    handle(*value);
    return {};
  };
  switch (input.kind) {
  case InputKind::host:
    return fail({"feed", "the pipeline", "the facts of the host came a second time"});
  case InputKind::record:
    on_record(input.bytes);
    return {};
  case InputKind::answer:
    on_answer(input.bytes);
    return {};
  case InputKind::tick:
    return with(read_time, [&](std::int64_t ns) { on_tick({ns}); });
  case InputKind::clock:
    return with(read_time, [&](std::int64_t ns) { on_clock({ns}); });
  case InputKind::counters:
    return with(read_counters, [&](const CountersNotice& notice) { reports_.counters(notice, now_); });
  case InputKind::health:
    return with(read_health, [&](const HealthReport& report) { reports_.health(report, counters(), now_); });
  case InputKind::loss:
    return with(read_loss, [&](const LossNotice& notice) { reports_.loss(notice, now_); });
  case InputKind::living:
    return with(read_living, [&](const LivingNotice& notice) { file_stage_.living(notice); });
  case InputKind::stop:
    on_stop();
    return {};
  }
  return {};
}

std::vector<NamedCount> Pipeline::counters() const {
  std::vector<NamedCount> all = file_stage_.counters();
  all.push_back({"processes_evicted", processes_.evicted()});
  return all;
}

void Pipeline::on_record(std::span<const std::byte> bytes) {
  const Result<Observation> decoded = decode(bytes, decode_memory_);
  const Family family = family_of(bytes);
  if (!decoded) {
    ledger_.unusable(family);
    const WallTime now = facts_.clock.to_wall(now_);
    reports_.loss({family, "decode", decoded.error().message(), 1, now, now}, now_);
    return;
  }
  if (family == Family::process)
    process_stage_.seen(*decoded);
  else
    file_stage_.seen(*decoded);
  ledger_.record(family);
  writer_.hand_over_if_full();
}

void Pipeline::on_answer(std::span<const std::byte> bytes) {
  ByteReader from(bytes);
  const auto kind = static_cast<AnswerKind>(from.u8());
  const std::uint64_t ticket = from.u64();
  const FileFacts facts = read_file_facts(from);
  if (kind == AnswerKind::identity_later && from.finished())
    hashes_.answered(ticket, facts);
}

void Pipeline::tell_exits(BootTime due) {
  process_stage_.tell_exits(due);
  ledger_.no_record();
}

void Pipeline::on_tick(BootTime now) {
  now_ = now;
  tell_exits(now);
  hashes_.release_overdue(now);
  processes_.forget_before(now);
  writer_.hand_over();
}

void Pipeline::on_clock(ClockOffset offset) {
  const Duration step{offset.ns - facts_.clock.ns};
  if (step > clock_jump || step < Duration{-clock_jump.ns})
    reports_.clock_stepped(step);
  facts_.clock = offset;
}

// What still waits goes as it is; the last report follows as an input of its own.
void Pipeline::on_stop() {
  tell_exits({INT64_MAX});
  hashes_.release_overdue({INT64_MAX});
  writer_.hand_over();
}

} // namespace monster
