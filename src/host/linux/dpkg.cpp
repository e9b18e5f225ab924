// SPDX-License-Identifier: Apache-2.0
#include "host/linux/dpkg.hpp"

#include <sys/stat.h>

namespace monster {

DpkgDatabase::Stamp DpkgDatabase::stamp(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0)
    return {};
  return {facts.st_ino, facts.st_size,
          static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1'000'000'000 + facts.st_mtim.tv_nsec};
}

DpkgDatabase::Stamps DpkgDatabase::stamps() const {
  return {{stamp(paths_.admin + "/status"), stamp(paths_.admin + "/diversions")},
          {stamp(paths_.admin + "/info"), stamp(paths_.admin + "/updates")}};
}

DpkgDatabase::Loaded DpkgDatabase::snapshot() const {
  const std::scoped_lock lock(current_mutex_);
  return current_;
}

// The stamps are taken before the load: what changes meanwhile is seen as changed at the next look.
void DpkgDatabase::load(BootTime now, const Stamps& seen) {
  seen_ = seen;
  loaded_ = now;
  tried_ = true;
  Result<DpkgIndex> index = DpkgIndex::load(paths_);
  const std::scoped_lock lock(current_mutex_);
  if (index) {
    current_ = {std::make_shared<const DpkgIndex>(std::move(*index)), current_.generation + 1};
    generation_ = current_.generation;
  } else {
    trouble_ = std::move(index.error());
  }
}

bool DpkgDatabase::refresh(BootTime now, Urgency urgency) {
  const std::unique_lock lock(loading_, std::try_to_lock);
  if (!lock.owns_lock())
    return false;
  if (tried_ && now - checked_ < seconds(1))
    return false;
  checked_ = now;
  const Stamps found = stamps();
  const Duration patience = urgency == Urgency::doubtful_answer ? seconds(1) : seconds(5);
  const bool settled = found.settled != seen_.settled;
  const bool at_work = found.at_work != seen_.at_work && now - loaded_ >= patience;
  if (tried_ && !settled && !at_work)
    return false;
  load(now, found);
  return true;
}

DpkgAnswer DpkgDatabase::ask(const Loaded& loaded, std::string_view path) {
  return {loaded.index->owner(path), loaded.generation};
}

Result<DpkgAnswer> DpkgDatabase::owner(std::string_view path, BootTime now) {
  if (snapshot().index) {
    refresh(now);
    return ask(snapshot(), path);
  }
  {
    const std::scoped_lock lock(loading_);
    if (!tried_ || now - checked_ >= seconds(1)) {
      checked_ = now;
      if (const Stamps found = stamps(); !tried_ || found != seen_)
        load(now, found);
    }
  }
  if (const Loaded loaded = snapshot(); loaded.index)
    return ask(loaded, path);
  const std::scoped_lock lock(current_mutex_);
  return fail(trouble_);
}

DpkgCounters DpkgDatabase::counters() const {
  const Loaded loaded = snapshot();
  return loaded.index ? loaded.index->counters() : DpkgCounters{};
}

} // namespace monster
