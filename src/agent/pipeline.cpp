// SPDX-License-Identifier: Apache-2.0
#include "agent/pipeline.hpp"

#include <fmt/format.h>

namespace monster {
namespace {

constexpr std::size_t batch_events = 1024;
constexpr Duration exit_grace = milliseconds(50);
constexpr Duration clock_jump = seconds(1);
constexpr std::size_t waiting_memory = 4096;

template <class... F> struct Overloaded : F... {
  using F::operator()...;
};

std::size_t index(Family family) { return static_cast<std::size_t>(family); }

} // namespace

Pipeline::Pipeline(RunFacts facts, HostAnswers& answers, TakeBatch take, Policy policy)
    : facts_(std::move(facts)), answers_(answers), take_(std::move(take)), policy_(std::move(policy)),
      processes_(facts_.keys), blocks_(facts_.keys, *this) {}

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
    return with(read_counters, [&](const CountersNotice& notice) { on_counters(notice); });
  case InputKind::health:
    return with(read_health, [&](const HealthReport& report) { on_health(report); });
  case InputKind::loss:
    return with(read_loss, [&](const LossNotice& notice) { on_loss(notice); });
  case InputKind::stop:
    on_stop();
    return {};
  }
  return {};
}

bool Pipeline::keeps(const Actor& actor, std::string_view path, std::string_view final_path,
                     std::uint32_t fs_magic) const {
  const Process* process = processes_.find(actor.process);
  if (process != nullptr && !wanted(*process, false))
    return false;
  return policy_.judge_file({path, final_path, fs_magic}).keep;
}

std::optional<SeenDirectory> Pipeline::directory(const Actor& actor, const std::string& path) {
  const auto found = answers_.directory(actor.process.pid, path);
  return found ? std::optional(SeenDirectory{found->path, found->device, found->inode, found->stacked}) : std::nullopt;
}

bool Pipeline::wanted(const Process& process, bool about_process) const {
  return (facts_.trace_pid == 0 || process.traced) && (about_process || !process.excluded);
}

void Pipeline::on_record(std::span<const std::byte> bytes) {
  const Result<Observation> decoded = decode(bytes, decode_memory_);
  const Family family = family_of(bytes);
  if (!decoded) {
    ledger_.unusable(family);
    on_loss({family, "decode", decoded.error().message(), 1, facts_.clock.to_wall(now_), facts_.clock.to_wall(now_)});
    return;
  }
  std::ranges::fill(own_rows_, 0);
  if (family == Family::process)
    process_seen(*decoded);
  else
    file_seen(*decoded);
  for (std::size_t f = 0; f < family_count; ++f) {
    if (f == index(family))
      ledger_.record(family, own_rows_[f]);
    else
      ledger_.extra(static_cast<Family>(f), own_rows_[f]);
  }
  if (batch_->events.size() >= batch_events)
    hand_over();
}

void Pipeline::process_seen(const Observation& seen) {
  std::visit(Overloaded{[&](const ProcessForked& forked) {
                          Process& child = processes_.forked(seen.actor, forked, seen.time);
                          child.excluded = child.text && policy_.excludes_process(child.text->image);
                        },
                        [&](const ProcessImage& image) { image_seen(seen, image); },
                        [&](const ProcessExited&) {
                          exits_.push_back({seen, seen.time + exit_grace});
                          ++own_rows_[index(Family::process)];
                          ledger_.waits(Family::process);
                        },
                        [](const auto&) {}},
             seen.what);
}

void Pipeline::image_seen(const Observation& seen, const ProcessImage& image) {
  const Process* known = processes_.find(seen.actor.process);
  if (image.found && known != nullptr && known->told) {
    if (!known->text) // it acted before the snapshot came to it
      processes_.runs_image(seen.actor, image, seen.time);
    return;
  }
  Process& process = processes_.runs_image(seen.actor, image, seen.time);
  process.excluded = policy_.excludes_process(process.text->image);
  process.told = true;
  if (!image.found && seen.actor.process.pid.value == facts_.trace_pid)
    process.traced = true;
  ++own_rows_[index(Family::process)];
  if (!wanted(process, true)) {
    ledger_.filtered(Family::process);
    return;
  }
  FileFacts facts;
  const HostAnswers::Asked asked = answers_.identity(++ticket_, reference_to_image(seen, image), facts);
  auto own = asked == HostAnswers::Asked::asked ? std::make_unique<Arena>(waiting_memory) : nullptr;
  Arena& arena = own ? *own : batch_->arena;
  Event event{make_common(process, seen.actor, seen.time, arena), {}};
  ProcessCreate create = make_process_create(payload_context(), process, seen, image, arena);
  if (!own) {
    add_facts(create, facts, arena);
    event.payload = std::move(create);
    emit(Family::process, std::move(event));
    return;
  }
  event.payload = std::move(create);
  ledger_.waits(Family::process);
  waiting_.emplace(ticket_, Waiting{std::move(event), Family::process, std::move(own), seen.time + facts_.hash_wait});
}

