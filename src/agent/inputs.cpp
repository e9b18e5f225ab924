// SPDX-License-Identifier: Apache-2.0
#include "agent/inputs.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace monster {
namespace {

void write_strings(ByteWriter& to, const std::vector<std::string>& strings) {
  to.u32(static_cast<std::uint32_t>(strings.size()));
  for (const std::string& s : strings)
    to.text(s);
}

std::vector<std::string> read_strings(ByteReader& from) {
  std::vector<std::string> strings(from.count(4));
  for (std::string& s : strings)
    s = from.text();
  return strings;
}

void write_time(ByteWriter& to, const std::optional<WallTime>& time) {
  to.flag(time.has_value());
  if (time)
    to.i64(time->ns);
}

std::optional<WallTime> read_wall(ByteReader& from) {
  return from.flag() ? std::optional(WallTime{from.i64()}) : std::nullopt;
}

template <std::size_t N> void write_raw(ByteWriter& to, const std::array<std::uint8_t, N>& raw) {
  for (const std::uint8_t byte : raw)
    to.u8(byte);
}

template <std::size_t N> std::array<std::uint8_t, N> read_raw(ByteReader& from) {
  std::array<std::uint8_t, N> raw;
  for (std::uint8_t& byte : raw)
    byte = from.u8();
  return raw;
}

// A recording comes from anywhere: sums of two such times stay within their type.
std::int64_t clamp_time(std::int64_t ns) {
  constexpr std::int64_t most = std::int64_t{1} << 61;
  return std::clamp(ns, -most, most);
}

template <class T> Result<T> whole(const ByteReader& from, T value, std::string_view what) {
  if (!from.finished())
    return fail({"read", std::string(what), "the bytes are not what this version writes"});
  return value;
}

constexpr std::size_t process_loss_size = 30; // bytes

template <class Enum> Enum read_enum(ByteReader& from, Enum last) {
  return static_cast<Enum>(from.u8_up_to(static_cast<std::uint8_t>(last)));
}

} // namespace

void write(ByteWriter& to, const RunFacts& f) {
  to.u64(f.keys.host.high).u64(f.keys.host.low);
  write_raw(to, f.keys.boot_id);
  to.u64(f.keys.run.high).u64(f.keys.run.low);
  to.text(f.host_name).i64(f.clock.ns);
  write_strings(to, f.environment);
  write_strings(to, f.process_exclude);
  to.flag(f.builtin_policy).text(f.builtin_json);
  write_strings(to, f.homes);
  to.i64(f.hash_wait.ns).u32(f.trace_pid);
}

Result<RunFacts> read_run_facts(std::span<const std::byte> bytes) {
  ByteReader from(bytes);
  RunFacts f;
  f.keys.host.high = from.u64();
  f.keys.host.low = from.u64();
  f.keys.boot_id = read_raw<16>(from);
  f.keys.run.high = from.u64();
  f.keys.run.low = from.u64();
  f.host_name = from.text();
  f.clock.ns = clamp_time(from.i64());
  f.environment = read_strings(from);
  f.process_exclude = read_strings(from);
  f.builtin_policy = from.flag();
  f.builtin_json = from.text();
  f.homes = read_strings(from);
  f.hash_wait.ns = clamp_time(from.i64());
  f.trace_pid = from.u32();
  return whole(from, std::move(f), "the facts of the run");
}

void write(ByteWriter& to, const HealthReport& r) {
  to.u8(static_cast<std::uint8_t>(r.action)).text(r.agent_version);
  to.flag(r.last_end.has_value()).u8(static_cast<std::uint8_t>(r.last_end.value_or(LastEnd::first_run)));
  to.text(r.last_run_id).flag(r.last_seq.has_value()).i64(r.last_seq.value_or(0));
  write_time(to, r.not_watched_from);
  write_time(to, r.not_watched_to);
  to.u64(r.cpu_user).u64(r.cpu_system).u64(r.rss_anon).u64(r.kernel_maps);
  write_strings(to, r.hooks);
  to.text(r.exporters_json).text(r.counters_json);
}

Result<HealthReport> read_health(std::span<const std::byte> bytes) {
  ByteReader from(bytes);
  HealthReport r;
  r.action = read_enum(from, HealthAction::interval);
  r.agent_version = from.text();
  const bool ended = from.flag();
  const LastEnd end = read_enum(from, LastEnd::unclean);
  if (ended)
    r.last_end = end;
  r.last_run_id = from.text();
  const bool has_seq = from.flag();
  const std::int64_t seq = from.i64();
  if (has_seq)
    r.last_seq = seq;
  r.not_watched_from = read_wall(from);
  r.not_watched_to = read_wall(from);
  r.cpu_user = from.u64();
  r.cpu_system = from.u64();
  r.rss_anon = from.u64();
  r.kernel_maps = from.u64();
  r.hooks = read_strings(from);
  r.exporters_json = from.text();
  r.counters_json = from.text();
  return whole(from, std::move(r), "a health report");
}

