// SPDX-License-Identifier: Apache-2.0
#include "sensor/recording/reader.hpp"

#include "base/byte_stream.hpp"
#include "sensor/recording/test_recording.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <lz4.h>
#include <sys/stat.h>

namespace monster {
namespace {

using namespace recording_test;
using testing::HasSubstr;
using Bytes = std::vector<std::byte>;

Bytes recorded(const std::vector<std::vector<OwnedInput>>& chunks) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  auto writer = RecordingWriter::create(path, wire);
  EXPECT_TRUE(writer.has_value());
  for (const auto& chunk : chunks) {
    for (const OwnedInput& input : chunk)
      EXPECT_TRUE(writer->append(input.view()).has_value());
    EXPECT_TRUE(writer->flush().has_value());
  }
  EXPECT_TRUE(writer->finish().has_value());
  return contents_of(path);
}

Reading read_memory(std::span<const std::byte> file) { return read_all(RecordingReader::from_memory(file, wire)); }

const std::vector<std::vector<OwnedInput>>& three_chunks() {
  static const std::vector<std::vector<OwnedInput>> chunks = {
      {input_of(20, 1, InputKind::host), input_of(0, 2, InputKind::tick), input_of(7, 3)},
      {{InputKind::answer, Bytes(150)}},
      {input_of(8, 4, InputKind::counters), input_of(0, 5, InputKind::stop)},
  };
  return chunks;
}

std::vector<OwnedInput> flat(const std::vector<std::vector<OwnedInput>>& chunks, std::size_t count) {
  std::vector<OwnedInput> inputs;
  for (std::size_t i = 0; i < count; ++i)
    inputs.insert(inputs.end(), chunks[i].begin(), chunks[i].end());
  return inputs;
}

// Where each chunk starts, and last the end chunk.
std::vector<std::size_t> chunk_offsets(const Bytes& file) {
  std::vector<std::size_t> offsets = {recording::file_header_size};
  while (offsets.back() + recording::chunk_header_size < file.size()) {
    const std::size_t packed = load_little_endian<std::uint32_t>(&file[offsets.back() + 4]);
    offsets.push_back(offsets.back() + recording::chunk_header_size + packed);
  }
  return offsets;
}

// A file with every checksum right around a chunk of any bytes: what an attacker would send.
Bytes forged(std::span<const std::byte> raw, recording::ChunkHeader header, recording::Totals end) {
  Bytes packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(raw.size()))));
  const int size =
      LZ4_compress_default(reinterpret_cast<const char*>(raw.data()), reinterpret_cast<char*>(packed.data()),
                           static_cast<int>(raw.size()), static_cast<int>(packed.size()));
  packed.resize(static_cast<std::size_t>(size));
  if (header.compressed_size == 0)
    header.compressed_size = static_cast<std::uint32_t>(size);
  if (header.raw_size == 0)
    header.raw_size = static_cast<std::uint32_t>(raw.size());
  header.checksum = recording::checksum(raw);
  Bytes file;
  std::ranges::copy(recording::encode(recording::FileHeader{wire}), std::back_inserter(file));
  std::ranges::copy(recording::encode(header), std::back_inserter(file));
  std::ranges::copy(packed, std::back_inserter(file));
  std::ranges::copy(recording::encode(end), std::back_inserter(file));
  return file;
}

// A record's header and 8 bytes after it.
Bytes raw_record(std::uint32_t kind_and_flags, std::uint32_t size, std::uint64_t bytes = 0) {
  ByteWriter out;
  out.u32(kind_and_flags).u32(size).u64(bytes);
  return out.take();
}

TEST(RecordingReader, SizesAtEveryEdge_WrittenAndRead_AreTheSame) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  std::vector<OwnedInput> inputs;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{9},
                                 recording::chunk_limit - 16, recording::chunk_limit - 8, recording::chunk_limit - 7,
                                 recording::input_limit - 1, recording::input_limit, std::size_t{3}})
    inputs.push_back(input_of(size, static_cast<std::uint32_t>(size)));
  inputs.push_back({InputKind::stop, Bytes(recording::input_limit)});
  auto writer = RecordingWriter::create(path, wire);
  ASSERT_TRUE(writer.has_value());
  for (const OwnedInput& input : inputs)
    ASSERT_TRUE(writer->append(input.view()).has_value());
  ASSERT_TRUE(writer->finish().has_value());

  const Reading read = read_all(RecordingReader::open(path, wire));
  EXPECT_EQ(read.error, "");
  EXPECT_TRUE(read.clean);
  EXPECT_TRUE(read.inputs == inputs);
}

TEST(RecordingReader, NoInputs_IsACleanRecording) {
  const Reading read = read_memory(recorded({}));
  EXPECT_TRUE(read.clean) << read.error;
  EXPECT_TRUE(read.inputs.empty());
}

TEST(RecordingReader, EveryKind_IsKept) {
  std::vector<OwnedInput> inputs;
  for (std::uint8_t kind = 1; kind <= 10; ++kind)
    inputs.push_back(input_of(kind, kind, static_cast<InputKind>(kind)));
  EXPECT_EQ(read_memory(recorded({inputs})).inputs, inputs);
}

