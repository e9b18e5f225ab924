// SPDX-License-Identifier: Apache-2.0
// What is remembered of handles from their first sign of life to their last: the verdict, whose they are, and
// texts that did not fit into the records. Bounded by count and by bytes of text.
#pragma once

#include "base/key.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace monster {

struct OpenBlock {
  bool judged = false;
  bool kept = false;
  std::string path; // when it was too long for the records
  std::vector<std::string> xattrs;
  bool xattrs_truncated = false; // there were more
};

class OpenBlocks {
public:
  static constexpr std::size_t max_blocks = 262'144;
  static constexpr std::size_t max_text_bytes = 16U << 20; // of paths and attribute names, of all blocks together
  static constexpr std::size_t max_xattrs = 32;            // of one block
  // A block's record may be sent before the kernel lists it, and after it was taken off the list: so long at most.
  static constexpr Duration sweep_grace = seconds(1);

  struct Counts {
    std::uint64_t not_remembered = 0;       // signs of handles for which there was no room
    std::uint64_t texts_not_remembered = 0; // paths and attribute names, likewise
    std::uint64_t swept = 0;                // forgotten because the kernel knows them no more: their end was lost
  };

  // Any sign of life at `now`. Null when there is no room for one more.
  [[nodiscard]] OpenBlock* remember(std::uint64_t object, BootTime now);
  // Null when it is not known.
  [[nodiscard]] OpenBlock* find(std::uint64_t object);
  void forget(std::uint64_t object);

  void keep_path(std::uint64_t object, BootTime now, std::string_view path);
  void add_xattr(std::uint64_t object, BootTime now, std::string_view name);

  // From now on newest_of() finds it by these; a second call for the same handle changes nothing.
  void index(std::uint64_t object, const FileIdentity& file, const ProcessIdentity& opener);
  // The newest of the indexed handles that `process` opened on `file`; null when there is none.
  [[nodiscard]] const std::uint64_t* newest_of(const FileIdentity& file, const ProcessIdentity& process) const;

  // A sweep: all that the kernel had open at `at`, in one or several parts; with the last of them, what it did
  // not have and what gave no sign since is forgotten. All earlier records must have been told.
  void still_open(std::span<const std::uint64_t> objects, BootTime at);
  void end_sweep(BootTime at);

  [[nodiscard]] std::size_t size() const { return blocks_.size(); }
  [[nodiscard]] std::size_t text_bytes() const { return text_bytes_; }
  [[nodiscard]] const Counts& counts() const { return counts_; }

private:
  struct Handle {
    FileIdentity file;
    ProcessIdentity opener;
    friend bool operator==(const Handle&, const Handle&) = default;
  };
  struct Entry {
    OpenBlock block;
    BootTime last_sign;
    bool indexed = false;
    Handle handle;           // when indexed
    std::uint64_t newer = 0; // its neighbours among the indexed of the same handle; 0: none
    std::uint64_t older = 0;
  };
  struct HandleHash {
    std::size_t operator()(const Handle& h) const {
      return mix(std::hash<FileIdentity>{}(h.file), std::hash<ProcessIdentity>{}(h.opener));
    }
  };
  using Entries = std::unordered_map<std::uint64_t, Entry>;

  Entry* entry(std::uint64_t object);
  [[nodiscard]] bool take_room(std::size_t bytes);
  void take_off_index(const Entry& entry);
  Entries::iterator erase(Entries::iterator at);

  Entries blocks_;
  std::unordered_map<Handle, std::uint64_t, HandleHash> newest_;
  std::size_t text_bytes_ = 0;
  Counts counts_;
};

} // namespace monster