void write(ByteWriter& to, const LossNotice& n) {
  to.u8(static_cast<std::uint8_t>(n.family)).text(n.stage).text(n.reason).u64(n.count).i64(n.from.ns).i64(n.to.ns);
}

Result<LossNotice> read_loss(std::span<const std::byte> bytes) {
  ByteReader from(bytes);
  LossNotice n;
  n.family = read_enum(from, Family::agent);
  n.stage = from.text();
  n.reason = from.text();
  n.count = from.u64();
  n.from.ns = from.i64();
  n.to.ns = from.i64();
  return whole(from, std::move(n), "a notice of loss");
}

void write(ByteWriter& to, const CountersNotice& n) {
  to.i64(n.time.ns);
  for (const KernelCounts& c : n.family)
    to.u64(c.seen)
        .u64(c.suppressed)
        .u64(c.condensed)
        .u64(c.sent)
        .u64(c.lost_ring)
        .u64(c.lost_map)
        .u64(c.lost_scratch)
        .u64(c.lost_end)
        .u64(c.unreadable)
        .u64(c.lost_blocks)
        .u64(c.lost_share);
  to.u32(static_cast<std::uint32_t>(n.processes.size()));
  for (const ProcessLoss& loss : n.processes) {
    to.u32(loss.process.pid.value).i64(loss.process.start.ns).u64(loss.process.exec_id);
    to.u8(static_cast<std::uint8_t>(loss.family)).u8(static_cast<std::uint8_t>(loss.cause)).u64(loss.count);
  }
}

Result<CountersNotice> read_counters(std::span<const std::byte> bytes) {
  ByteReader from(bytes);
  CountersNotice n;
  n.time.ns = from.i64();
  for (KernelCounts& c : n.family)
    for (std::uint64_t* value : {&c.seen, &c.suppressed, &c.condensed, &c.sent, &c.lost_ring, &c.lost_map,
                                 &c.lost_scratch, &c.lost_end, &c.unreadable, &c.lost_blocks, &c.lost_share})
      *value = from.u64();
  n.processes.resize(from.count(process_loss_size));
  for (ProcessLoss& loss : n.processes) {
    loss.process.pid.value = from.u32();
    loss.process.start.ns = clamp_time(from.i64());
    loss.process.exec_id = from.u64();
    loss.family = read_enum(from, Family::access);
    loss.cause = read_enum(from, LossCause::share);
    loss.count = from.u64();
  }
  return whole(from, n, "the kernel's counters");
}

void write(ByteWriter& to, const LivingNotice& n) {
  to.i64(n.time.ns).flag(n.last).u32(static_cast<std::uint32_t>(n.objects.size()));
  for (const std::uint64_t object : n.objects)
    to.u64(object);
}

Result<LivingNotice> read_living(std::span<const std::byte> bytes) {
  ByteReader from(bytes);
  LivingNotice n;
  n.time.ns = clamp_time(from.i64());
  n.last = from.flag();
  n.objects.resize(from.count(8));
  for (std::uint64_t& object : n.objects)
    object = from.u64();
  return whole(from, std::move(n), "the list of open files");
}

Result<std::int64_t> read_time(std::span<const std::byte> bytes) {
  ByteReader from(bytes);
  const std::int64_t ns = clamp_time(from.i64());
  return whole(from, ns, "a time");
}

void write(ByteWriter& to, const FileFacts& f) {
  to.u8(static_cast<std::uint8_t>(f.status)).flag(f.sha256.has_value());
  if (f.sha256)
    write_raw(to, f.sha256->bytes);
  to.u8(static_cast<std::uint8_t>(f.signature)).text(f.digest_algorithm).text(f.not_checked_reason);
  to.text(f.signer).text(f.version);
}

FileFacts read_file_facts(ByteReader& from) {
  FileFacts f;
  f.status = read_enum(from, HashStatus::unreadable);
  if (from.flag())
    f.sha256 = Sha256{read_raw<32>(from)};
  f.signature = read_enum(from, SignatureState::not_checked);
  f.digest_algorithm = from.text();
  f.not_checked_reason = from.text();
  f.signer = from.text();
  f.version = from.text();
  return f;
}

} // namespace monster
