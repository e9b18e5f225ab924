// SPDX-License-Identifier: Apache-2.0
#include "export/exporters.hpp"
#include "export/tsv/tsv_test_kit.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace monster::tsv_test {
namespace {

// A disk whose first write does not return before the test says so.
class StuckFiles final : public FileApi {
public:
  OsResult<UniqueFd> create_locked(int directory, const std::string& name) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return released_; });
    return real_.create_locked(directory, name);
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }
  OsResult<UniqueFd> open_read(int directory, const std::string& name) override {
    return real_.open_read(directory, name);
  }
  OsResult<std::size_t> read(int fd, std::span<char> buffer) override { return real_.read(fd, buffer); }
  OsResult<std::size_t> write(int fd, std::string_view bytes) override { return real_.write(fd, bytes); }
  OsResult<> truncate(int fd, std::uint64_t size) override { return real_.truncate(fd, size); }
  OsResult<> sync_data(int fd) override { return real_.sync_data(fd); }
  OsResult<> sync_directory(int directory) override { return real_.sync_directory(directory); }
  OsResult<> rename_new(int directory, const std::string& from, const std::string& to) override {
    return real_.rename_new(directory, from, to);
  }
  OsResult<> remove(int directory, const std::string& name) override { return real_.remove(directory, name); }
  OsResult<std::uint64_t> free_bytes(int directory) override { return real_.free_bytes(directory); }
  OsResult<std::vector<ListedFile>> list(int directory, bool (*wanted)(std::string_view)) override {
    return real_.list(directory, wanted);
  }

private:
  LinuxFiles real_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;
};

class TsvExporterTest : public ::testing::Test {
protected:
  TsvExporterTest() { options_.data_directory = directory_.path(); }
  [[nodiscard]] ExportContext context() const { return {{HostId{1, 1}, "host", run}, clock_}; }
  [[nodiscard]] WallTime now() const { return clock_.offset().to_wall(clock_.boot_now()); }

  TempDirectory directory_;
  SystemClock clock_;
  TsvOptions options_;
};

std::uint64_t sum(const std::vector<LossReport>& losses) {
  std::uint64_t count = 0;
  for (const LossReport& loss : losses)
    count += loss.count;
  return count;
}

