// SPDX-License-Identifier: Apache-2.0
#include "sensor/recording/writer.hpp"

#include "base/byte_stream.hpp"
#include "base/path_text.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <lz4.h>
#include <sys/stat.h>
#include <unistd.h>

namespace monster {
namespace {

constexpr std::string_view part_suffix = ".part";

std::string name_of(const std::string& path) { return std::string(base_name(path)); }

std::string directory_of(const std::string& path) {
  const std::string_view directory = directory_part(path);
  return directory.empty() ? "." : std::string(directory);
}

Error write_error(const std::string& path, int error) {
  Error e = system_error("write recording", path, error);
  if (error == ENOSPC || error == EDQUOT)
    e.advice = "free some space or record to another file system";
  return e;
}

Result<> expect_unused(const UniqueFd& directory, const std::string& path) {
  struct stat there{};
  if (::fstatat(directory.get(), name_of(path).c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0) {
    Error e = system_error("create recording", path, EEXIST);
    e.advice = "name a file that is not there yet";
    return fail(std::move(e));
  }
  return {};
}

Result<UniqueFd> create_part(const UniqueFd& directory, const std::string& path) {
  const std::string part = name_of(path).append(part_suffix);
  UniqueFd file(::openat(directory.get(), part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) {
    Error e = system_error("create recording", path + std::string(part_suffix));
    if (errno == EEXIST)
      e.advice = "remove it, unless another recording is being written to it";
    return fail(std::move(e));
  }
  return file;
}

} // namespace

RecordingWriter::RecordingWriter(std::string path, UniqueFd directory, UniqueFd file)
    : path_(std::move(path)), directory_(std::move(directory)), file_(std::move(file)), raw_(recording::chunk_limit) {}

Result<RecordingWriter> RecordingWriter::create(const std::string& path, std::uint32_t wire_version) {
  if (name_of(path).empty())
    return fail({"create recording", path, "the path names a directory", "name a file"});
  UniqueFd directory(::open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory)
    return fail(system_error("open directory", directory_of(path)));
  if (auto unused = expect_unused(directory, path); !unused)
    return fail(std::move(unused.error()));
  auto file = create_part(directory, path);
  if (!file)
    return fail(std::move(file.error()));

  RecordingWriter writer(path, std::move(directory), std::move(*file));
  if (auto written = writer.write(recording::encode(recording::FileHeader{wire_version})); !written) {
    ::unlinkat(writer.directory_.get(), name_of(path).append(part_suffix).c_str(), 0);
    return fail(std::move(written.error()));
  }
  return writer;
}

Result<> RecordingWriter::append(Input input) {
  if (failure_)
    return fail(*failure_);
  return remember(add(input));
}

Result<> RecordingWriter::flush() {
  if (failure_)
    return fail(*failure_);
  return remember(write_chunk());
}

Result<> RecordingWriter::finish() {
  if (failure_)
    return fail(*failure_);
  Result<> closed = remember(close());
  if (closed)
    failure_ = Error{"append to recording", path_, "it is finished"};
  return closed;
}

Result<> RecordingWriter::remember(Result<> result) {
  if (!result)
    failure_ = result.error();
  return result;
}

Result<> RecordingWriter::add(Input input) {
  using namespace recording;
  if (input.bytes.size() > input_limit)
    return fail({"append to recording", path_,
                 fmt::format("an input of {} bytes is over the limit of {}", input.bytes.size(), input_limit)});
  if (!is_known(input.kind))
    return fail(
        {"append to recording", path_, fmt::format("there is no kind {} of input", +std::to_underlying(input.kind))});

  const std::size_t size = record_size(input.bytes.size());
  if (raw_size_ + size > chunk_limit)
    if (auto written = write_chunk(); !written)
      return written;
  if (raw_size_ + size > raw_.size())
    raw_.resize(raw_size_ + size);

  std::byte* record = &raw_[raw_size_];
  store_little_endian(record, std::uint32_t{std::to_underlying(input.kind)}); // the kind, then three zeros
  store_little_endian(record + 4, static_cast<std::uint32_t>(input.bytes.size()));
  std::ranges::copy(input.bytes, record + record_header_size);
  std::fill(record + record_header_size + input.bytes.size(), record + size, std::byte{0});
  raw_size_ += size;
  ++chunk_inputs_;
  totals_.input_bytes += input.bytes.size();
  return {};
}

// Header and contents go out in one write, so that a kill in between is rare; a torn one reads as such.
Result<> RecordingWriter::write_chunk() {
  if (chunk_inputs_ == 0)
    return {};
  const auto raw = std::span<const std::byte>(raw_).first(raw_size_);
  const int bound = LZ4_compressBound(static_cast<int>(raw.size()));
  const std::size_t needed = recording::chunk_header_size + static_cast<std::size_t>(bound);
  if (packed_.size() < needed)
    packed_.resize(needed);
  std::byte* contents = packed_.data() + recording::chunk_header_size;
  const int compressed = LZ4_compress_default(reinterpret_cast<const char*>(raw.data()),
                                              reinterpret_cast<char*>(contents), static_cast<int>(raw.size()), bound);
  if (compressed <= 0)
    return fail({"write recording", path_, "lz4 could not compress a chunk"});

  std::ranges::copy(recording::encode(recording::ChunkHeader{.compressed_size = static_cast<std::uint32_t>(compressed),
                                                             .raw_size = static_cast<std::uint32_t>(raw.size()),
                                                             .count = chunk_inputs_,
                                                             .checksum = recording::checksum(raw),
                                                             .sequence = totals_.chunks}),
                    packed_.begin());
  const std::size_t size = recording::chunk_header_size + static_cast<std::size_t>(compressed);
  if (auto written = write(std::span(packed_).first(size)); !written)
    return written;
  ++totals_.chunks;
  totals_.inputs += chunk_inputs_;
  chunk_inputs_ = 0;
  raw_size_ = 0;
  return {};
}

Result<> RecordingWriter::close() {
  if (auto written = write_chunk(); !written)
    return written;
  if (auto written = write(recording::encode(totals_)); !written)
    return written;
  if (::fsync(file_.get()) != 0)
    return fail(write_error(path_, errno));
  file_.reset();

  if (auto unused = expect_unused(directory_, path_); !unused)
    return unused;
  const std::string name = name_of(path_);
  const std::string part = name + std::string(part_suffix);
  if (::renameat(directory_.get(), part.c_str(), directory_.get(), name.c_str()) != 0)
    return fail(system_error("rename recording to", path_));
  if (::fsync(directory_.get()) != 0)
    return fail(system_error("sync directory of", path_));
  return {};
}

Result<> RecordingWriter::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return fail(write_error(path_ + std::string(part_suffix), written < 0 ? errno : EIO));
    bytes_written_ += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

} // namespace monster
