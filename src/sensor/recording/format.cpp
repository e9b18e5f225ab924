// SPDX-License-Identifier: Apache-2.0
#include "sensor/recording/format.hpp"

#include "base/byte_stream.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <lz4.h>
#include <string_view>
#include <xxhash.h>

namespace monster::recording {
namespace {

constexpr std::string_view file_magic = "MonsREC\n";
constexpr std::uint32_t chunk_magic = 0x4b4e4843; // "CHNK"
constexpr std::uint32_t end_magic = 0x21444e45;   // "END!"

// Every header ends with the checksum of what stands before it.
template <std::size_t size> std::array<std::byte, size> seal(ByteWriter& header) {
  header.u64(checksum(header.view()));
  std::array<std::byte, size> bytes{};
  std::ranges::copy(header.view(), bytes.begin());
  return bytes;
}

template <std::size_t size> bool is_sealed(const std::array<std::byte, size>& bytes) {
  constexpr std::size_t body = size - sizeof(std::uint64_t);
  return load_little_endian<std::uint64_t>(&bytes[body]) == checksum(std::span(bytes).template first<body>());
}

Decoded<ChunkHeader> check_sizes(const ChunkHeader& header) {
  if (header.count == 0)
    return std::unexpected("the chunk has no inputs");
  if (header.raw_size > (header.count == 1 ? raw_limit : chunk_limit))
    return std::unexpected(fmt::format("a chunk of {} bytes is larger than any recording has", header.raw_size));
  if (header.raw_size % alignment != 0 || header.raw_size / record_header_size < header.count)
    return std::unexpected(fmt::format("{} inputs do not fill {} bytes", header.count, header.raw_size));
  const int bound = LZ4_compressBound(static_cast<int>(header.raw_size));
  if (header.compressed_size == 0 || header.compressed_size > static_cast<std::uint32_t>(bound))
    return std::unexpected(fmt::format("{} bytes never compress to {}", header.raw_size, header.compressed_size));
  return header;
}

} // namespace

std::uint64_t checksum(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

FileHeaderBytes encode(const FileHeader& header) {
  ByteWriter out;
  for (const char c : file_magic)
    out.u8(static_cast<std::uint8_t>(c));
  out.u32(format_version).u32(header.wire_version);
  return seal<file_header_size>(out);
}

ChunkHeaderBytes encode(const ChunkHeader& header) {
  ByteWriter out;
  out.u32(chunk_magic).u32(header.compressed_size).u32(header.raw_size).u32(header.count);
  out.u64(header.checksum).u64(header.sequence);
  return seal<chunk_header_size>(out);
}

ChunkHeaderBytes encode(const Totals& end) {
  ByteWriter out;
  out.u32(end_magic).u32(0).u64(end.chunks).u64(end.inputs).u64(end.input_bytes);
  return seal<chunk_header_size>(out);
}

// The version is judged before the checksum: another version may place its checksum elsewhere.
Decoded<FileHeader> decode_file_header(const FileHeaderBytes& bytes) {
  if (std::memcmp(bytes.data(), file_magic.data(), file_magic.size()) != 0)
    return std::unexpected("it does not start as a recording does");
  ByteReader in(std::span<const std::byte>(bytes).subspan(file_magic.size()));
  const std::uint32_t version = in.u32();
  if (version != format_version)
    return std::unexpected(fmt::format("it has format {}, this program reads format {}", version, format_version));
  if (!is_sealed(bytes))
    return std::unexpected("the checksum of the file header does not match");
  return FileHeader{.wire_version = in.u32()};
}

Decoded<std::variant<ChunkHeader, Totals>> decode_chunk_header(const ChunkHeaderBytes& bytes) {
  if (!is_sealed(bytes))
    return std::unexpected("the checksum of the chunk header does not match");
  ByteReader in(bytes);
  const std::uint32_t magic = in.u32();
  if (magic == chunk_magic) {
    ChunkHeader header{.compressed_size = in.u32(), .raw_size = in.u32(), .count = in.u32()};
    header.checksum = in.u64();
    header.sequence = in.u64();
    return check_sizes(header);
  }
  if (magic == end_magic && in.u32() == 0)
    return Totals{.chunks = in.u64(), .inputs = in.u64(), .input_bytes = in.u64()};
  return std::unexpected("neither a chunk nor the end of a recording stands here");
}

bool is_known(InputKind kind) {
  switch (kind) {
  case InputKind::host:
  case InputKind::record:
  case InputKind::answer:
  case InputKind::tick:
  case InputKind::clock:
  case InputKind::counters:
  case InputKind::stop:
  case InputKind::loss:
  case InputKind::health:
  case InputKind::living:
    return true;
  }
  return false;
}

} // namespace monster::recording