void Pipeline::tell_fork(Process& process, const Actor& actor, BootTime time) {
  process.told = true;
  ++own_rows_[index(Family::process)];
  if (!wanted(process, true)) {
    ledger_.filtered(Family::process);
    return;
  }
  Event event{make_common(process, actor, time, batch_->arena),
              make_fork_only(payload_context(), process, actor, batch_->arena)};
  emit(Family::process, std::move(event));
}

void Pipeline::tell_exit(const Exit& exit) {
  Process& process = processes_.of(exit.seen.actor, exit.seen.time);
  if (!process.told)
    tell_fork(process, exit.seen.actor, process.identity.start);
  processes_.ended(process.identity, exit.seen.time);
  ledger_.waits_no_more(Family::process);
  if (!wanted(process, true)) {
    ledger_.filtered(Family::process);
    return;
  }
  Event event{make_common(process, exit.seen.actor, exit.seen.time, batch_->arena), {}};
  event.payload = make_process_exit(process, exit.seen, std::get<ProcessExited>(exit.seen.what), facts_.clock);
  emit(Family::process, std::move(event));
}

void Pipeline::file_seen(const Observation& seen) {
  made_.clear();
  BlockOutput out{batch_->arena, made_};
  std::visit(Overloaded{[&](const FileOpened& opened) { blocks_.opened(seen, opened, facts_.clock, out); },
                        [&](const FileBlockTold& told) { blocks_.told(seen, told, facts_.clock, out); },
                        [&](const PathAct& act) { blocks_.path_act(seen, act, facts_.clock, out); },
                        [&](const OpenRefused& refused) { blocks_.refused(seen, refused, facts_.clock, out); },
                        [&](const LongPath& path) { blocks_.long_path(path); },
                        [&](const AttributeNamed& named) { blocks_.attribute_named(named); },
                        [&](const HandleUsed&) { handle_used(seen); }, [](const auto&) {}},
             seen.what);
  count_totals(seen);
  own_rows_[index(Family::file)] += made_.size() + out.filtered;
  ledger_.filtered(Family::file, out.filtered);
  for (MadeEvent& made : made_)
    emit_made(made, seen);
}

// Who uses a handle that another opened has a 1500 too, since the block will name it.
void Pipeline::handle_used(const Observation& seen) {
  Process& process = processes_.of(seen.actor, seen.time);
  if (!process.told)
    tell_fork(process, seen.actor, seen.time);
}

void Pipeline::count_totals(const Observation& seen) {
  if (const auto* told = std::get_if<FileBlockTold>(&seen.what); told != nullptr && !told->interim && told->kept) {
    ProcessTotals& opener = processes_.of(told->file.opener, seen.time).totals;
    opener.files_created += told->file.created ? 1U : 0U;
    const bool changed = told->write_count != 0 || told->truncated_to.has_value();
    if (told->users.empty())
      opener.files_written += changed ? 1U : 0U;
    for (const HandleUser& user : told->users)
      if (Process* writer = user.bytes_written != 0 ? processes_.find(user.process) : nullptr)
        ++writer->totals.files_written;
    if (changed || told->mapped_writable)
      answers_.changed(told->file.file);
  }
  if (const auto* act = std::get_if<PathAct>(&seen.what)) {
    ProcessTotals& totals = processes_.of(seen.actor, seen.time).totals;
    totals.files_renamed += act->kind == PathActKind::rename ? 1U : 0U;
    totals.files_deleted += act->kind == PathActKind::unlink || act->kind == PathActKind::rmdir ? 1U : 0U;
  }
}

void Pipeline::emit_made(MadeEvent& made, const Observation& seen) {
  Process& process = processes_.of(made.actor, made.time);
  if (!process.told)
    tell_fork(process, made.actor, made.time);
  if (const auto* block = std::get_if<FileBlock>(&made.payload)) {
    for (const Text path : {block->path, block->final_path}) // a new file may have come under a sensitive name
      sensitive_changed_ = sensitive_changed_ || (!path.is_null() && policy_.is_sensitive_path(path.bytes()));
    if (waits_for_hash(made, seen))
      return;
  }
  Event& event = batch_->add();
  event.common = make_common(process, made.actor, made.time, batch_->arena);
  event.common.block_key = made.block;
  event.common.seq = ++seq_;
  event.payload = std::move(made.payload);
  ledger_.emitted(Family::file);
}

