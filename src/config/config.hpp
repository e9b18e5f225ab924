// SPDX-License-Identifier: Apache-2.0
// What the agent is told to do. The initial value of a member is the option's default; its name in
// the file, its bounds and its meaning stand in option_table.cpp, which is the list of all options.
#pragma once

#include "base/time.hpp"
#include "config/address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace monster {

enum class TsvDetailColumns : std::uint8_t { keys, full };
enum class KafkaAcks : std::uint8_t { none, leader, all };
enum class KafkaCodec : std::uint8_t { none, gzip, snappy, lz4, zstd };

struct TsvConfig {
  bool enabled = true;
  std::optional<std::string> directory; // null: <data-dir>/events
  std::uint64_t rotate_size = 64ULL << 20;
  Duration rotate_time = seconds(15 * 60);
  std::uint64_t keep = 5ULL << 30;
  Duration flush = milliseconds(250);
  Duration sync = seconds(5);
  std::uint64_t queue_bytes = 32ULL << 20;
  TsvDetailColumns detail_columns = TsvDetailColumns::keys;
  bool details = true;
};

struct KafkaConfig {
  bool enabled = false;
  std::string servers = "localhost";
  std::string topic = "monster";
  KafkaAcks acks = KafkaAcks::all;
  KafkaCodec codec = KafkaCodec::lz4;
  std::int64_t partition = -1; // -1: the partitioner chooses
  std::int64_t retries = 3;
  std::int64_t max_msg_queue = 1'000'000;
};

struct SyslogConfig {
  bool enabled = false;
  std::string server = "localhost";
  std::uint16_t port = 514;
};

struct ExportConfig {
  TsvConfig tsv;
  KafkaConfig kafka;
  SyslogConfig syslog;
};

template <class Entry> struct FilterConfig {
  std::vector<Entry> include;
  std::vector<Entry> exclude;
};

struct TracePolicyConfig {
  FilterConfig<std::string> process_image_name; // judges the basename, or the full path if the entry has a `/`
  FilterConfig<std::string> file_path;
  FilterConfig<std::string> file_ext; // without the leading dot
  FilterConfig<std::string> registry_key;
  FilterConfig<IpRange> net_target_ip;
  FilterConfig<PortRange> net_target_port;
};

struct PolicyConfig {
  bool builtin = true;
  std::optional<std::string> builtin_file; // null: the policy compiled in
  bool read_blocks = false;
};

struct ProcessConfig {
  std::vector<std::string> environment{"LD_PRELOAD", "LD_AUDIT",       "LD_LIBRARY_PATH",
                                       "BASH_ENV",   "SSH_CONNECTION", "SUDO_USER"};
};

struct KernelConfig {
  std::uint64_t ring_bytes = 16ULL << 20;   // of each of the two rings; a power of two
  std::int64_t open_blocks = 131'072;       // fits 32 bits
  std::int64_t open_blocks_per_process = 0; // 0: half of open_blocks
};

struct HealthConfig {
  Duration interval = seconds(60);
};

struct HashConfig {
  std::uint64_t max_size = 256ULL << 20;
  Duration wait = milliseconds(800);
  std::int64_t workers = 1;
};

struct Config {
  ExportConfig exporters; // "export" in the file
  TracePolicyConfig trace_policy;
  PolicyConfig policy;
  ProcessConfig process;
  KernelConfig kernel;
  HealthConfig health;
  HashConfig hash;
};

} // namespace monster
