// SPDX-License-Identifier: Apache-2.0
// Lives of files, thousands in parallel, and the truth about each as one JSON object a line.
#include "life_run.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace monster::e2e {

namespace {

std::vector<Kind> all_kinds() {
  std::vector<Kind> all;
  for (const auto& group : {open_kinds(), share_kinds(), io_kinds(), path_kinds(), attribute_kinds(), uring_kinds(),
                            name_kinds(), mount_kinds(), silent_kinds(), limit_kinds(), call_kinds(), race_kinds()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

// What the exec of the kind inherited_by_exec becomes: three writes to a handle it was given, no close.
int write_inherited(const char* fd) {
  for (int i = 0; i < 3; ++i)
    must(write(std::atoi(fd), some_bytes(), 100), "write to an inherited handle");
  return 0;
}

} // namespace

} // namespace monster::e2e

int main(int count, char** arguments) {
  using namespace monster::e2e;
  if (count == 3 && std::strcmp(arguments[1], "--inherited") == 0)
    return write_inherited(arguments[2]);
  const Program program{"file_life", all_kinds(), true};
  return run_program(program, std::span(arguments, static_cast<std::size_t>(count)));
}
