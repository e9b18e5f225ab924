// SPDX-License-Identifier: Apache-2.0
// What the tests of decode() share: records of one known actor, and all the ways in which a record can lie.
#pragma once

#include "sensor/linux/bpf/decode.hpp"
#include "sensor/linux/bpf/wire_builder.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace monster::decode_test {

constexpr wire::wire_actor some_actor{
    .start = 5'000, .pid = 70, .tid = 71, .exec_id = 3, .uid = 1000, .mnt_ns = 4026, .session = 60};
constexpr std::uint64_t some_time = 9'000;
constexpr wire::wire_file_facts some_facts{.size = 11,
                                           .mtime = 12,
                                           .ctime = 13,
                                           .mode = 0100644,
                                           .uid = 14,
                                           .gid = 15,
                                           .nlink = 2,
                                           .inode_flags = 4 | 8,
                                           .unused = 0};

template <class Wire> WireBuilder<Wire> record_of(wire::wire_type type) {
  return WireBuilder<Wire>(type, some_time, some_actor);
}

// What came out, with what proves that header and actor were taken over.
template <class What> What decoded(std::span<const std::byte> record, DecodeMemory& memory) {
  const Result<Observation> seen = decode(record, memory);
  if (!seen) {
    ADD_FAILURE() << seen.error().message();
    return {};
  }
  EXPECT_EQ(seen->time.ns, 9'000);
  EXPECT_EQ(seen->actor.process, (ProcessIdentity{{70}, {5'000}, 3}));
  EXPECT_EQ(seen->actor.tid.value, 71U);
  EXPECT_EQ(seen->actor.uid, 1000U);
  EXPECT_EQ(seen->actor.mnt_ns, 4026U);
  EXPECT_EQ(seen->actor.session, 60U);
  if (const What* what = std::get_if<What>(&seen->what))
    return *what;
  ADD_FAILURE() << "another kind of observation: " << seen->what.index();
  return {};
}

inline std::string text_of(Text text) { return text.is_null() ? "(null)" : std::string(text.bytes()); }

inline bool is_refused(std::span<const std::byte> record) {
  DecodeMemory memory;
  const Result<Observation> seen = decode(record, memory);
  return !seen && !seen.error().reason.empty();
}

// Every shorter record, also one that is honest about its size, and every wrong size.
inline void refuse_cuts(std::span<const std::byte> whole) {
  DecodeMemory memory;
  ASSERT_TRUE(decode(whole, memory).has_value());
  std::vector<std::uint64_t> copy((whole.size() + 15) / 8);
  std::byte* const bytes = reinterpret_cast<std::byte*>(copy.data());
  const auto resized = [&](std::size_t size) {
    std::memcpy(bytes, whole.data(), whole.size());
    return std::span<const std::byte>(bytes, size);
  };
  for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
    if (size == whole.size())
      continue;
    EXPECT_TRUE(is_refused(resized(size))) << size << " of " << whole.size();
    const auto honest = static_cast<std::uint32_t>(size);
    const std::span<const std::byte> cut = resized(size);
    std::memcpy(bytes, &honest, sizeof honest);
    EXPECT_TRUE(is_refused(cut)) << size << " of " << whole.size() << ", and it says so";
  }
}

template <class Wire> void refuse_lies(WireBuilder<Wire>& record, const std::vector<std::uint32_t*>& lengths) {
  refuse_cuts(record.bytes());
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const std::uint32_t truth = *lengths[i];
    ASSERT_NE(truth, 0U) << "length " << i;
    for (const std::uint32_t lie : {truth - 1, truth + 1, truth + 4096, most / 2 + 1, most}) {
      *lengths[i] = lie;
      EXPECT_TRUE(is_refused(record.bytes())) << "length " << i << " is " << lie << " instead of " << truth;
    }
    *lengths[i] = truth;
  }
  // Sums that wrap at 32 bits back to the truth.
  if (lengths.size() >= 2) {
    *lengths[0] += most / 2 + 1;
    *lengths[1] += most / 2 + 1;
    EXPECT_TRUE(is_refused(record.bytes()));
  }
}

} // namespace monster::decode_test
