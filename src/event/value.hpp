// SPDX-License-Identifier: Apache-2.0
// The value types an event field may have. What is not in this list cannot be a field.
#pragma once

#include "base/key.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace monster {

// Kernel addresses and masks: 16 hex digits as text, never a number that a database rounds.
struct Hex64 {
  std::uint64_t value = 0;
  friend bool operator==(Hex64, Hex64) = default;
};

struct Sha256 {
  std::array<std::uint8_t, 32> bytes{};
  friend bool operator==(const Sha256&, const Sha256&) = default;
};

// Of every list: one that was never set (no data()) is null; one known to be empty has data() and size 0,
// as Arena::array<T>(0) gives.
using TextList = std::span<const Text>;

// One process that used a shared handle, and its part of the bytes.
struct Writer {
  ProcessKey process_key;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
};
using WriterList = std::span<const Writer>;

// A text with a name: a selected environment variable, a namespace, a label.
struct NamedText {
  std::string_view name;
  Text value;
};
using NamedTexts = std::span<const NamedText>;

// JSON that was composed elsewhere (the health report's ledger); must be valid UTF-8 JSON.
struct Json {
  Text text;
};

} // namespace monster
