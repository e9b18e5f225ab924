// SPDX-License-Identifier: Apache-2.0
#include "sensor/recording/reader.hpp"

#include "base/byte_stream.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <lz4.h>
#include <sys/stat.h>
#include <unistd.h>

namespace monster {

using namespace recording;

RecordingReader::RecordingReader(std::string name, UniqueFd file, std::span<const std::byte> memory)
    : name_(std::move(name)), file_(std::move(file)), memory_(memory) {}

// O_NONBLOCK: the open of a FIFO without a writer would never return.
Result<RecordingReader> RecordingReader::open(const std::string& path, std::uint32_t wire_version) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat what{};
  if (!file || ::fstat(file.get(), &what) != 0)
    return fail(system_error("open recording", path));
  if (!S_ISREG(what.st_mode))
    return fail({"open recording", path, "it is not a regular file", {}, ErrorKind::input});
  RecordingReader reader(path, std::move(file), {});
  if (auto known = reader.read_file_header(wire_version); !known)
    return fail(std::move(known.error()));
  return reader;
}

Result<RecordingReader> RecordingReader::from_memory(std::span<const std::byte> file, std::uint32_t wire_version) {
  RecordingReader reader("in memory", UniqueFd(), file);
  if (auto known = reader.read_file_header(wire_version); !known)
    return fail(std::move(known.error()));
  return reader;
}

Result<std::optional<Input>> RecordingReader::next() {
  if (failure_)
    return fail(*failure_);
  if (state_ == State::reading && inputs_left_ == 0) {
    if (auto chunk = read_chunk(); !chunk) {
      failure_ = std::move(chunk.error());
      return fail(*failure_);
    }
  }
  if (state_ != State::reading)
    return std::nullopt;
  auto input = take_input();
  if (!input) {
    failure_ = std::move(input.error());
    return fail(*failure_);
  }
  return *input;
}

Result<> RecordingReader::read_file_header(std::uint32_t wire_version) {
  FileHeaderBytes bytes{};
  const auto size = read(bytes);
  if (!size)
    return fail(size.error());
  if (*size < bytes.size())
    return fail(damaged(0, fmt::format("{} bytes are too few for a recording", *size)));
  const auto header = decode_file_header(bytes);
  if (!header)
    return fail(damaged(0, header.error()));
  if (header->wire_version != wire_version) {
    Error e = damaged(0, fmt::format("its kernel records have version {}, this program reads version {}",
                                     header->wire_version, wire_version));
    e.advice = "replay it with the version of the agent that recorded it";
    return fail(std::move(e));
  }
  return {};
}

// Leaves either inputs to take, or the state ended or torn.
Result<> RecordingReader::read_chunk() {
  chunk_offset_ = offset_;
  ChunkHeaderBytes bytes{};
  const auto size = read(bytes);
  if (!size)
    return fail(size.error());
  if (*size < bytes.size()) {
    state_ = State::torn;
    torn_reason_ = fmt::format("{} breaks off at offset {}, ahead of its end chunk", name_, offset_);
    return {};
  }
  const auto header = decode_chunk_header(bytes);
  if (!header)
    return fail(damaged(chunk_offset_, header.error()));
  if (const auto* end = std::get_if<Totals>(&*header))
    return check_end(*end);
  return unpack(std::get<ChunkHeader>(*header));
}

