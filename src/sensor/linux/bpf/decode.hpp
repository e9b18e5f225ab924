// SPDX-License-Identifier: Apache-2.0
// Records of the kernel programs (bpf/wire.h) become observations.
#pragma once

#include "base/result.hpp"
#include "event/field.hpp"
#include "event/observation.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace monster {

// Lists of the observation that was decoded last live here; one per thread that decodes.
class DecodeMemory {
public:
  std::vector<HandleUser> users;
  std::vector<TouchedFile> touched;
  std::vector<std::uint32_t> touched_systems; // super block's magic of each
  std::vector<std::uint32_t> groups;
};

// The time stamp of a record without decoding it; nullopt when it is too short to hold one.
[[nodiscard]] std::optional<BootTime> record_time(std::span<const std::byte> record);

// The family whose hooks sent a record, by its type alone: also of one that cannot be decoded.
[[nodiscard]] Family family_of(std::span<const std::byte> record);

// `record` is one whole record, 8-aligned; texts of the result point into it, lists into `memory`.
// Refuses, never trusts, a record whose lengths do not add up: recordings come from anywhere.
[[nodiscard]] Result<Observation> decode(std::span<const std::byte> record, DecodeMemory& memory);

} // namespace monster