TEST(RecordingReader, SameInputs_GiveTheSameBytes) { EXPECT_EQ(recorded(three_chunks()), recorded(three_chunks())); }

TEST(RecordingReader, AnyByteChanged_IsDetectedOrHarmless) {
  const Bytes file = recorded(three_chunks());
  const std::vector<OwnedInput> inputs = flat(three_chunks(), 3);
  std::size_t harmless = 0;
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (unsigned flip = 1; flip < 256; ++flip) {
      Bytes damaged = file;
      damaged[at] ^= static_cast<std::byte>(flip);
      const Reading read = read_memory(damaged);
      ASSERT_EQ(read.torn, "") << "damage must not pass for a cut, byte " << at;
      ASSERT_TRUE(read.clean != (read.error != ""));
      ASSERT_LE(read.inputs.size(), inputs.size());
      ASSERT_TRUE(std::equal(read.inputs.begin(), read.inputs.end(), inputs.begin())) << "byte " << at;
      ASSERT_TRUE(!read.clean || read.inputs.size() == inputs.size());
      ASSERT_TRUE(read.clean || read.error.find("at offset ") != std::string::npos) << read.error;
      harmless += read.clean ? 1 : 0;
    }
  }
  fmt::print("{} of {} changes were harmless\n", harmless, file.size() * 255);
}

TEST(RecordingReader, CutAtAnyByte_GivesTheInputsOfWholeChunksAndSaysTorn) {
  const Bytes file = recorded(three_chunks());
  const std::vector<std::size_t> offsets = chunk_offsets(file);
  ASSERT_EQ(offsets.size(), 4U);
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    const Reading read = read_memory(cut);
    EXPECT_FALSE(read.clean);
    if (size < recording::file_header_size) {
      EXPECT_THAT(read.error, HasSubstr("too few")) << size;
      continue;
    }
    const auto whole = std::count_if(offsets.begin() + 1, offsets.end(), [&](std::size_t end) { return end <= size; });
    EXPECT_EQ(read.error, "") << size;
    EXPECT_THAT(read.torn, HasSubstr(fmt::format("offset {}", size)));
    EXPECT_EQ(read.inputs, flat(three_chunks(), static_cast<std::size_t>(whole))) << size;
  }
}

TEST(RecordingReader, ChunkDamagedInTheMiddle_IsAnErrorWithItsOffsetAndStaysOne) {
  Bytes file = recorded(three_chunks());
  const std::size_t second = chunk_offsets(file)[1];
  file[second + recording::chunk_header_size + 2] ^= std::byte{0x10};
  auto reader = RecordingReader::from_memory(file, wire);
  ASSERT_TRUE(reader.has_value());
  for (std::size_t i = 0; i < three_chunks()[0].size(); ++i)
    ASSERT_TRUE(reader->next().has_value());
  const auto damaged = reader->next();
  ASSERT_FALSE(damaged.has_value());
  EXPECT_THAT(damaged.error().message(), HasSubstr(fmt::format("at offset {}", second)));
  EXPECT_EQ(reader->next().error().message(), damaged.error().message());
  EXPECT_FALSE(reader->ended_cleanly());
}

TEST(RecordingReader, ChunkTakenOutOrDoubled_IsAnError) {
  const Bytes file = recorded(three_chunks());
  const auto offsets = chunk_offsets(file);
  const auto at = [&](std::size_t chunk) { return static_cast<std::ptrdiff_t>(offsets[chunk]); };
  Bytes without = file;
  without.erase(without.begin() + at(1), without.begin() + at(2));
  EXPECT_THAT(read_memory(without).error, HasSubstr("chunk 2 stands where chunk 1 belongs"));
  Bytes doubled = file;
  doubled.insert(doubled.begin() + at(1), file.begin() + at(0), file.begin() + at(1));
  EXPECT_THAT(read_memory(doubled).error, HasSubstr("chunk 0 stands where chunk 1 belongs"));
  Bytes without_last = file;
  without_last.erase(without_last.begin() + at(2), without_last.begin() + at(3));
  EXPECT_THAT(read_memory(without_last).error, HasSubstr("3 chunks, 6 inputs"));
}

TEST(RecordingReader, BytesAfterTheEnd_AreAnError) {
  Bytes file = recorded(three_chunks());
  const std::size_t size = file.size();
  file.push_back(std::byte{0});
  EXPECT_THAT(read_memory(file).error, HasSubstr(fmt::format("at offset {}: something follows", size)));
}

TEST(RecordingReader, AnotherWireOrFormatVersion_NamesBoth) {
  Bytes file = recorded({});
  const Reading wire_differs = read_all(RecordingReader::from_memory(file, wire + 1));
  EXPECT_THAT(wire_differs.error, HasSubstr("version 7, this program reads version 8"));
  file[8] = std::byte{2};
  EXPECT_THAT(read_memory(file).error, HasSubstr("format 2, this program reads format 1"));
}

