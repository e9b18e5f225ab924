// SPDX-License-Identifier: Apache-2.0
// rooms: event
// What one row costs to encode, with texts as they are found on a working host.
#include "event/json.hpp"
#include "event/tsv.hpp"

#include <benchmark/benchmark.h>

#include <array>

namespace monster {
namespace {

constexpr WallTime some_time{1'795'519'353'123'456'789};
constexpr Origin origin{{0x0011223344556677U, 0x8899aabbccddeeffU}, "build-7.example", {0x1234, 0x5678}};

constexpr std::array<Text, 8> arguments{"cc1plus", "-quiet", "-I", "../src", "-D", "NAME=\"monster\"", "-o", "a.o"};
constexpr std::array<Text, 3> ancestors{"/usr/bin/make", "/bin/dash", "/usr/bin/bash"};
constexpr std::array<Writer, 1> writers{Writer{{1, 2}, 4096, 65536}};

Event with_common() {
  Event event;
  event.common = {.time = some_time,
                  .seq = 4'711'000,
                  .process_key = ProcessKey{3, 4},
                  .pid = Pid{41'234},
                  .tid = Pid{41'234},
                  .image = "/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus",
                  .user = "builder",
                  .uid = 1000,
                  .container_id = {},
                  .mnt_ns = 4'026'531'841,
                  .block_key = BlockKey{5, 6},
                  .tags = {}};
  return event;
}

Event file_create() {
  Event event = with_common();
  event.payload = FileCreate{.path = "/home/builder/project/build/src/event/CMakeFiles/event.dir/tsv.cpp.o",
                             .file_key = FileKey{7, 8},
                             .size = 0,
                             .birth_time = some_time,
                             .modification_time = some_time,
                             .mode = 0100644,
                             .owner_uid = 1000,
                             .owner_gid = 1000,
                             .immutable = false,
                             .append_only = false,
                             .version = {},
                             .create_disposition = CreateDisposition::file_overwrite_if,
                             .create_options = {},
                             .create_result = CreateResult::file_created,
                             .open_flags = 0x8241,
                             .result = "ok"};
  return event;
}

Event file_block() {
  Event event = with_common();
  FileBlock& block = event.payload.emplace<FileBlock>();
  block.path = "/home/builder/project/build/src/event/CMakeFiles/event.dir/tsv.cpp.o";
  block.path_source = PathSource::dentry;
  block.file_key = FileKey{7, 8};
  block.file_kind = FileKind::regular;
  block.created = true;
  block.nlink = 1;
  block.open_time = block.close_time = block.first_write_time = block.last_write_time = some_time;
  block.access = FileAccess::read_write;
  block.open_flags = 0x8241;
  block.bytes_written = 65'536;
  block.write_count = 16;
  block.lowest_offset = 0;
  block.highest_end = 65'536;
  block.size_at_open = 0;
  block.size_at_close = 65'536;
  block.mode_before = block.mode_after = 0100644;
  block.owner_uid_before = block.owner_uid_after = 1000;
  block.owner_gid_before = block.owner_gid_after = 1000;
  block.mtime_before = block.mtime_after = some_time;
  block.external_device = false;
  block.writers = writers;
  return event;
}

Event process_create() {
  Event event = with_common();
  ProcessCreate& process = event.payload.emplace<ProcessCreate>();
  process.start_time = process.exec_time = process.image_mtime = some_time;
  process.ppid = 41'233;
  process.parent_process_key = process.previous_process_key = ProcessKey{9, 10};
  process.parent_image = "/usr/bin/x86_64-linux-gnu-g++-12";
  process.parent_command_line = "g++ -I../src -D 'NAME=\"monster\"' -o a.o -c a.cpp";
  process.ancestors = ancestors;
  process.command_line = "cc1plus -quiet -I ../src -D 'NAME=\"monster\"' -o a.o";
  process.argv = arguments;
  process.cwd = "/home/builder/project/build";
  process.gid = process.login_uid = 1000;
  process.session_id = 40'000;
  process.tty = "pts/0";
  process.capabilities = Hex64{};
  process.file_key = FileKey{7, 8};
  process.image_size = 30'123'456;
  process.image_sha256 = Sha256{};
  process.hash_status = HashStatus::ok;
  process.signature_state = SignatureState::package_verified;
  process.digest_algorithm = "md5";
  process.signer = "g++-12 12.2.0-14 Debian";
  process.version = "12.2.0-14";
  return event;
}

using Encode = void (*)(std::string&, const Event&, const Origin&, std::int64_t);

// One iteration is one row; the string is emptied as an exporter does after a batch.
void rows(benchmark::State& state, Event (*make)(), Encode encode) {
  const Event event = make();
  std::string out;
  std::int64_t bytes = 0;
  std::int64_t seq = 0;
  for (auto _ : state) {
    if (out.size() > 1'000'000) {
      bytes += static_cast<std::int64_t>(out.size());
      out.clear();
    }
    encode(out, event, origin, ++seq);
  }
  state.SetBytesProcessed(bytes + static_cast<std::int64_t>(out.size()));
}

BENCHMARK_CAPTURE(rows, tsv_file_create, file_create, append_tsv_row);
BENCHMARK_CAPTURE(rows, tsv_file_block, file_block, append_tsv_row);
BENCHMARK_CAPTURE(rows, tsv_process_create, process_create, append_tsv_row);
BENCHMARK_CAPTURE(rows, json_file_create, file_create, append_json);
BENCHMARK_CAPTURE(rows, json_file_block, file_block, append_json);
BENCHMARK_CAPTURE(rows, json_process_create, process_create, append_json);

} // namespace
} // namespace monster
