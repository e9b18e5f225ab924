// SPDX-License-Identifier: Apache-2.0
#include "agent/settings.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <set>
#include <sstream>

namespace monster {
namespace {

constexpr std::size_t max_homes = 10'000;

// The sixth field of passwd(5); only absolute ones.
std::vector<std::string> read_homes() {
  std::set<std::string> homes;
  std::ifstream passwd("/etc/passwd");
  for (std::string line; std::getline(passwd, line) && homes.size() < max_homes;) {
    std::istringstream fields(line);
    std::string field;
    for (int i = 0; i < 6; ++i)
      if (!std::getline(fields, field, ':'))
        field.clear();
    if (field.starts_with('/') && field.size() > 1)
      homes.insert(field);
  }
  return {homes.begin(), homes.end()};
}

Result<std::string> read_builtin(const std::optional<std::string>& path) {
  if (!path)
    return std::string();
  std::ifstream file(*path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty())
    return fail({"read", *path, "it is not a readable file, or empty", "policy.builtin_file names it",
                 ErrorKind::configuration});
  return text.str();
}

KernelCounts to_counts(const KernelCounters::Family& f) {
  return {f.seen,         f.suppressed, f.condensed,  f.sent,        f.lost_ring, f.lost_map,
          f.lost_scratch, f.lost_end,   f.unreadable, f.lost_blocks, f.lost_share};
}

} // namespace

Result<RunFacts> run_facts(const Config& config, const HostFacts& host, ClockOffset clock) {
  RunFacts facts;
  facts.keys = {host_id_from_machine_id(host.machine_id), host.boot_id, random_run_id()};
  facts.host_name = host.host_name;
  facts.clock = clock;
  facts.environment = config.process.environment;
  facts.process_exclude = config.trace_policy.process_image_name.exclude;
  facts.builtin_policy = config.policy.builtin;
  auto builtin = read_builtin(config.policy.builtin_file);
  if (!builtin)
    return fail(builtin.error());
  facts.builtin_json = std::move(*builtin);
  facts.homes = read_homes();
  facts.hash_wait = config.hash.wait;
  return facts;
}

IdentityWorkers::Options identity_options(const Config& config, std::uint32_t host_mnt_ns) {
  IdentityWorkers::Options options;
  options.threads = static_cast<std::size_t>(config.hash.workers);
  options.host_mnt_ns = host_mnt_ns;
  options.digester.max_size = config.hash.max_size;
  return options;
}

Result<std::vector<std::unique_ptr<Exporter>>> make_exporters(const Config& config, const std::string& data_directory,
                                                              const ExportContext& context) {
  Exporters::Options options;
  const TsvConfig& tsv = config.exporters.tsv;
  if (tsv.enabled) {
    TsvOptions& to = std::get<0>(options).emplace();
    to.data_directory = tsv_directory(config, data_directory);
    to.details = tsv.details;
    to.detail_columns = tsv.detail_columns == TsvDetailColumns::full ? DetailColumns::full : DetailColumns::keys;
    to.rotate_bytes = tsv.rotate_size;
    to.rotate_after = tsv.rotate_time;
    to.keep_bytes = tsv.keep;
    to.flush_after = tsv.flush;
    to.sync_after = tsv.sync;
    to.queue.bytes = tsv.queue_bytes;
  }
  return Exporters::make(options, context);
}

std::string tsv_directory(const Config& config, const std::string& data_directory) {
  return config.exporters.tsv.directory.value_or(data_directory);
}

CountersNotice to_notice(const KernelCounters& counters, BootTime read_at) {
  CountersNotice notice{read_at, {}, {}};
  std::ranges::transform(counters.family, notice.family.begin(), to_counts);
  return notice;
}

std::string counters_json(const std::vector<std::unique_ptr<Exporter>>& exporters, const KernelCounters& kernel,
                          std::span<const NamedCount> sensitive) {
  std::string text = "{";
  const auto add = [&](std::string_view owner, std::string_view name, std::uint64_t count) {
    if (count != 0)
      text += fmt::format(R"({}"{}_{}":{})", text.size() == 1 ? "" : ",", owner, name, count);
  };
  for (std::size_t f = 0; f < kernel.family.size(); ++f)
    add(fmt::format("kernel_{}", name_of(static_cast<Family>(f))), "unreadable", kernel.family[f].unreadable);
  for (const NamedCount& counter : sensitive)
    add("sensitive", counter.name, counter.count);
  for (const auto& exporter : exporters) {
    for (const NamedCount& counter : exporter->counters())
      add(exporter->name(), counter.name, counter.count);
    const LatencySummary latency = exporter->latency();
    add(exporter->name(), "latency_p50_ns", static_cast<std::uint64_t>(latency.p50.ns));
    add(exporter->name(), "latency_p99_ns", static_cast<std::uint64_t>(latency.p99.ns));
  }
  return text + "}";
}

std::vector<SensitiveInode> to_inodes(std::span<const SensitiveFile> files) {
  std::vector<SensitiveInode> inodes;
  inodes.reserve(files.size());
  for (const SensitiveFile& file : files)
    inodes.push_back({file.device, file.inode});
  return inodes;
}

} // namespace monster
