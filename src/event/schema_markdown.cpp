// SPDX-License-Identifier: Apache-2.0
// The reference page. Its key vectors are computed here, by the functions that the agent uses; the literals
// that they must equal stand in src/base/key_test.cpp.
#include "event/columns.hpp"
#include "event/common_columns.hpp"
#include "event/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace monster {
namespace {

constexpr std::string_view introduction = R"(# Events

<!-- Generated: monster-agent schema --format markdown. Edit the tables in src/event instead. -->

Every event that Monster Agent records, schema version {}. An event's row is the columns of every event, then
its own, in this order, in each format. `statistics` events alone show all that happened in outline; `detail`
events carry the `block_key` of the block that they belong to.

## How values are written

| Type | TSV | JSON |
|---|---|---|
| u16, u32, u64, i64 | decimal | number; a string where the unit is nanoseconds |
| boolean | 0, 1 | false, true |
| text | UTF-8; tab, newline, carriage return and backslash as `\t` `\n` `\r` `\\`; other control characters as they are | string |
| enum | one of the words given | string |
| time | `2026-11-24T11:22:33.123456789Z`, UTC, always nine digits | string |
| key | 32 hex digits | string |
| hex64 | 16 hex digits | string |
| sha256 | 64 hex digits | string |
| text_list | the JSON text, escaped as text | array of strings |
| named_texts | the JSON text, escaped as text | object, name to string |
| writer_list | the JSON text | array of objects: process_key, bytes_read, bytes_written |
| json | the JSON text, escaped as text | as it is |

Unknown is null, never empty or 0: `\N` in TSV; in JSON the field is left out. An empty text is known to be empty.

Text is what the host gave, and that is not always UTF-8. Each part that is not (and each NUL) is shown as U+FFFD,
and the exact bytes of the whole text stand in `raw`, in hex, by the column's name: `{{"path":"2f746d70ff"}}`, for the
item of a list `argv[3]`, for a named text `environment.LD_PRELOAD`.
)";

constexpr std::string_view keys = R"(
## Keys

A key is XXH3-128 (seed 0) over a tag with a final NUL and then fixed-width fields, written as 32 lower-case hex
digits. Numbers are little-endian; a key inside another key stands as its 16 bytes in the order of its hex text.

| Key | Bytes | What it promises |
|---|---|---|
| host_id | `monster-agent host 1` NUL, machine-id (16 bytes) | stable; does not reveal the machine-id |
| run_id | 16 random bytes, not a hash | one run of the agent |
| process_key | `process` NUL, host_id, boot id (16 bytes), pid u32, start_boottime u64 in ns, self_exec_id u64 | one process running one image; changes at exec, never reused |
| file_key | `file` NUL, host_id, device u64, inode u64, generation u32 | one file through renames and re-opens |
| block_key | `block` NUL, run_id, object number u64 | one Event Block |

Vectors, each made with the results before it:

| Key | From | Value |
|---|---|---|
| host_id | machine-id `{machine}` | `{host}` |
| process_key | that host, boot id `{boot}`, pid 4711, start 123456789012345, exec id 2 | `{process}` |
| file_key | that host, device 64769, inode 131077, generation 3735928559 | `{file}` |
| block_key | run_id `{run}`, object 42 | `{block}` |
)";

// A cell of a table must not hold the sign that ends it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '|')
      out += '\\';
    out += byte;
  }
  return out;
}

std::string column_table(std::span<const Column> columns) {
  std::string out = "| Column | Type | Unit | Null | Meaning | ECS | OCSF |\n|---|---|---|---|---|---|---|\n";
  for (const Column& column : columns) {
    std::string meaning = cell(column.meaning);
    if (!column.values.empty())
      meaning += fmt::format(" (`{}`)", fmt::join(column.values, "`, `"));
    out +=
        fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", column.name, name_of(column.type), name_of(column.unit),
                    column.nullable ? "yes" : "", meaning, column.names.ecs, column.names.ocsf);
  }
  return out;
}

std::string overview() {
  std::string out = "\n## All events\n\n| Id | Event | Class | Meaning |\n|---|---|---|---|\n";
  for (const EventColumns& event : catalogue())
    out += fmt::format("| {0} | [{1}](#{0}-{1}) | {2} | {3} |\n", event.info.id, event.info.name,
                       name_of(event.info.event_class), cell(event.info.meaning));
  return out;
}

std::string section(const EventColumns& event) {
  const EventInfo& info = event.info;
  return fmt::format("\n## {} {}\n\n{}\n\nClass: {}. Family: {}. Sysmon's nearest: {}. ATT&CK data source: {}.\n\n{}",
                     info.id, info.name, info.meaning, name_of(info.event_class), name_of(info.family),
                     info.sysmon.empty() ? std::string_view("none") : info.sysmon, info.attack,
                     column_table(event.own()));
}

std::string hex(const Bytes16& bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes)
    out += fmt::format("{:02x}", byte);
  return out;
}

std::string key_section() {
  Bytes16 machine{};
  Bytes16 boot{};
  for (std::uint8_t i = 0; i < 16; ++i) {
    machine[i] = i;
    boot[i] = static_cast<std::uint8_t>(0xf0 + i);
  }
  const HostId host = host_id_from_machine_id(machine);
  const RunId run{0x0123456789abcdefU, 0xfedcba9876543210U};
  const ProcessIdentity process{Pid{4711}, BootTime{123'456'789'012'345}, 2};
  const FileIdentity file{64769, 131077, 3735928559U};
  return fmt::format(keys, fmt::arg("machine", hex(machine)), fmt::arg("boot", hex(boot)), fmt::arg("host", host.hex()),
                     fmt::arg("run", run.hex()), fmt::arg("process", process_key(host, boot, process).hex()),
                     fmt::arg("file", file_key(host, file).hex()), fmt::arg("block", block_key(run, 42).hex()));
}

} // namespace

std::string schema_markdown() {
  std::string out = fmt::format(introduction, schema_version) + overview();
  out += "\n## Columns of every event\n\n" + column_table(catalogue().front().columns.first(common_column_count));
  for (const EventColumns& event : catalogue())
    out += section(event);
  return out + key_section();
}

} // namespace monster
