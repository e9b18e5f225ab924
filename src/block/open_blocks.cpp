// SPDX-License-Identifier: Apache-2.0
#include "block/open_blocks.hpp"

#include <algorithm>

namespace monster {

// The kernel numbers from 1.
OpenBlocks::Entry* OpenBlocks::entry(std::uint64_t object) {
  if (object == 0)
    return nullptr;
  const auto at = blocks_.find(object);
  return at == blocks_.end() ? nullptr : &at->second;
}

OpenBlock* OpenBlocks::find(std::uint64_t object) {
  Entry* known = entry(object);
  return known == nullptr ? nullptr : &known->block;
}

OpenBlock* OpenBlocks::remember(std::uint64_t object, BootTime now) {
  Entry* known = entry(object);
  if (known == nullptr && (object == 0 || blocks_.size() >= max_blocks)) {
    ++counts_.not_remembered;
    return nullptr;
  }
  Entry& remembered = known != nullptr ? *known : blocks_[object];
  remembered.last_sign = std::max(remembered.last_sign, now);
  return &remembered.block;
}

void OpenBlocks::forget(std::uint64_t object) {
  if (const auto at = blocks_.find(object); at != blocks_.end())
    erase(at);
}

OpenBlocks::Entries::iterator OpenBlocks::erase(Entries::iterator at) {
  const OpenBlock& block = at->second.block;
  text_bytes_ -= block.path.size();
  for (const std::string& name : block.xattrs)
    text_bytes_ -= name.size();
  take_off_index(at->second);
  return blocks_.erase(at);
}

bool OpenBlocks::take_room(std::size_t bytes) {
  if (bytes > max_text_bytes - text_bytes_) {
    ++counts_.texts_not_remembered;
    return false;
  }
  text_bytes_ += bytes;
  return true;
}

void OpenBlocks::keep_path(std::uint64_t object, BootTime now, std::string_view path) {
  OpenBlock* block = remember(object, now);
  if (block == nullptr || !block->path.empty() || !take_room(path.size()))
    return;
  block->path = path;
}

void OpenBlocks::add_xattr(std::uint64_t object, BootTime now, std::string_view name) {
  OpenBlock* block = remember(object, now);
  if (block == nullptr || std::ranges::find(block->xattrs, name) != block->xattrs.end())
    return;
  const bool full = block->xattrs.size() == max_xattrs;
  counts_.texts_not_remembered += full ? 1 : 0;
  if (full || !take_room(name.size()))
    block->xattrs_truncated = true;
  else
    block->xattrs.emplace_back(name);
}

void OpenBlocks::index(std::uint64_t object, const FileIdentity& file, const ProcessIdentity& opener) {
  Entry* added = entry(object);
  if (added == nullptr || added->indexed)
    return;
  added->indexed = true;
  added->handle = {file, opener};
  std::uint64_t& newest = newest_[added->handle];
  added->older = newest;
  if (Entry* before = entry(newest))
    before->newer = object;
  newest = object;
}

void OpenBlocks::take_off_index(const Entry& gone) {
  if (!gone.indexed)
    return;
  if (Entry* older = entry(gone.older))
    older->newer = gone.newer;
  if (Entry* newer = entry(gone.newer))
    newer->older = gone.older;
  else if (gone.older != 0)
    newest_[gone.handle] = gone.older;
  else
    newest_.erase(gone.handle);
}

const std::uint64_t* OpenBlocks::newest_of(const FileIdentity& file, const ProcessIdentity& process) const {
  const auto found = newest_.find({file, process});
  return found == newest_.end() ? nullptr : &found->second;
}

void OpenBlocks::still_open(std::span<const std::uint64_t> objects, BootTime at) {
  for (const std::uint64_t object : objects)
    if (Entry* known = entry(object))
      known->last_sign = std::max(known->last_sign, at);
}

void OpenBlocks::end_sweep(BootTime at) {
  const BootTime before = at - sweep_grace;
  for (auto block = blocks_.begin(); block != blocks_.end();) {
    const bool gone = block->second.last_sign < before;
    counts_.swept += gone ? 1 : 0;
    block = gone ? erase(block) : std::next(block);
  }
}

} // namespace monster