Result<> RecordingReader::unpack(const ChunkHeader& header) {
  if (header.sequence != totals_.chunks)
    return fail(
        damaged(chunk_offset_, fmt::format("chunk {} stands where chunk {} belongs", header.sequence, totals_.chunks)));
  if (packed_.size() < header.compressed_size)
    packed_.resize(header.compressed_size);
  if (raw_.size() < header.raw_size)
    raw_.resize(header.raw_size);

  const auto packed = std::span(packed_).first(header.compressed_size);
  const auto size = read(packed);
  if (!size)
    return fail(size.error());
  if (*size < packed.size()) {
    state_ = State::torn;
    torn_reason_ = fmt::format("{} breaks off at offset {}, inside the chunk of {} inputs at offset {}", name_, offset_,
                               header.count, chunk_offset_);
    return {};
  }
  const int unpacked =
      LZ4_decompress_safe(reinterpret_cast<const char*>(packed.data()), reinterpret_cast<char*>(raw_.data()),
                          static_cast<int>(header.compressed_size), static_cast<int>(header.raw_size));
  if (unpacked < 0 || static_cast<std::uint32_t>(unpacked) != header.raw_size)
    return fail(damaged(chunk_offset_, "the chunk does not decompress to its size"));
  raw_size_ = header.raw_size;
  if (checksum(std::span(raw_).first(raw_size_)) != header.checksum)
    return fail(damaged(chunk_offset_, "the checksum of the chunk does not match"));
  position_ = 0;
  inputs_left_ = header.count;
  ++totals_.chunks;
  return {};
}

Result<> RecordingReader::check_end(const Totals& end) {
  if (end != totals_)
    return fail(damaged(
        chunk_offset_, fmt::format("{} chunks, {} inputs and {} bytes were written, {}, {} and {} are here", end.chunks,
                                   end.inputs, end.input_bytes, totals_.chunks, totals_.inputs, totals_.input_bytes)));
  const std::uint64_t end_offset = offset_;
  std::byte behind{};
  const auto size = read(std::span(&behind, 1));
  if (!size)
    return fail(size.error());
  if (*size != 0)
    return fail(damaged(end_offset, "something follows the end of the recording"));
  state_ = State::ended;
  return {};
}

// The checksum says that the chunk is as it was written, not that a friend wrote it.
Result<Input> RecordingReader::take_input() {
  const std::size_t left = raw_size_ - position_;
  if (left < record_header_size)
    return fail(damaged_input("there is no room for it"));
  const std::byte* record = &raw_[position_];
  const auto first = load_little_endian<std::uint32_t>(record);
  const std::size_t size = load_little_endian<std::uint32_t>(record + 4);
  const auto kind = static_cast<InputKind>(first & 0xff);
  if (first > 0xff || !is_known(kind))
    return fail(damaged_input("its kind is not known"));
  if (size > input_limit || record_size(size) > left)
    return fail(damaged_input(fmt::format("{} bytes do not fit in the chunk", size)));
  const std::span<const std::byte> bytes(record + record_header_size, size);
  const auto is_zero = [](std::byte b) { return b == std::byte{0}; };
  if (!std::all_of(bytes.data() + size, record + record_size(size), is_zero))
    return fail(damaged_input("its padding is not zero"));
  if (inputs_left_ == 1 && record_size(size) != left)
    return fail(damaged_input("something follows it, the last of its chunk"));

  position_ += record_size(size);
  --inputs_left_;
  ++totals_.inputs;
  totals_.input_bytes += size;
  return Input{kind, bytes};
}

// Fills `to`, or as much of it as is left.
Result<std::size_t> RecordingReader::read(std::span<std::byte> to) {
  std::size_t done = 0;
  if (!file_) {
    done = std::min(to.size(), memory_.size());
    std::ranges::copy(memory_.first(done), to.begin());
    memory_ = memory_.subspan(done);
  }
  while (file_ && done < to.size()) {
    const ssize_t size = ::read(file_.get(), to.data() + done, to.size() - done);
    if (size < 0 && errno == EINTR)
      continue;
    if (size < 0)
      return fail(damaged(offset_ + done, system_error("read", name_).reason));
    if (size == 0)
      break;
    done += static_cast<std::size_t>(size);
  }
  offset_ += done;
  return done;
}

Error RecordingReader::damaged(std::uint64_t offset, std::string_view reason) const {
  return {"read recording", name_, fmt::format("at offset {}: {}", offset, reason), {}, ErrorKind::input};
}

Error RecordingReader::damaged_input(std::string_view reason) const {
  return damaged(chunk_offset_, fmt::format("input {} of the recording, at byte {} of the unpacked chunk: {}",
                                            totals_.inputs + 1, position_, reason));
}

} // namespace monster
