// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/open_objects.hpp"

#include "../../../../bpf/wire.h"

#include <bpf/bpf.h>
#include <cstring>

namespace monster {
namespace {

constexpr std::uint32_t batch_entries = 1024; // a bucket with more of them than fit is an error (ENOSPC)

} // namespace

Result<std::vector<std::uint64_t>> read_open_objects(int map, std::size_t value_size) {
  std::vector<std::uint64_t> objects;
  std::vector<std::uint64_t> keys(batch_entries);
  std::vector<std::byte> values(batch_entries * value_size);
  std::uint32_t place = 0;
  for (bool first = true;; first = false) {
    std::uint32_t count = batch_entries;
    const int error =
        bpf_map_lookup_batch(map, first ? nullptr : &place, &place, keys.data(), values.data(), &count, nullptr);
    if (error != 0 && error != -ENOENT) // ENOENT: these are the last
      return fail(system_error("read", "the kernel's list of open files", -error));
    for (std::uint32_t i = 0; i < count; ++i) {
      wire::wire_file file; // open_file of bpf/file.bpf.h begins with it
      std::memcpy(&file, values.data() + i * value_size, sizeof file);
      if ((file.flags & (wire::WIRE_TOLD | wire::WIRE_LONG_OPEN_PATH)) != 0)
        objects.push_back(file.object);
    }
    if (error != 0)
      return objects;
  }
}

} // namespace monster
