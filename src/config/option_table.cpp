// SPDX-License-Identifier: Apache-2.0
// The list of all options. A new one is its member in config.hpp, which holds the default, and its
// row here.
#include "config/option.hpp"

#include <type_traits>
#include <utility>

namespace monster {
namespace {

// The words of an enum, in its order.
constexpr std::string_view detail_columns[] = {"keys", "full"};
constexpr std::string_view kafka_acks[] = {"0", "1", "all"};
constexpr std::string_view kafka_codecs[] = {"none", "gzip", "snappy", "lz4", "zstd"};
static_assert(std::size(detail_columns) == std::to_underlying(TsvDetailColumns::full) + 1U);
static_assert(std::size(kafka_acks) == std::to_underlying(KafkaAcks::all) + 1U);
static_assert(std::size(kafka_codecs) == std::to_underlying(KafkaCodec::zstd) + 1U);

template <auto At> constexpr ChoiceField choice(std::span<const std::string_view> words) {
  using Enum = std::remove_reference_t<decltype(At(std::declval<Config&>()))>;
  return {words, [](Config& c) { return static_cast<std::size_t>(At(c)); },
          [](Config& c, std::size_t index) { At(c) = static_cast<Enum>(index); }};
}

constexpr std::uint64_t kib = 1ULL << 10;
constexpr std::uint64_t gib = 1ULL << 30;
constexpr std::uint64_t tib = 1ULL << 40;
constexpr Duration hour = seconds(3600);
constexpr std::int64_t most_int32 = 2'147'483'647;

constexpr std::string_view no_kafka = "export to Kafka yet";
constexpr std::string_view no_syslog = "export to syslog yet";

using Text = std::string;
using Texts = std::vector<std::string>;

constexpr Option options[] = {
    {"export.tsv.enabled", FlagField{[](Config& c) -> bool& { return c.exporters.tsv.enabled; }},
     "Write events as TSV files."},
    {"export.tsv.directory",
     OptionalTextField{[](Config& c) -> std::optional<Text>& { return c.exporters.tsv.directory; },
                       TextForm::absolute_path},
     "The TSV files lie in `events` below this directory; null is the data directory."},
    {"export.tsv.rotate_size",
     SizeField{[](Config& c) -> std::uint64_t& { return c.exporters.tsv.rotate_size; }, 4 * kib, 64 * gib},
     "A file that has grown to this size is closed and a new one begun."},
    {"export.tsv.rotate_time",
     DurationField{[](Config& c) -> Duration& { return c.exporters.tsv.rotate_time; }, seconds(1),
                   Duration{168 * hour.ns}},
     "A file that is open for so long is closed and a new one begun."},
    {"export.tsv.keep",
     SizeField{[](Config& c) -> std::uint64_t& { return c.exporters.tsv.keep; }, 4 * kib, 1024 * tib},
     "All TSV files together; when they are larger, the oldest are removed."},
    {"export.tsv.flush",
     DurationField{[](Config& c) -> Duration& { return c.exporters.tsv.flush; }, milliseconds(10), seconds(60)},
     "A row stands in its file after at most this time."},
    {"export.tsv.sync",
     DurationField{[](Config& c) -> Duration& { return c.exporters.tsv.sync; }, milliseconds(10), seconds(600)},
     "A row is on the disk (fdatasync) after at most this time."},
    {"export.tsv.queue_bytes",
     SizeField{[](Config& c) -> std::uint64_t& { return c.exporters.tsv.queue_bytes; }, 64 * kib, 4 * gib},
     "Memory for events that wait to be written; what does not fit is dropped and counted."},
    {"export.tsv.detail_columns",
     choice<[](Config& c) -> TsvDetailColumns& { return c.exporters.tsv.detail_columns; }>(detail_columns),
     "Whether detail rows carry only the keys of their process, or all its columns; statistics are always full."},
    {"export.tsv.details", FlagField{[](Config& c) -> bool& { return c.exporters.tsv.details; }},
     "Write detail events too, not only statistics."},

    {"export.kafka.enabled", FlagField{[](Config& c) -> bool& { return c.exporters.kafka.enabled; }},
     "Send events to Kafka.", no_kafka},
    {"export.kafka.servers",
     TextField{[](Config& c) -> Text& { return c.exporters.kafka.servers; }, TextForm::kafka_servers},
     "The brokers to begin with.", no_kafka},
    {"export.kafka.topic", TextField{[](Config& c) -> Text& { return c.exporters.kafka.topic; }, TextForm::kafka_topic},
     "The topic to send to.", no_kafka},
    {"export.kafka.acks", choice<[](Config& c) -> KafkaAcks& { return c.exporters.kafka.acks; }>(kafka_acks),
     "Who must have a message before it counts as delivered: nobody, the leader, all replicas in sync.", no_kafka},
    {"export.kafka.codec", choice<[](Config& c) -> KafkaCodec& { return c.exporters.kafka.codec; }>(kafka_codecs),
     "How messages are compressed.", no_kafka},
    {"export.kafka.partition",
     NumberField{[](Config& c) -> std::int64_t& { return c.exporters.kafka.partition; }, -1, most_int32},
     "The partition to send to; -1 lets the partitioner choose.", no_kafka},
    {"export.kafka.retries",
     NumberField{[](Config& c) -> std::int64_t& { return c.exporters.kafka.retries; }, 0, most_int32},
     "How often a failed send is tried again.", no_kafka},
    {"export.kafka.max_msg_queue",
     NumberField{[](Config& c) -> std::int64_t& { return c.exporters.kafka.max_msg_queue; }, 1, 10'000'000},
     "Messages that may wait in the client for the broker.", no_kafka},

    {"export.syslog.enabled", FlagField{[](Config& c) -> bool& { return c.exporters.syslog.enabled; }},
     "Send events to a syslog server.", no_syslog},
    {"export.syslog.server", TextField{[](Config& c) -> Text& { return c.exporters.syslog.server; }, TextForm::host},
     "The server to send to.", no_syslog},
    {"export.syslog.port", PortField{[](Config& c) -> std::uint16_t& { return c.exporters.syslog.port; }}, "Its port.",
     no_syslog},

    {"trace_policy.process_image_name.include",
     TextListField{[](Config& c) -> Texts& { return c.trace_policy.process_image_name.include; }, TextForm::image_name},
     "Record only processes of these programs.", "apply the filter process_image_name.include yet"},
    {"trace_policy.process_image_name.exclude",
     TextListField{[](Config& c) -> Texts& { return c.trace_policy.process_image_name.exclude; }, TextForm::image_name},
     "Do not record what these programs do; upper and lower case are the same. An entry with a `/` is "
     "compared with the full path, others with the file name."},
    {"trace_policy.file_path.include",
     TextListField{[](Config& c) -> Texts& { return c.trace_policy.file_path.include; }, TextForm::path_pattern},
     "Record file events only of these paths.", "apply the filter file_path.include yet"},
    {"trace_policy.file_path.exclude",
     TextListField{[](Config& c) -> Texts& { return c.trace_policy.file_path.exclude; }, TextForm::path_pattern},
     "Do not record file events of these paths.", "apply the filter file_path.exclude yet"},
    {"trace_policy.file_ext.include",
     TextListField{[](Config& c) -> Texts& { return c.trace_policy.file_ext.include; }, TextForm::extension},
     "Record file events only of files with these extensions.", "apply the filter file_ext.include yet"},
    {"trace_policy.file_ext.exclude",
     TextListField{[](Config& c) -> Texts& { return c.trace_policy.file_ext.exclude; }, TextForm::extension},
     "Do not record file events of files with these extensions.", "apply the filter file_ext.exclude yet"},
    {"trace_policy.registry_key.include",
     TextListField{[](Config& c) -> Texts& { return c.trace_policy.registry_key.include; }, TextForm::registry_key},
     "Record registry events only of these keys.", "apply the filter registry_key.include yet"},
    {"trace_policy.registry_key.exclude",
     TextListField{[](Config& c) -> Texts& { return c.trace_policy.registry_key.exclude; }, TextForm::registry_key},
     "Do not record registry events of these keys.", "apply the filter registry_key.exclude yet"},
    {"trace_policy.net_target_ip.include",
     IpListField{[](Config& c) -> std::vector<IpRange>& { return c.trace_policy.net_target_ip.include; }},
     "Record network events only with these remote addresses.", "apply the filter net_target_ip.include yet"},
    {"trace_policy.net_target_ip.exclude",
     IpListField{[](Config& c) -> std::vector<IpRange>& { return c.trace_policy.net_target_ip.exclude; }},
     "Do not record network events with these remote addresses.", "apply the filter net_target_ip.exclude yet"},
    {"trace_policy.net_target_port.include",
     PortListField{[](Config& c) -> std::vector<PortRange>& { return c.trace_policy.net_target_port.include; }},
     "Record network events only with these remote ports.", "apply the filter net_target_port.include yet"},
    {"trace_policy.net_target_port.exclude",
     PortListField{[](Config& c) -> std::vector<PortRange>& { return c.trace_policy.net_target_port.exclude; }},
     "Do not record network events with these remote ports.", "apply the filter net_target_port.exclude yet"},

    {"policy.builtin", FlagField{[](Config& c) -> bool& { return c.policy.builtin; }},
     "Let the built-in policy judge what no filter speaks of; off records all of it."},
    {"policy.builtin_file",
     OptionalTextField{[](Config& c) -> std::optional<Text>& { return c.policy.builtin_file; },
                       TextForm::absolute_path},
     "A file to use in place of the built-in policy; null is the one compiled in."},
    {"policy.read_blocks", FlagField{[](Config& c) -> bool& { return c.policy.read_blocks; }},
     "Record blocks of files that were only read, all of them."},

    {"process.environment",
     TextListField{[](Config& c) -> Texts& { return c.process.environment; }, TextForm::variable},
     "The environment variables that a new process is recorded with."},

    {"kernel.ring_bytes",
     SizeField{[](Config& c) -> std::uint64_t& { return c.kernel.ring_bytes; }, 64 * kib, gib, true},
     "Size of each of the two rings between kernel and agent."},
    {"kernel.open_blocks",
     NumberField{[](Config& c) -> std::int64_t& { return c.kernel.open_blocks; }, 1024, 4'194'304},
     "Open files that the kernel side can keep count of at a time."},
    {"kernel.open_blocks_per_process",
     NumberField{[](Config& c) -> std::int64_t& { return c.kernel.open_blocks_per_process; }, 0, 4'194'304},
     "How many of them may be of one process; 0 is half."},

    {"health.interval",
     DurationField{[](Config& c) -> Duration& { return c.health.interval; }, seconds(1), Duration{24 * hour.ns}},
     "How often the agent reports its own health."},

    {"hash.max_size", SizeField{[](Config& c) -> std::uint64_t& { return c.hash.max_size; }, 0, tib},
     "Larger files are not hashed."},
    {"hash.wait", DurationField{[](Config& c) -> Duration& { return c.hash.wait; }, Duration{0}, seconds(60)},
     "An event waits at most so long for a hash, then goes without it."},
    {"hash.workers", NumberField{[](Config& c) -> std::int64_t& { return c.hash.workers; }, 1, 64},
     "Threads that hash."},
};

} // namespace

std::span<const Option> config_options() { return options; }

} // namespace monster
