// SPDX-License-Identifier: Apache-2.0
#include "host/identity_cache.hpp"

namespace monster {

const FileFacts* IdentityCache::find(const FileReference& file, std::uint64_t packages_generation) {
  const auto place = places_.find(file.identity);
  if (place == places_.end() || !place->second->is_version(file) || place->second->path != file.path ||
      place->second->facts.packages_generation != packages_generation) {
    ++counters_.misses;
    return nullptr;
  }
  ++counters_.hits;
  entries_.splice(entries_.begin(), entries_, place->second);
  return &place->second->facts;
}

std::optional<FileDigests> IdentityCache::known_digests(const FileReference& file) const {
  const auto place = places_.find(file.identity);
  if (place == places_.end() || !place->second->is_version(file) || !place->second->facts.sha256)
    return std::nullopt;
  return FileDigests{*place->second->facts.sha256, place->second->facts.md5};
}

void IdentityCache::insert(const FileReference& file, const FileFacts& facts) {
  if (facts.status != HashStatus::ok && facts.status != HashStatus::too_large && facts.status != HashStatus::remote)
    return;
  if (const auto place = places_.find(file.identity); place != places_.end()) {
    entries_.erase(place->second);
    places_.erase(place);
  }
  if (places_.size() >= max_entries_ && !entries_.empty()) {
    places_.erase(entries_.back().identity);
    entries_.pop_back();
    ++counters_.evicted;
  }
  entries_.push_front({file.identity, file.size, file.mtime_ns, file.ctime_ns, file.path, facts});
  places_.emplace(file.identity, entries_.begin());
}

void IdentityCache::invalidate(const FileIdentity& file) {
  const auto place = places_.find(file);
  if (place == places_.end())
    return;
  entries_.erase(place->second);
  places_.erase(place);
  ++counters_.invalidated;
}

} // namespace monster
