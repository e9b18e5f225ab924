// SPDX-License-Identifier: Apache-2.0
// rooms: sensor
// The reader of recordings against files that an enemy wrote. Checksums would stop nearly every
// mutation at the door, so each input is read three times: as it is, with its checksums made right,
// and as the contents of one well-formed chunk.

#include "base/byte_stream.hpp"
#include "sensor/recording/reader.hpp"

#include <algorithm>
#include <cstdlib>
#include <lz4.h>
#include <vector>

namespace monster {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t wire = 1;

void require(bool promise) {
  if (!promise)
    std::abort();
}

// Touches every byte handed out and holds the reader to what its header promises.
void read_all(std::span<const std::byte> file) {
  auto reader = RecordingReader::from_memory(file, wire);
  if (!reader)
    return;
  std::uint64_t inputs = 0;
  for (;; ++inputs) {
    const auto next = reader->next();
    if (!next) {
      require(next.error().reason.find("at offset ") != std::string::npos);
      require(!reader->next().has_value() && !reader->ended_cleanly());
      break;
    }
    if (!*next) {
      require(reader->ended_cleanly() == reader->torn_reason().empty());
      require(reader->next().has_value() && !reader->next()->has_value());
      break;
    }
    const Input& input = **next;
    require(recording::is_known(input.kind) && input.bytes.size() <= recording::input_limit);
    require(reinterpret_cast<std::uintptr_t>(input.bytes.data()) % recording::alignment == 0);
    (void)recording::checksum(input.bytes);
  }
  require(inputs == reader->inputs());
}

// The checksum of what the chunk at `at` really unpacks to, where it unpacks at all.
void seal_contents(Bytes& file, std::size_t at) {
  const std::size_t packed = load_little_endian<std::uint32_t>(&file[at + 4]);
  const std::size_t raw_size = load_little_endian<std::uint32_t>(&file[at + 8]);
  const std::size_t contents = at + recording::chunk_header_size;
  if (raw_size > recording::raw_limit || packed > file.size() - contents)
    return;
  Bytes raw(raw_size);
  const int unpacked =
      LZ4_decompress_safe(reinterpret_cast<const char*>(file.data() + contents), reinterpret_cast<char*>(raw.data()),
                          static_cast<int>(packed), static_cast<int>(raw_size));
  if (unpacked >= 0)
    store_little_endian(&file[at + 16], recording::checksum(std::span(raw).first(static_cast<std::size_t>(unpacked))));
}

Bytes sealed(std::span<const std::byte> data) {
  Bytes file(data.begin(), data.end());
  if (file.size() < recording::file_header_size)
    return file;
  std::ranges::copy(recording::encode(recording::FileHeader{wire}), file.begin());
  std::size_t at = recording::file_header_size;
  while (file.size() - at >= recording::chunk_header_size) {
    seal_contents(file, at);
    constexpr std::size_t body = recording::chunk_header_size - 8;
    store_little_endian(&file[at + body], recording::checksum(std::span(file).subspan(at, body)));
    const std::size_t packed = load_little_endian<std::uint32_t>(&file[at + 4]);
    at += recording::chunk_header_size;
    if (packed > file.size() - at)
      break;
    at += packed;
  }
  return file;
}

// The first byte counts the inputs that the rest, padded to 8, claims to be.
Bytes chunk_of(std::span<const std::byte> data) {
  const auto count = std::to_integer<std::uint32_t>(data[0]);
  Bytes raw(data.begin() + 1, data.end());
  raw.resize((raw.size() + 7) / 8 * 8);
  Bytes packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(raw.size()))));
  const int size =
      LZ4_compress_default(reinterpret_cast<const char*>(raw.data()), reinterpret_cast<char*>(packed.data()),
                           static_cast<int>(raw.size()), static_cast<int>(packed.size()));
  packed.resize(static_cast<std::size_t>(size));
  Bytes file;
  std::ranges::copy(recording::encode(recording::FileHeader{wire}), std::back_inserter(file));
  std::ranges::copy(recording::encode(recording::ChunkHeader{.compressed_size = static_cast<std::uint32_t>(size),
                                                             .raw_size = static_cast<std::uint32_t>(raw.size()),
                                                             .count = count,
                                                             .checksum = recording::checksum(raw)}),
                    std::back_inserter(file));
  file.insert(file.end(), packed.begin(), packed.end());
  return file;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  read_all(bytes);
  read_all(sealed(bytes));
  if (!bytes.empty())
    read_all(chunk_of(bytes));
  return 0;
}

} // namespace monster