TEST(RecordingReader, WhatIsNoRecording_SaysSo) {
  EXPECT_THAT(read_memory(Bytes(4096)).error, HasSubstr("does not start as a recording"));
  const TemporaryDirectory directory;
  const std::string fifo = directory.file("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(read_all(RecordingReader::open(fifo, wire)).error, HasSubstr("not a regular file"));
  EXPECT_THAT(read_all(RecordingReader::open(directory.file(""), wire)).error, HasSubstr("not a regular file"));
  EXPECT_THAT(read_all(RecordingReader::open(directory.file("none"), wire)).error, HasSubstr("No such file"));
}

TEST(RecordingReader, ForgedRecord_IsRefusedWithItsPlace) {
  const recording::Totals end{1, 1, 8};
  const recording::ChunkHeader one{.count = 1};
  EXPECT_TRUE(read_memory(forged(raw_record(2, 8, 1), one, end)).clean);
  EXPECT_THAT(read_memory(forged(raw_record(0, 8), one, end)).error, HasSubstr("at offset 24: input 1"));
  EXPECT_THAT(read_memory(forged(raw_record(11, 8), one, end)).error, HasSubstr("kind"));
  EXPECT_THAT(read_memory(forged(raw_record(0x102, 8), one, end)).error, HasSubstr("kind"));
  EXPECT_THAT(read_memory(forged(raw_record(2, 7, ~std::uint64_t{0}), one, end)).error, HasSubstr("padding"));
  EXPECT_THAT(read_memory(forged(raw_record(2, 0), one, end)).error, HasSubstr("follows it"));
  for (const std::uint32_t size : {9U, 1U << 20, (1U << 20) + 1, 0x7fffffffU, 0xfffffff9U, 0xffffffffU})
    EXPECT_THAT(read_memory(forged(raw_record(2, size), one, end)).error, HasSubstr("do not fit")) << size;
  EXPECT_THAT(read_memory(forged(raw_record(2, 8), {.count = 2}, end)).error, HasSubstr("no room"));
}

TEST(RecordingReader, ForgedSizes_AreRefusedBeforeTheyAreAllocated) {
  const recording::Totals end{1, 1, 8};
  const Bytes record = raw_record(2, 8);
  for (const recording::ChunkHeader header : {
           recording::ChunkHeader{.count = 0},
           {.compressed_size = 0xffffffff, .count = 1},
           {.raw_size = 0xfffffff8, .count = 1},
           {.raw_size = static_cast<std::uint32_t>(recording::raw_limit) + 8, .count = 1},
           {.raw_size = static_cast<std::uint32_t>(recording::chunk_limit) + 8, .count = 2},
           {.raw_size = 15, .count = 1},
           {.count = 3},
           {.count = 0xffffffff},
           {.raw_size = 24, .count = 1},
           {.raw_size = 8, .count = 1},
           {.count = 1, .sequence = 1},
       }) {
    const Reading read = read_memory(forged(record, header, end));
    EXPECT_THAT(read.error, HasSubstr("at offset 24"));
    EXPECT_TRUE(read.inputs.empty());
  }
}

TEST(RecordingReader, MillionSmallInputs_AreTheSameAndTimed) {
  using Seconds = std::chrono::duration<double>;
  constexpr std::uint32_t count = 1'000'000;
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  auto writer = RecordingWriter::create(path, wire);
  ASSERT_TRUE(writer.has_value());
  Bytes bytes = input_of(120, 1).bytes;
  const auto size_of = [](std::uint32_t i) { return 40 + i % 80; };

  const auto start = std::chrono::steady_clock::now();
  for (std::uint32_t i = 0; i < count; ++i) {
    store_little_endian(bytes.data(), i);
    for (std::size_t at = 8; at < 32; at += 8) // what no compressor finds twice, as keys and times are
      store_little_endian(&bytes[at], (i + at) * 0x9e3779b97f4a7c15U);
    ASSERT_TRUE(writer->append({InputKind::record, std::span(bytes).first(size_of(i))}).has_value());
  }
  ASSERT_TRUE(writer->finish().has_value());
  const auto written = std::chrono::steady_clock::now();

  auto reader = RecordingReader::open(path, wire);
  ASSERT_TRUE(reader.has_value());
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto input = reader->next();
    ASSERT_TRUE(input.has_value() && input->has_value());
    ASSERT_EQ((*input)->bytes.size(), size_of(i));
    ASSERT_EQ(load_little_endian<std::uint32_t>((*input)->bytes.data()), i);
  }
  ASSERT_FALSE(reader->next()->has_value());
  EXPECT_TRUE(reader->ended_cleanly());
  EXPECT_EQ(reader->inputs(), count);
  const Seconds write_time = written - start;
  const Seconds read_time = std::chrono::steady_clock::now() - written;
  const double megabytes = static_cast<double>(reader->input_bytes()) / 1e6;
  fmt::print("{:.1f} MB in a file of {:.1f} MB; written {:.0f} MB/s, {:.0f} ns an input; read {:.0f} MB/s, {:.0f} ns\n",
             megabytes, static_cast<double>(writer->bytes_written()) / 1e6, megabytes / write_time.count(),
             write_time.count() * 1e9 / count, megabytes / read_time.count(), read_time.count() * 1e9 / count);
}

} // namespace
} // namespace monster
