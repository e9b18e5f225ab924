// SPDX-License-Identifier: Apache-2.0
// rooms: sensor
// What one record of the kernel costs to decode, with texts as they are found on a working host.
#include "sensor/linux/bpf/decode.hpp"
#include "sensor/linux/bpf/wire_builder.hpp"

#include "../../bpf/wire.h"

#include <benchmark/benchmark.h>

#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>

namespace monster {
namespace {

constexpr std::string_view object_path = "/home/builder/project/build/src/event/CMakeFiles/event.dir/tsv.cpp.o";
constexpr std::string_view compiler = "/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus";
constexpr std::string_view arguments{"cc1plus\0-quiet\0-I\0../src\0-D\0NAME=\"monster\"\0-o\0a.o", 50};
constexpr std::string_view environment{
    "PATH=/usr/bin:/bin\0HOME=/home/builder\0SSH_CONNECTION=10.0.0.7 50122 10.0.0.1 22", 81};

// Member by member: what the structs gain later is then zero.
constexpr wire::wire_actor actor = [] {
  wire::wire_actor a{};
  a.start = 7;
  a.pid = a.tid = 41'234;
  a.exec_id = 3;
  a.uid = 1000;
  return a;
}();
constexpr wire::wire_file_facts facts = [] {
  wire::wire_file_facts f{};
  f.size = 65'536;
  f.mode = 0100644;
  f.uid = f.gid = 1000;
  f.nlink = 1;
  return f;
}();

// A whole record as it lies in a ring: 8-aligned, its texts behind its struct.
class Record {
public:
  template <class Wire>
  Record(Wire head, wire::wire_type type, std::initializer_list<std::string_view> texts) : size_(fixed_size(head)) {
    for (const std::string_view text : texts)
      size_ += text.size();
    head.header.size = static_cast<wire::u32>(size_);
    head.header.type = static_cast<wire::u16>(type);
    head.header.time = 1'000'000;
    head.header.actor = actor;
    words_.resize((size_ + 7) / 8);
    char* to = reinterpret_cast<char*>(words_.data());
    std::memcpy(to, &head, fixed_size(head));
    to += fixed_size(head);
    for (const std::string_view text : texts) {
      std::memcpy(to, text.data(), text.size());
      to += text.size();
    }
  }

  [[nodiscard]] std::span<const std::byte> bytes() const { return std::as_bytes(std::span(words_)).first(size_); }

private:
  std::size_t size_;
  std::vector<std::uint64_t> words_;
};

wire::wire_file open_file() {
  wire::wire_file file{};
  file.object = 4711;
  file.opener = actor;
  file.id.inode = 1234;
  file.id.device = 0x800001;
  file.open_flags = 0x8241;
  file.file_mode = 2;
  file.flags = wire::WIRE_CREATED | wire::WIRE_WRITTEN;
  file.before = facts;
  file.birth_time = 1;
  file.path_length = object_path.size();
  return file;
}

Record file_opened() {
  wire::wire_file_opened opened{};
  opened.file = open_file();
  return {opened, wire::WIRE_FILE_OPENED, {object_path}};
}

Record file_block() {
  wire::wire_file_block block{};
  block.file = open_file();
  block.io.bytes_written = block.io.highest_end = 65'536;
  block.io.write_count = 16;
  block.after = facts;
  block.writer_count = 1;
  block.writers[0].pid = 41'234;
  block.writers[0].bytes_written = 65'536;
  return {block, wire::WIRE_FILE_BLOCK, {object_path}};
}

// A file and the directory that holds it.
Record file_unlinked() {
  constexpr std::string_view folder = "/home/builder/project/build/src/event/CMakeFiles/event.dir";
  constexpr std::string_view argument = "CMakeFiles/event.dir/tsv.cpp.o";
  constexpr std::string_view base = "/home/builder/project/build/src/event";
  wire::wire_path_op act{};
  act.act = wire::WIRE_ACT_UNLINK;
  act.touched_count = 2;
  act.touched[0].id.inode = 1234;
  act.touched[0].parent_inode = act.touched[1].id.inode = 99;
  act.touched[0].after = act.touched[1].after = facts;
  act.touched[0].before_length = object_path.size();
  act.touched[1].before_length = folder.size();
  act.argument1_length = argument.size();
  act.base1_length = base.size();
  return {act, wire::WIRE_PATH_OP, {object_path, folder, argument, base}};
}

Record process_image() {
  constexpr std::string_view cwd = "/home/builder/project/build";
  constexpr std::string_view cgroup = "/user.slice/user-1000.slice/session-7.scope";
  wire::wire_exec exec{};
  exec.parent_pid = 41'233;
  exec.argc = 8;
  exec.group_count = 2;
  exec.image_facts = facts;
  exec.image_length = exec.filename_length = compiler.size();
  exec.cwd_length = cwd.size();
  exec.cgroup_length = cgroup.size();
  exec.args_length = arguments.size();
  exec.env_length = environment.size();
  return {exec, wire::WIRE_EXEC, {compiler, compiler, cwd, cgroup, arguments, environment}};
}

void decode_record(benchmark::State& state, Record (*make)()) {
  const Record record = make();
  DecodeMemory memory;
  for (auto _ : state) {
    Result<Observation> seen = decode(record.bytes(), memory);
    if (!seen) {
      state.SkipWithError(seen.error().message().c_str());
      break;
    }
    benchmark::DoNotOptimize(seen);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(record.bytes().size()));
}

BENCHMARK_CAPTURE(decode_record, file_opened, file_opened);
BENCHMARK_CAPTURE(decode_record, file_block, file_block);
BENCHMARK_CAPTURE(decode_record, file_unlinked, file_unlinked);
BENCHMARK_CAPTURE(decode_record, process_image, process_image);

} // namespace
} // namespace monster
