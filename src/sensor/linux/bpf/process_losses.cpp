// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/process_losses.hpp"

#include <bpf/bpf.h>
#include <cerrno>
#include <cstddef>

namespace monster {
namespace {

constexpr std::uint32_t batch = 512;

} // namespace

void ProcessLosses::add_new(const wire::wire_process& process, const wire::wire_losses& losses,
                            std::vector<ProcessLoss>& fresh) {
  const Key key{process.start, process.pid};
  wire::wire_losses& known = known_[key];
  const ProcessIdentity identity{{process.pid}, {static_cast<std::int64_t>(process.start)}, losses.exec_id};
  bool lost_more = false;
  for (std::size_t family = 0; family < wire::WIRE_FAMILIES; ++family)
    for (std::size_t cause = 0; cause < wire::WIRE_LOSSES; ++cause) {
      const std::uint64_t count = losses.lost[family][cause] - known.lost[family][cause];
      if (count != 0)
        fresh.push_back({identity, static_cast<Family>(family), static_cast<LossCause>(cause), count});
      lost_more = lost_more || count != 0;
    }
  known = losses;
  if (lost_more || losses.ended == 0)
    return;
  bpf_map_delete_elem(map_, &process);
  known_.erase(key);
}

std::vector<ProcessLoss> ProcessLosses::take() {
  std::vector<ProcessLoss> fresh;
  if (map_ < 0)
    return fresh;
  std::vector<wire::wire_process> keys(batch);
  std::vector<wire::wire_losses> values(batch);
  std::uint64_t position = 0; // the kernel's own note of how far it came
  for (bool first = true, last = false; !last; first = false) {
    std::uint32_t count = batch;
    const int error =
        bpf_map_lookup_batch(map_, first ? nullptr : &position, &position, keys.data(), values.data(), &count, nullptr);
    if (error != 0 && error != -ENOENT)
      return fresh;
    last = error != 0;
    for (std::uint32_t i = 0; i < count; ++i)
      add_new(keys[i], values[i], fresh);
  }
  return fresh;
}

} // namespace monster