TEST_F(TsvExporterTest, CleanStop_EverythingIsAcknowledgedAndTheLedgerBalances) {
  auto made = Exporters::make({options_}, context());
  ASSERT_TRUE(made) << made.error().message();
  Exporter& exporter = *made->at(0);
  EXPECT_EQ(exporter.name(), "tsv");
  ASSERT_TRUE(exporter.start());
  for (std::int64_t seq = 1; seq <= 5'000; seq += 50) {
    ASSERT_TRUE(exporter.offer(blocks(seq, 50, now())));
    EXPECT_TRUE(exporter.ledger().balances());
  }
  ASSERT_TRUE(exporter.stop(seconds(10)));
  const ExporterLedger ledger = exporter.ledger();
  EXPECT_EQ(ledger.given, 5'000U);
  EXPECT_EQ(ledger.acknowledged, 5'000U);
  EXPECT_TRUE(ledger.balances());
  EXPECT_TRUE(exporter.take_losses().empty());
  EXPECT_EQ(stream_seqs(directory_), numbers(1, 5'000));
  EXPECT_EQ(exporter.latency().count, 5'000U);
  EXPECT_LE(exporter.latency().p99, seconds(1));
}

TEST_F(TsvExporterTest, QuietTimes_RowsAreOnDiskWithinASecond) {
  auto exporter = TsvExporter::make(options_, context());
  ASSERT_TRUE(exporter);
  ASSERT_TRUE((*exporter)->start());
  std::this_thread::sleep_for(std::chrono::milliseconds(50)); // so that its thread sleeps when the row comes
  ASSERT_TRUE((*exporter)->offer(blocks(1, 1, now())));
  for (int i = 0; i < 1'000 && (*exporter)->ledger().unconfirmed == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ((*exporter)->ledger().unconfirmed, 1U);
  EXPECT_LE((*exporter)->latency().max, seconds(1));
  ASSERT_TRUE((*exporter)->stop(seconds(10)));
}

TEST_F(TsvExporterTest, QueueFull_DropsAreCountedAndLeaveAGapInStreamSeq) {
  options_.queue.batches = 4;
  options_.flush_after = {0};
  auto files = std::make_unique<StuckFiles>();
  StuckFiles& disk = *files;
  TsvExporter exporter(options_, context(), std::move(*open_events_directory(directory_.path())), std::move(files));
  ASSERT_TRUE(exporter.start());
  std::uint64_t refused = 0;
  for (std::int64_t seq = 1; seq <= 1'000; seq += 10)
    refused += exporter.offer(blocks(seq, 10, now())) ? 0U : 10U;
  EXPECT_GT(refused, 0U);
  EXPECT_EQ(exporter.ledger().dropped, refused);
  EXPECT_TRUE(exporter.ledger().balances());
  disk.release();
  while (!exporter.offer(blocks(1'001, 10, now()))) {
    refused += 10;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_TRUE(exporter.stop(seconds(10)));
  const ExporterLedger ledger = exporter.ledger();
  EXPECT_EQ(ledger.dropped, refused);
  EXPECT_EQ(ledger.acknowledged + refused, ledger.given);
  EXPECT_TRUE(ledger.balances());
  const std::vector<LossReport> losses = exporter.take_losses();
  EXPECT_EQ(sum(losses), refused);
  EXPECT_EQ(losses.at(0).stage, "queue");
  const std::vector<std::int64_t> seqs = stream_seqs(directory_);
  EXPECT_EQ(seqs.size(), ledger.acknowledged);
  EXPECT_EQ(static_cast<std::uint64_t>(seqs.back()), ledger.given);
}

TEST_F(TsvExporterTest, TimeToStopIsOver_TheRestIsDroppedAndCounted) {
  options_.flush_after = {0};
  auto files = std::make_unique<StuckFiles>();
  StuckFiles& disk = *files;
  TsvExporter exporter(options_, context(), std::move(*open_events_directory(directory_.path())), std::move(files));
  ASSERT_TRUE(exporter.start());
  for (std::int64_t seq = 1; seq <= 100; seq += 10)
    ASSERT_TRUE(exporter.offer(blocks(seq, 10, now())));
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    disk.release();
  });
  const Result<> stopped = exporter.stop(milliseconds(20));
  later.join();
  EXPECT_FALSE(stopped);
  const ExporterLedger ledger = exporter.ledger();
  EXPECT_GT(ledger.dropped, 0U);
  EXPECT_EQ(ledger.queued + ledger.unconfirmed, 0U);
  EXPECT_TRUE(ledger.balances());
  EXPECT_EQ(sum(exporter.take_losses()), ledger.dropped);
  EXPECT_FALSE(exporter.offer(blocks(101, 1, now())));
  EXPECT_EQ(exporter.take_losses().at(0).stage, "stop");
  EXPECT_TRUE(exporter.ledger().balances());
}

TEST_F(TsvExporterTest, NeverStarted_StopStillDelivers) {
  auto exporter = TsvExporter::make(options_, context());
  ASSERT_TRUE(exporter);
  ASSERT_TRUE((*exporter)->offer(blocks(1, 3, now())));
  ASSERT_TRUE((*exporter)->stop(seconds(10)));
  EXPECT_EQ((*exporter)->ledger().acknowledged, 3U);
  EXPECT_FALSE((*exporter)->start());
}

TEST_F(TsvExporterTest, DirectoryIsALink_CannotBeMade) {
  std::filesystem::create_symlink("/tmp", directory_.events());
  const auto made = Exporters::make({options_}, context());
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message().find("events"), std::string::npos);
}

} // namespace
} // namespace monster::tsv_test
