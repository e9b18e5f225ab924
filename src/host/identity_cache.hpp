// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/identity.hpp"

#include <cstddef>
#include <list>
#include <unordered_map>

namespace monster {

// What is known of files, one version each, the least recently used forgotten first. An answer holds
// for one identity, size, mtime, ctime and path; for one thread.
class IdentityCache {
public:
  explicit IdentityCache(std::size_t max_entries = 16'384) : max_entries_(max_entries) {}

  // The facts of exactly this version, if their signature rests on this generation of the package
  // database; null otherwise. Valid until the next insert or invalidate.
  [[nodiscard]] const FileFacts* find(const FileReference& file, std::uint64_t packages_generation);
  // Digests of this version though path or package database are others: for FileReference::known.
  [[nodiscard]] std::optional<FileDigests> known_digests(const FileReference& file) const;
  // Keeps answers that stay true: ok, too_large and remote.
  void insert(const FileReference& file, const FileFacts& facts);
  // A write to the file was seen: no answer about it holds, whatever its times say.
  void invalidate(const FileIdentity& file);

  struct Counters {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t evicted = 0;
    std::uint64_t invalidated = 0;
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::size_t size() const { return places_.size(); }

private:
  struct Entry {
    FileIdentity identity;
    std::uint64_t size;
    std::int64_t mtime_ns;
    std::int64_t ctime_ns;
    std::string path;
    FileFacts facts;

    [[nodiscard]] bool is_version(const FileReference& file) const {
      return size == file.size && mtime_ns == file.mtime_ns && ctime_ns == file.ctime_ns;
    }
  };
  using Entries = std::list<Entry>; // most recently used first

  std::size_t max_entries_;
  Entries entries_;
  std::unordered_map<FileIdentity, Entries::iterator> places_;
  Counters counters_;
};

} // namespace monster