// A file that is or became executable is hashed when its block ends; until then the block waits.
bool Pipeline::waits_for_hash(MadeEvent& made, const Observation& seen) {
  constexpr std::uint32_t execute_bits = 0111;
  const auto* told = std::get_if<FileBlockTold>(&seen.what);
  auto& block = std::get<FileBlock>(made.payload);
  if (told == nullptr || told->interim || block.deleted || told->after.nlink == 0)
    return false;
  if ((told->after.mode & execute_bits) == 0 ||
      (told->write_count == 0 && !told->file.created && !block.made_executable))
    return false;
  FileReference file;
  file.identity = told->file.file;
  file.size = told->after.size;
  file.mtime_ns = told->after.mtime.ns;
  file.ctime_ns = told->after.ctime.ns;
  file.mnt_ns = seen.actor.mnt_ns;
  file.pid = seen.actor.process.pid;
  file.path = (block.final_path.is_null() ? block.path : block.final_path).bytes();
  file.fs_magic = told->file.fs_magic;
  FileFacts facts;
  const HostAnswers::Asked asked = answers_.identity(++ticket_, file, facts);
  if (asked != HostAnswers::Asked::asked) {
    block.hash_status = facts.status;
    block.sha256_at_close = facts.sha256;
    return false;
  }
  // Made again with memory of its own, since the batch's does not wait.
  auto own = std::make_unique<Arena>(waiting_memory);
  FileBlock copy = block;
  for (Text FileBlock::* text :
       {&FileBlock::path, &FileBlock::final_path, &FileBlock::link_target, &FileBlock::operation})
    copy.*text = own->copy(copy.*text);
  const std::span<Writer> writers = own->array<Writer>(copy.writers.size());
  std::ranges::copy(copy.writers, writers.begin());
  copy.writers = writers;
  const std::span<Text> names = own->array<Text>(copy.xattrs_changed.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    names[i] = own->copy(copy.xattrs_changed[i]);
  copy.xattrs_changed = names;
  Event event{make_common(processes_.of(made.actor, made.time), made.actor, made.time, *own), std::move(copy)};
  event.common.block_key = made.block;
  ledger_.waits(Family::file);
  waiting_.emplace(ticket_, Waiting{std::move(event), Family::file, std::move(own), seen.time + facts_.hash_wait});
  return true;
}

Common Pipeline::make_common(Process& process, const Actor& actor, BootTime time, Arena& arena) {
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
    common.user = Text(arena.copy(process.user));
  if (process.text) {
    common.image = Text(arena.copy(process.text->image));
    if (!process.text->container_id.empty())
      common.container_id = Text(arena.copy(process.text->container_id));
  }
  if (const std::uint32_t mnt_ns = actor.mnt_ns != 0 ? actor.mnt_ns : process.mnt_ns; mnt_ns != 0)
    common.mnt_ns = mnt_ns;
  if (process.excluded) {
    const std::span<Text> tags = arena.array<Text>(1);
    tags[0] = Policy::excluded_tag;
    common.tags = tags;
  }
  return common;
}

void Pipeline::emit(Family family, Event&& event) {
  event.common.seq = ++seq_;
  batch_->events.push_back(std::move(event));
  ledger_.emitted(family);
}

void Pipeline::hand_over() {
  if (batch_->events.empty())
    return;
  take_(pool_->share(std::move(batch_)));
  batch_ = pool_->take();
}

void Pipeline::on_answer(std::span<const std::byte> bytes) {
  ByteReader from(bytes);
  const auto kind = static_cast<AnswerKind>(from.u8());
  const std::uint64_t ticket = from.u64();
  const FileFacts facts = read_file_facts(from);
  const auto waiting = waiting_.find(ticket);
  if (kind != AnswerKind::identity_later || !from.finished() || waiting == waiting_.end())
    return; // too late: the event went without
  release(waiting->second, facts);
  waiting_.erase(waiting);
}

void Pipeline::release(Waiting& waiting, const FileFacts& facts) {
  if (auto* create = std::get_if<ProcessCreate>(&waiting.event.payload)) {
    add_facts(*create, facts, *waiting.arena);
  } else if (auto* block = std::get_if<FileBlock>(&waiting.event.payload)) {
    block->hash_status = facts.status;
    block->sha256_at_close = facts.sha256;
  }
  batch_->adopted.push_back(std::move(waiting.arena));
  ledger_.waits_no_more(waiting.family);
  emit(waiting.family, std::move(waiting.event));
}

void Pipeline::release_overdue(BootTime now) {
  while (!waiting_.empty() && waiting_.begin()->second.deadline <= now) {
    release(waiting_.begin()->second, FileFacts{});
    waiting_.erase(waiting_.begin());
  }
}

void Pipeline::tell_exits(BootTime due) {
  std::ranges::fill(own_rows_, 0);
  for (; !exits_.empty() && exits_.front().due <= due; exits_.pop_front())
    tell_exit(exits_.front());
  ledger_.extra(Family::process, own_rows_[index(Family::process)]);
}

void Pipeline::on_tick(BootTime now) {
  now_ = now;
  tell_exits(now);
  release_overdue(now);
  processes_.forget_before(now);
  hand_over();
}

void Pipeline::on_clock(ClockOffset offset) {
  const Duration step{offset.ns - facts_.clock.ns};
  if (step > clock_jump || step < Duration{-clock_jump.ns})
    clock_step_.ns += step.ns;
  facts_.clock = offset;
}

void Pipeline::emit_report(BootTime time, Payload payload) {
  Event event;
  event.common.time = facts_.clock.to_wall(time);
  event.payload = std::move(payload);
  ledger_.extra(Family::agent, 1);
  emit(Family::agent, std::move(event));
}

void Pipeline::on_counters(const CountersNotice& notice) {
  struct Cause {
    std::uint64_t KernelCounts::* counter;
    std::string_view stage;
    std::string_view reason;
  };
  static constexpr Cause causes[] = {
      {&KernelCounts::lost_ring, "kernel ring", "the ring was full: the reader was too slow"},
      {&KernelCounts::lost_map, "kernel map", "more handles were open than kernel.open_blocks allows"},
      {&KernelCounts::lost_scratch, "kernel memory", "no working memory was free on the CPU"},
  };
  const BootTime since = counters_.time == BootTime{} ? now_ : counters_.time;
  for (std::size_t f = 0; f < notice.family.size(); ++f) {
    for (const Cause& cause : causes) {
      const std::uint64_t lost = notice.family[f].*cause.counter - counters_.family[f].*cause.counter;
      if (lost == 0)
        continue;
      AgentLoss loss;
      loss.family = name_of(static_cast<Family>(f));
      loss.stage = cause.stage;
      loss.reason = cause.reason;
      loss.count = lost;
      loss.from = facts_.clock.to_wall(since);
      loss.to = facts_.clock.to_wall(notice.time);
      emit_report(notice.time, loss);
    }
    ledger_.kernel(static_cast<Family>(f), notice.family[f]);
  }
  counters_ = notice;
}

void Pipeline::on_loss(const LossNotice& notice) {
  AgentLoss loss;
  loss.family = name_of(notice.family);
  loss.stage = Text(batch_->arena.copy(notice.stage));
  loss.reason = Text(batch_->arena.copy(notice.reason));
  loss.count = notice.count;
  loss.from = notice.from;
  loss.to = notice.to;
  emit_report(now_, loss);
}

void Pipeline::on_health(const HealthReport& report) {
  Arena& arena = batch_->arena;
  const auto copy = [&](const std::string& text) { return text.empty() ? Text{} : Text(arena.copy(text)); };
  AgentHealth health;
  health.action = report.action;
  health.agent_version = copy(report.agent_version);
  health.schema_version = schema_version;
  health.last_end = report.last_end;
  health.last_run_id = copy(report.last_run_id);
  health.last_seq = report.last_seq;
  health.not_watched_from = report.not_watched_from;
  health.not_watched_to = report.not_watched_to;
  health.clock_offset = facts_.clock.ns;
  health.clock_step = std::exchange(clock_step_, {}).ns;
  health.cpu_user = report.cpu_user;
  health.cpu_system = report.cpu_system;
  health.rss_anon = report.rss_anon;
  health.kernel_maps = report.kernel_maps;
  const std::span<Text> hooks = arena.array<Text>(report.hooks.size());
  for (std::size_t i = 0; i < hooks.size(); ++i)
    hooks[i] = Text(arena.copy(report.hooks[i]));
  health.hooks = hooks;
  // The report is a row of the agent's family too: it is counted before the ledger is written down.
  ledger_.extra(Family::agent, 1);
  ledger_.emitted(Family::agent);
  health.ledger = {Text(arena.copy(ledger_.json()))};
  health.exporters = {copy(report.exporters_json)};
  health.counters = {copy(report.counters_json)};
  Event event;
  event.common.time = facts_.clock.to_wall(now_);
  event.common.seq = ++seq_;
  event.payload = std::move(health);
  batch_->events.push_back(std::move(event));
}

// What still waits goes as it is; the last report follows as an input of its own.
void Pipeline::on_stop() {
  tell_exits({INT64_MAX});
  release_overdue({INT64_MAX});
  hand_over();
}

} // namespace monster
