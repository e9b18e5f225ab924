// SPDX-License-Identifier: Apache-2.0
#include "sensor/recording/writer.hpp"

#include "sensor/recording/test_recording.hpp"

#include <csignal>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace monster {
namespace {

using namespace recording_test;
using testing::HasSubstr;

// As a full disk does: writes beyond `size` fail, with EFBIG, for as long as it lives.
class FileSizeLimit {
public:
  explicit FileSizeLimit(rlim_t size) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{size, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }

private:
  rlimit before_{};
  sighandler_t handler_;
};

TEST(RecordingWriter, WhileWritten_IsPartThatOnlyItsOwnerReads) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  auto writer = RecordingWriter::create(path, wire);
  ASSERT_TRUE(writer.has_value()) << writer.error().message();
  struct stat part{};
  ASSERT_EQ(::stat((path + ".part").c_str(), &part), 0);
  EXPECT_EQ(part.st_mode & 0777U, 0600U);
  EXPECT_FALSE(std::filesystem::exists(path));

  ASSERT_TRUE(writer->append(input_of(100, 1).view()).has_value());
  ASSERT_TRUE(writer->finish().has_value());
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  EXPECT_EQ(std::filesystem::file_size(path), writer->bytes_written());
}

TEST(RecordingWriter, NameThatIsThere_IsNotOverwritten) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  std::ofstream(path) << "precious";
  const auto writer = RecordingWriter::create(path, wire);
  ASSERT_FALSE(writer.has_value());
  EXPECT_THAT(writer.error().message(), HasSubstr("File exists"));
  EXPECT_EQ(contents_of(path).size(), 8U);
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
}

TEST(RecordingWriter, NameTakenBeforeTheFinish_IsAnErrorAndThePartStays) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  auto writer = RecordingWriter::create(path, wire);
  ASSERT_TRUE(writer.has_value());
  ASSERT_TRUE(writer->append(input_of(9, 1).view()).has_value());
  std::ofstream(path) << "precious";
  EXPECT_FALSE(writer->finish().has_value());
  EXPECT_EQ(contents_of(path).size(), 8U);
  EXPECT_TRUE(read_all(RecordingReader::open(path + ".part", wire)).clean);
}

TEST(RecordingWriter, PartThatIsThereOrALink_IsNeitherUsedNorFollowed) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  const std::string target = directory.file("target");
  std::filesystem::create_symlink(target, path + ".part");
  EXPECT_FALSE(RecordingWriter::create(path, wire).has_value());
  EXPECT_FALSE(std::filesystem::exists(target));
  std::filesystem::remove(path + ".part");
  std::ofstream(path + ".part") << "precious";
  EXPECT_FALSE(RecordingWriter::create(path, wire).has_value());
  EXPECT_EQ(contents_of(path + ".part").size(), 8U);
}

TEST(RecordingWriter, PathWithoutDirectoryOrName_SaysWhich) {
  const TemporaryDirectory directory;
  const auto nowhere = RecordingWriter::create(directory.file("none/a.rec"), wire);
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_THAT(nowhere.error().message(), HasSubstr("none"));
  const auto nameless = RecordingWriter::create(directory.file(""), wire);
  ASSERT_FALSE(nameless.has_value());
  EXPECT_THAT(nameless.error().message(), HasSubstr("names a directory"));
}

TEST(RecordingWriter, FullDisk_IsToldOnceAndEverAfterAndKeepsWholeChunks) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  auto writer = RecordingWriter::create(path, wire);
  ASSERT_TRUE(writer.has_value());
  const OwnedInput first = input_of(4000, 1);
  ASSERT_TRUE(writer->append(first.view()).has_value());
  ASSERT_TRUE(writer->flush().has_value());
  std::string message;
  {
    const FileSizeLimit limit(6000);
    ASSERT_TRUE(writer->append(input_of(4000, 2).view()).has_value());
    const auto flushed = writer->flush();
    ASSERT_FALSE(flushed.has_value());
    message = flushed.error().message();
  }
  EXPECT_THAT(message, HasSubstr("File too large"));
  EXPECT_EQ(writer->append(first.view()).error().message(), message);
  EXPECT_EQ(writer->flush().error().message(), message);
  EXPECT_EQ(writer->finish().error().message(), message);
  EXPECT_EQ(writer->bytes_written(), 6000U);

  const Reading left = read_all(RecordingReader::open(path + ".part", wire));
  EXPECT_EQ(left.inputs, std::vector{first});
  EXPECT_FALSE(left.clean);
  EXPECT_EQ(left.error, "");
}

TEST(RecordingWriter, DiskFullFromTheStart_LeavesNoFile) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  const FileSizeLimit limit(10);
  EXPECT_FALSE(RecordingWriter::create(path, wire).has_value());
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
}

TEST(RecordingWriter, InputThatDoesNotFit_IsRefusedAndSoIsTheRest) {
  const TemporaryDirectory directory;
  auto writer = RecordingWriter::create(directory.file("a.rec"), wire);
  ASSERT_TRUE(writer.has_value());
  const auto refused = writer->append(input_of(recording::input_limit + 1, 1).view());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message(), HasSubstr("1048577"));
  EXPECT_FALSE(writer->append(input_of(1, 1).view()).has_value());
}

TEST(RecordingWriter, KindThatIsNone_IsRefused) {
  const TemporaryDirectory directory;
  auto writer = RecordingWriter::create(directory.file("a.rec"), wire);
  ASSERT_TRUE(writer.has_value());
  EXPECT_FALSE(writer->append({static_cast<InputKind>(0), {}}).has_value());
}

TEST(RecordingWriter, Finished_TakesNothingMore) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  auto writer = RecordingWriter::create(path, wire);
  ASSERT_TRUE(writer.has_value());
  ASSERT_TRUE(writer->finish().has_value());
  EXPECT_FALSE(writer->append(input_of(1, 1).view()).has_value());
  EXPECT_FALSE(writer->finish().has_value());
  EXPECT_TRUE(read_all(RecordingReader::open(path, wire)).clean);
}

TEST(RecordingWriter, MovedAndLeftUnfinished_KeepsWhatWasFlushed) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a.rec");
  const OwnedInput flushed = input_of(33, 1);
  {
    auto created = RecordingWriter::create(path, wire);
    ASSERT_TRUE(created.has_value());
    ASSERT_TRUE(created->append(flushed.view()).has_value());
    RecordingWriter moved(std::move(*created));
    ASSERT_TRUE(moved.flush().has_value());
    ASSERT_TRUE(moved.append(input_of(44, 2).view()).has_value());
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  const Reading left = read_all(RecordingReader::open(path + ".part", wire));
  EXPECT_EQ(left.inputs, std::vector{flushed});
  EXPECT_THAT(left.torn, HasSubstr("breaks off"));
}

} // namespace
} // namespace monster
