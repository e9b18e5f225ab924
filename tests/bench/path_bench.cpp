// SPDX-License-Identifier: Apache-2.0
// rooms: block
// What it costs to find the name that an act was about: from what the caller wrote, and from the inodes it touched.
#include "base/path_text.hpp"
#include "block/path_act.hpp"

#include <benchmark/benchmark.h>

#include <array>

namespace monster {
namespace {

constexpr Text base = "/home/builder/project/build/src/event";
constexpr Text folder = "/home/builder/project/build/src/event/CMakeFiles/event.dir";
constexpr Text before = "/home/builder/project/build/src/event/CMakeFiles/event.dir/tsv.cpp.o.tmp";
constexpr Text after = "/home/builder/project/build/src/event/CMakeFiles/event.dir/tsv.cpp.o";

void absolute(benchmark::State& state, std::string_view argument) {
  for (auto _ : state) {
    std::string path = absolute_path(base.bytes(), argument);
    benchmark::DoNotOptimize(path);
  }
}

BENCHMARK_CAPTURE(absolute, as_it_is, "/home/builder/project/build/src/event/CMakeFiles/event.dir/tsv.cpp.o");
BENCHMARK_CAPTURE(absolute, relative, "CMakeFiles/event.dir/tsv.cpp.o");
BENCHMARK_CAPTURE(absolute, with_dots, ".././../src/./event/CMakeFiles/../CMakeFiles/event.dir//tsv.cpp.o");

FileState state_of(std::uint32_t mode) {
  FileState state;
  state.mode = mode;
  state.nlink = 1;
  return state;
}

// The file, and the directory that holds it; or nothing, where the kernel did not tell.
std::array<TouchedFile, 2> touched_by(PathActKind kind) {
  std::array<TouchedFile, 2> touched;
  touched[0].file = {0x800001, 1234, 5};
  touched[0].parent_inode = 99;
  touched[0].after = state_of(0100644);
  touched[0].path_before = before;
  touched[0].path_after = kind == PathActKind::unlink ? Text{} : after;
  touched[1].file = {0x800001, 99, 5};
  touched[1].parent_inode = 98;
  touched[1].after = state_of(0040755);
  touched[1].path_before = touched[1].path_after = folder;
  return touched;
}

void resolve_act(benchmark::State& state, PathActKind kind, bool told) {
  const std::array<TouchedFile, 2> touched = touched_by(kind);
  PathAct act;
  act.kind = kind;
  if (told)
    act.touched = touched;
  act.argument1 = "CMakeFiles/event.dir/tsv.cpp.o.tmp";
  act.base1 = act.base2 = base;
  if (kind == PathActKind::rename)
    act.argument2 = "CMakeFiles/event.dir/tsv.cpp.o";
  for (auto _ : state) {
    ResolvedAct resolved = resolve(act);
    benchmark::DoNotOptimize(resolved);
  }
  if (told != (resolve(act).source == PathSource::dentry))
    state.SkipWithError("the name did not come from where it should");
}

BENCHMARK_CAPTURE(resolve_act, rename_by_inode, PathActKind::rename, true);
BENCHMARK_CAPTURE(resolve_act, rename_by_argument, PathActKind::rename, false);
BENCHMARK_CAPTURE(resolve_act, unlink_by_inode, PathActKind::unlink, true);
BENCHMARK_CAPTURE(resolve_act, chmod_by_inode, PathActKind::chmod, true);

} // namespace
} // namespace monster
