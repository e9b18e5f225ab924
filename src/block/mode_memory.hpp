// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key.hpp"

#include <optional>
#include <vector>

namespace monster {

// The permissions that files were last seen with, so that a later change has a before. Of fixed size: a file
// may push out another, never be taken for it.
class ModeMemory {
public:
  static constexpr std::size_t places = 1U << 14;

  [[nodiscard]] std::optional<std::uint32_t> find(const FileIdentity& file) const {
    const Place& place = at(file);
    return place.known && place.file == file ? std::optional(place.mode) : std::nullopt;
  }
  void remember(const FileIdentity& file, std::uint32_t mode) { places_[index(file)] = {file, mode, true}; }

private:
  struct Place {
    FileIdentity file;
    std::uint32_t mode = 0;
    bool known = false;
  };
  static std::size_t index(const FileIdentity& file) { return std::hash<FileIdentity>{}(file) % places; }
  [[nodiscard]] const Place& at(const FileIdentity& file) const { return places_[index(file)]; }

  std::vector<Place> places_ = std::vector<Place>(places);
};

} // namespace monster
