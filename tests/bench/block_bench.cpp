// SPDX-License-Identifier: Apache-2.0
// rooms: block
// What one file block costs from its open to its end, and how that grows with the handles that stay open.
#include "block/file_blocks.hpp"

#include <benchmark/benchmark.h>

namespace monster {
namespace {

constexpr Text object_path = "/home/builder/project/build/src/event/CMakeFiles/event.dir/tsv.cpp.o";
constexpr Actor builder = [] {
  Actor actor;
  actor.process = {Pid{41'234}, BootTime{7}, 3};
  actor.tid = Pid{41'234};
  actor.uid = 1000;
  return actor;
}();

// Keeps everything: what policy costs is not measured here.
class KeepAll final : public FileJudge {
public:
  [[nodiscard]] bool keeps(const Actor&, std::string_view, std::string_view, std::uint32_t) const override {
    return true;
  }
  [[nodiscard]] bool is_sensitive(std::string_view) const override { return false; }
  [[nodiscard]] std::optional<SeenDirectory> directory(const Actor&, const std::string&) override {
    return std::nullopt;
  }
};

OpenFile open_file(std::uint64_t object) {
  OpenFile file;
  file.object = object;
  file.open_time = BootTime{1'000'000};
  file.opener = builder;
  file.file = {0x800001, object, 5};
  file.open_flags = 0x8241;
  file.writable = file.created = true;
  file.birth_time = WallTime{1};
  file.path = object_path;
  return file;
}

FileBlockTold end_of(const OpenFile& file) {
  FileBlockTold told;
  told.file = file;
  told.after.size = told.bytes_written = 65'536;
  told.write_count = 16;
  told.first_write = told.last_write = BootTime{1'000'500};
  told.lowest_offset = 0;
  told.highest_end = 65'536;
  return told;
}

void opened_and_told(benchmark::State& state) {
  KeepAll judge;
  FileBlocks blocks(KeyMaker{}, judge);
  Arena arena;
  std::vector<MadeEvent> events;
  BlockOutput out{arena, events};
  const ClockOffset clock{1'795'519'353'000'000'000};
  const Observation seen{BootTime{1'000'000}, builder, {}};
  std::uint64_t object = 0;
  for (; object < static_cast<std::uint64_t>(state.range(0)); ++object)
    blocks.opened(seen, {open_file(object)}, clock, out);
  for (auto _ : state) {
    const OpenFile file = open_file(++object);
    blocks.opened(seen, {file}, clock, out);
    blocks.told(seen, end_of(file), clock, out);
    if (events.size() > 1000) { // as the pipeline hands over a batch
      benchmark::DoNotOptimize(events.data());
      events.clear();
      arena.clear();
    }
  }
  state.SetItemsProcessed(state.iterations());
  if (blocks.open().size() != static_cast<std::size_t>(state.range(0)))
    state.SkipWithError("a block that was told stayed open");
}

BENCHMARK(opened_and_told)->ArgName("open")->Arg(0)->Arg(1'000)->Arg(100'000);

} // namespace
} // namespace monster
