// SPDX-License-Identifier: Apache-2.0
// What the tests of this folder share: a directory, a clock set by hand, a disk that fails, events, a reader.
#pragma once

#include "export/linux/files.hpp"
#include "export/tsv/tsv_exporter.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace monster::tsv_test {

inline constexpr std::int64_t start_ns = 1'767'323'045'000'000'000; // 2026-01-02T03:04:05Z
inline constexpr RunId run{0x0a1b2c3d4e5f6071U, 0x1122334455667788U};

class TempDirectory {
public:
  TempDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "monster-tsv-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string events() const { return path_ + "/events"; }
  // Sorted names in events/.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(events()))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

private:
  std::string path_;
};

class ManualClock final : public Clock {
public:
  [[nodiscard]] BootTime boot_now() const override { return now; }
  [[nodiscard]] ClockOffset offset() const override { return {start_ns}; }
  [[nodiscard]] WallTime wall() const { return offset().to_wall(now); }
  BootTime now{0};
};

// The real files, but for what a test sets.
class FaultyFiles final : public FileApi {
public:
  std::optional<std::size_t> room; // bytes until ENOSPC
  std::optional<std::size_t> longest_write;
  int write_error = 0;
  int truncate_error = 0;
  int sync_error = 0;
  std::vector<std::size_t> writes;

  OsResult<UniqueFd> create_locked(int directory, const std::string& name) override {
    return real_.create_locked(directory, name);
  }
  OsResult<UniqueFd> open_read(int directory, const std::string& name) override {
    return real_.open_read(directory, name);
  }
  OsResult<std::size_t> read(int fd, std::span<char> buffer) override { return real_.read(fd, buffer); }
  OsResult<std::size_t> write(int fd, std::string_view bytes) override {
    if (write_error != 0)
      return std::unexpected(write_error);
    std::size_t size = std::min(bytes.size(), longest_write.value_or(bytes.size()));
    size = std::min(size, room.value_or(size));
    if (size == 0)
      return std::unexpected(ENOSPC);
    if (room)
      *room -= size;
    writes.push_back(size);
    return real_.write(fd, bytes.substr(0, size));
  }
  OsResult<> truncate(int fd, std::uint64_t size) override {
    return truncate_error != 0 ? OsResult<>(std::unexpected(truncate_error)) : real_.truncate(fd, size);
  }
  OsResult<> sync_data(int fd) override {
    return sync_error != 0 ? OsResult<>(std::unexpected(sync_error)) : real_.sync_data(fd);
  }
  OsResult<> sync_directory(int directory) override { return real_.sync_directory(directory); }
  OsResult<> rename_new(int directory, const std::string& from, const std::string& to) override {
    return real_.rename_new(directory, from, to);
  }
  OsResult<> remove(int directory, const std::string& name) override { return real_.remove(directory, name); }
  OsResult<std::uint64_t> free_bytes(int) override { return room.value_or(1U << 30); }
  OsResult<std::vector<ListedFile>> list(int directory, bool (*wanted)(std::string_view)) override {
    return real_.list(directory, wanted);
  }

private:
  LinuxFiles real_;
};

inline Event file_block(std::int64_t seq, WallTime time, Text path = "/tmp/file") {
  Event event;
  event.common.time = time;
  event.common.seq = seq;
  event.common.image = "/usr/bin/touch";
  event.common.pid = Pid{42};
  FileBlock block;
  block.path = path;
  event.payload = block;
  return event;
}

inline Event file_create(std::int64_t seq, WallTime time) {
  Event event = file_block(seq, time);
  event.common.process_key = ProcessKey{1, 2};
  event.common.tid = Pid{43};
  event.common.uid = 1000;
  event.common.user = "alice";
  event.common.mnt_ns = 7;
  event.common.container_id = "c0ffee";
  FileCreate create;
  create.path = "/tmp/file";
  event.payload = create;
  return event;
}

// `count` blocks whose seq begins at `first`.
inline SharedBatch blocks(std::int64_t first, std::size_t count, WallTime time) {
  auto batch = std::make_shared<Batch>();
  for (std::size_t i = 0; i < count; ++i)
    batch->events.push_back(file_block(first + static_cast<std::int64_t>(i), time));
  return batch;
}

using Row = std::map<std::string, std::string>;

inline std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line)
    if (c == '\t')
      cells.emplace_back();
    else
      cells.back().push_back(c);
  return cells;
}

// Fails the test if the file is not a header and whole rows of as many columns.
inline std::vector<Row> read_rows(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(all.ends_with('\n')) << path << " ends in half a row";
  std::vector<std::string> header;
  std::vector<Row> rows;
  for (std::size_t begin = 0, end = 0; (end = all.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::vector<std::string> cells = split(all.substr(begin, end - begin));
    if (begin == 0) {
      header = cells;
      continue;
    }
    EXPECT_EQ(cells.size(), header.size());
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < std::min(cells.size(), header.size()); ++i)
      row[header[i]] = cells[i];
  }
  return rows;
}

// Of all files of the directory, in order of stream_seq.
inline std::vector<std::int64_t> stream_seqs(const TempDirectory& directory) {
  std::vector<std::int64_t> seqs;
  for (const std::string& name : directory.names())
    for (const Row& row : read_rows(directory.events() + "/" + name))
      seqs.push_back(std::stoll(row.at("stream_seq")));
  std::ranges::sort(seqs);
  return seqs;
}

inline std::vector<std::int64_t> numbers(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> all;
  for (; from <= to; ++from)
    all.push_back(from);
  return all;
}

// A writer over a fresh directory, with everything it needs.
struct WriterRig {
  explicit WriterRig(const TsvOptions& wanted = {}) : options(wanted) {
    directory_fd = std::move(*open_events_directory(directory.path()));
    writer = std::make_unique<TsvWriter>(options, ExportContext{{HostId{1, 1}, "host", run}, clock}, files,
                                         directory_fd.get(), latency);
  }
  void pass(Duration time) {
    clock.now = clock.now + time;
    writer->tick();
  }
  void write(std::int64_t first, std::size_t count) { writer->write(*blocks(first, count, clock.wall()), 0); }
  [[nodiscard]] bool balanced() const {
    const TsvCounters& c = writer->counters();
    return c.taken == c.buffered + c.unsynced + c.unsure + c.synced + c.dropped + c.filtered;
  }

  TempDirectory directory;
  ManualClock clock;
  FaultyFiles files;
  LatencyHistogram latency;
  TsvOptions options;
  UniqueFd directory_fd;
  std::unique_ptr<TsvWriter> writer;
};

} // namespace monster::tsv_test
