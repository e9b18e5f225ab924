// SPDX-License-Identifier: Apache-2.0
// Stands in for libFuzzer in builds without it: every file of a corpus goes through the target once.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::uint8_t> read_input(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

} // namespace

int main(int argc, char** argv) {
  int replayed = 0;
  for (int i = 1; i < argc; ++i) {
    std::error_code missing; // then nothing is replayed, which fails below
    for (const auto& entry : std::filesystem::directory_iterator(argv[i], missing)) {
      const std::vector<std::uint8_t> input = read_input(entry.path());
      LLVMFuzzerTestOneInput(input.data(), input.size());
      ++replayed;
    }
  }
  fmt::print("{} inputs replayed\n", replayed);
  return replayed > 0 ? 0 : 1;
}
