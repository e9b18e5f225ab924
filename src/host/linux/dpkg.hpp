// SPDX-License-Identifier: Apache-2.0
// Which package a file belongs to, by dpkg's own database, read without running dpkg.
#pragma once

#include "base/time.hpp"
#include "host/linux/dpkg_index.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

namespace monster {

// Nothing in `owner`: no package owns the path. `generation` is of the index that answered.
struct DpkgAnswer {
  std::optional<DpkgOwner> owner;
  std::uint64_t generation = 0;
};

// Loads at the first question and again when dpkg has written. All functions may be called from
// several threads at once; a question never waits for another thread's load but the first.
class DpkgDatabase {
public:
  explicit DpkgDatabase(DpkgPaths paths = {}) : paths_(std::move(paths)) {}

  // The package that owns the file at an absolute path of the host's root.
  // Errors: there is no readable database.
  [[nodiscard]] Result<DpkgAnswer> owner(std::string_view path, BootTime now);

  enum class Urgency { routine, doubtful_answer };
  // Looks, at most once a second, whether dpkg wrote, and loads again if so: at once when the status
  // file changed; while dpkg is still at work every 5 s, or every second for a doubtful answer.
  // Returns whether the answers may be others now.
  bool refresh(BootTime now, Urgency urgency = Urgency::routine);

  // Rises with every load; an answer of another generation may be out of date.
  [[nodiscard]] std::uint64_t generation() const { return generation_.load(std::memory_order_relaxed); }
  // Zeros before the first load.
  [[nodiscard]] DpkgCounters counters() const;

private:
  struct Stamp {
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t mtime_ns = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  // Of status and diversions, which change when dpkg is done, and of info/ and updates/.
  struct Stamps {
    std::array<Stamp, 2> settled;
    std::array<Stamp, 2> at_work;
    friend bool operator==(const Stamps&, const Stamps&) = default;
  };

  [[nodiscard]] static Stamp stamp(const std::string& path);
  [[nodiscard]] Stamps stamps() const;
  struct Loaded {
    std::shared_ptr<const DpkgIndex> index;
    std::uint64_t generation = 0;
  };
  [[nodiscard]] Loaded snapshot() const;
  [[nodiscard]] static DpkgAnswer ask(const Loaded& loaded, std::string_view path);
  void load(BootTime now, const Stamps& seen);

  const DpkgPaths paths_;
  // allow(mutex): both are the workers'; the reader asks for generation() alone
  std::mutex loading_; // held while looking and loading
  Stamps seen_;
  BootTime checked_;
  BootTime loaded_;
  bool tried_ = false;

  // allow(mutex): both are the workers'; the reader asks for generation() alone
  mutable std::mutex current_mutex_; // held for a pointer's copy
  Loaded current_;
  Error trouble_{"read", "the dpkg database", "it was not loaded yet"};
  std::atomic<std::uint64_t> generation_ = 0; // current_'s, to be read without the lock
};

} // namespace monster
