// SPDX-License-Identifier: Apache-2.0
// The kernel programs of this host: loaded, attached as far as the kernel allows, drained in time order.
#pragma once

#include "base/clock.hpp"
#include "base/key.hpp"
#include "base/result.hpp"
#include "event/field.hpp"
#include "event/process_loss.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace monster {

struct SensorSettings {
  std::uint64_t ring_bytes = 16U << 20; // each of the two; a power of two
  std::uint32_t open_blocks = 131072;   // handles followed at one time
  std::uint32_t open_blocks_per_process = 65536;
  bool details = true;    // tell 2012 and 2030
  bool all_reads = false; // blocks of handles that only read
};

// One way to learn a fact, and whether this host allows it.
struct Hook {
  std::string fact;         // "last close of a file"
  std::string program;      // file_filp_free
  std::string attaches;     // tp_btf/kmem_cache_free
  bool needed = false;      // without it the agent cannot run
  std::string lost_without; // what is not recorded when it does not attach
  bool in_use = false;
  std::string problem; // why it is not
};

// Sums over all CPUs of what the kernel programs count (bpf/wire.h wire_counter), per family.
struct KernelCounters {
  struct Family {
    std::uint64_t seen = 0, suppressed = 0, condensed = 0, sent = 0;
    std::uint64_t lost_ring = 0, lost_map = 0, lost_scratch = 0, lost_end = 0, unreadable = 0;
    std::uint64_t lost_blocks = 0, lost_share = 0;
    friend bool operator==(const Family&, const Family&) = default;
  };
  std::array<Family, kernel_family_count> family; // in the order of monster::Family

  [[nodiscard]] std::uint64_t lost() const {
    std::uint64_t sum = 0;
    for (const Family& f : family)
      sum += f.lost_ring + f.lost_map + f.lost_scratch + f.lost_blocks + f.lost_share;
    return sum;
  }
  friend bool operator==(const KernelCounters&, const KernelCounters&) = default;
};

struct SensitiveInode {
  std::uint64_t device = 0; // as super_block::s_dev
  std::uint64_t inode = 0;
  friend auto operator<=>(const SensitiveInode&, const SensitiveInode&) = default;
};

class BpfSensor {
public:
  static const std::uint32_t wire_version; // of the records it gives
  using TakeRecord = std::function<void(std::span<const std::byte>)>;

  // Loads the programs; fails with advice when the kernel lacks what is needed.
  [[nodiscard]] static Result<std::unique_ptr<BpfSensor>> load(const SensorSettings& settings);
  ~BpfSensor();
  BpfSensor(const BpfSensor&) = delete;
  BpfSensor& operator=(const BpfSensor&) = delete;

  // Attaches every hook the host allows; fails only when a needed one does not attach.
  [[nodiscard]] Result<> attach();
  // Tells what was there before: running processes, open files. After attach(), so that there is no gap.
  [[nodiscard]] Result<> snapshot();
  // Has the kernel tell the blocks that are due while their handle lives.
  void tell_interim_blocks();
  // Stops new records; what is in the rings can still be drained.
  void detach_hooks();

  // Waits until there is much to read or `timeout` passed.
  void wait(Duration timeout);
  // Gives the records that happened before now less the slack, oldest first, of at most 1 MiB of each ring;
  // with `all`, every record once has_more() says no.
  // Returns the time up to which nothing earlier can follow.
  BootTime drain(const Clock& clock, bool all, const TakeRecord& take);

  // Whether the last drain left records for the next, and whether a ring is more than half full.
  [[nodiscard]] bool has_more() const;
  [[nodiscard]] bool is_pressed() const;

  [[nodiscard]] KernelCounters counters() const;
  // Whose losses were counted since the last call.
  [[nodiscard]] std::vector<ProcessLoss> take_process_losses();
  // The blocks that events told of and whose handle is open now.
  [[nodiscard]] Result<std::vector<std::uint64_t>> open_objects() const;
  // After an error, what was added before it stays until the next call.
  [[nodiscard]] Result<> set_sensitive(std::span<const SensitiveInode> inodes);
  [[nodiscard]] std::span<const Hook> hooks() const;
  [[nodiscard]] std::uint64_t kernel_memory() const; // bytes of maps and rings

private:
  struct State;
  explicit BpfSensor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What the kernel offers, without loading anything: for `doctor`.
[[nodiscard]] std::vector<Hook> probe_hooks();

} // namespace monster
