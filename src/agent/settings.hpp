// SPDX-License-Identifier: Apache-2.0
// The configuration in the words of the rooms that it concerns.
#pragma once

#include "agent/inputs.hpp"
#include "agent/pipeline.hpp"
#include "config/config.hpp"
#include "export/exporters.hpp"
#include "host/identity_workers.hpp"
#include "host/linux/host_facts.hpp"
#include "policy/linux/sensitive_files.hpp"
#include "sensor/linux/bpf/sensor.hpp"

namespace monster {

// With a new run_id. Fails when the file of the built-in policy cannot be read.
[[nodiscard]] Result<RunFacts> run_facts(const Config& config, const HostFacts& host, ClockOffset clock);
[[nodiscard]] IdentityWorkers::Options identity_options(const Config& config, std::uint32_t host_mnt_ns);
[[nodiscard]] Result<std::vector<std::unique_ptr<Exporter>>>
make_exporters(const Config& config, const std::string& data_directory, const ExportContext& context);
// Below which the TSV exporter's events/ lies.
[[nodiscard]] std::string tsv_directory(const Config& config, const std::string& data_directory);
[[nodiscard]] CountersNotice to_notice(const KernelCounters& counters, BootTime read_at);
[[nodiscard]] std::string counters_json(const std::vector<std::unique_ptr<Exporter>>& exporters,
                                        const KernelCounters& kernel, std::span<const NamedCount> sensitive);
[[nodiscard]] std::vector<SensitiveInode> to_inodes(std::span<const SensitiveFile> files);

} // namespace monster
