// SPDX-License-Identifier: Apache-2.0
// The bytes of a recording; README.md draws them. What stands in here is known to the writer and the
// reader only.
#pragma once

#include "sensor/recording/input.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <variant>

namespace monster::recording {

constexpr std::uint32_t format_version = 1;

constexpr std::size_t file_header_size = 24;
constexpr std::size_t chunk_header_size = 40;
constexpr std::size_t record_header_size = 8;
constexpr std::size_t alignment = 8;

constexpr std::size_t input_limit = std::size_t{1} << 20;
constexpr std::size_t chunk_limit = std::size_t{256} << 10; // of more than one input, uncompressed
constexpr std::size_t raw_limit = record_header_size + input_limit;

// Of an input of `size` bytes, with its header and the padding after it.
constexpr std::size_t record_size(std::size_t size) {
  return record_header_size + (size + alignment - 1) / alignment * alignment;
}

struct FileHeader {
  std::uint32_t wire_version = 0;
};

struct ChunkHeader {
  std::uint32_t compressed_size = 0;
  std::uint32_t raw_size = 0;
  std::uint32_t count = 0;    // of inputs
  std::uint64_t checksum = 0; // XXH3-64 of the raw bytes
  std::uint64_t sequence = 0; // from 0
};

// What the end chunk says, and what both sides count along the way.
struct Totals {
  std::uint64_t chunks = 0;
  std::uint64_t inputs = 0;
  std::uint64_t input_bytes = 0; // without headers and padding
  friend bool operator==(const Totals&, const Totals&) = default;
};

using FileHeaderBytes = std::array<std::byte, file_header_size>;
using ChunkHeaderBytes = std::array<std::byte, chunk_header_size>;

[[nodiscard]] std::uint64_t checksum(std::span<const std::byte> bytes);

[[nodiscard]] FileHeaderBytes encode(const FileHeader& header);
[[nodiscard]] ChunkHeaderBytes encode(const ChunkHeader& header);
[[nodiscard]] ChunkHeaderBytes encode(const Totals& end);

// The error is the reason alone, in words for the user. A chunk header that comes back has sizes
// within the limits above and is safe to allocate for.
template <class T> using Decoded = std::expected<T, std::string>;
[[nodiscard]] Decoded<FileHeader> decode_file_header(const FileHeaderBytes& bytes);
[[nodiscard]] Decoded<std::variant<ChunkHeader, Totals>> decode_chunk_header(const ChunkHeaderBytes& bytes);

[[nodiscard]] bool is_known(InputKind kind);

} // namespace monster::recording
