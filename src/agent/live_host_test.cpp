// SPDX-License-Identifier: Apache-2.0
#include "agent/live_host.hpp"

#include "agent/inputs.hpp"
#include "host/linux/referenced_file.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>

namespace monster {
namespace {

using Asked = HostAnswers::Asked;
using Bytes = std::vector<std::byte>;

IdentityWorkers::Options one_thread() {
  IdentityWorkers::Options options;
  options.threads = 1;
  return options;
}

class Live : public testing::Test {
protected:
  Live() {
    std::string pattern = std::filesystem::temp_directory_path() / "monster-live-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    std::ofstream(path()) << "content";
  }
  ~Live() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  [[nodiscard]] std::string path() const { return directory_ + "/file"; }
  [[nodiscard]] FileReference file() const { return reference_of(path()); }

  // The first answer that comes within 10 s: its ticket and its facts.
  std::optional<std::pair<std::uint64_t, FileFacts>> answer() {
    std::optional<std::pair<std::uint64_t, FileFacts>> got;
    for (int i = 0; i < 2000 && !got; ++i) {
      host_.collect([&](const Input& input) {
        ByteReader from(input.bytes);
        EXPECT_EQ(from.u8(), static_cast<std::uint8_t>(AnswerKind::identity_later));
        const std::uint64_t ticket = from.u64();
        got.emplace(ticket, read_file_facts(from));
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return got;
  }

  std::string directory_;
  std::vector<Bytes> tapped_;
  LiveHost host_{one_thread(),
                 [this](const Input& input) { tapped_.emplace_back(input.bytes.begin(), input.bytes.end()); }};
  FileFacts facts_;
};

TEST_F(Live, Names_AreAnsweredAndTapped) {
  EXPECT_EQ(host_.user_name(0, {}).bytes(), "root");
  EXPECT_TRUE(host_.user_name(4'000'000'000, {}).is_null());
  EXPECT_EQ(host_.group_name(0, {}).bytes(), "root");
  ASSERT_EQ(tapped_.size(), 3U);
  ByteReader first(tapped_[0]);
  EXPECT_EQ(first.u8(), static_cast<std::uint8_t>(AnswerKind::user_name));
  ByteReader last(tapped_[2]);
  EXPECT_EQ(last.u8(), static_cast<std::uint8_t>(AnswerKind::group_name));
}

TEST_F(Live, File_IsHashedOnceAndKnownFromThenOn) {
  ASSERT_EQ(host_.identity(7, file(), facts_), Asked::asked);
  EXPECT_EQ(host_.asked(), 1U);
  const auto told = answer();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->first, 7U);
  EXPECT_EQ(told->second.status, HashStatus::ok);
  EXPECT_EQ(host_.asked(), 0U);
  EXPECT_EQ(host_.identity(8, file(), facts_), Asked::known);
  EXPECT_EQ(facts_.sha256, told->second.sha256);
  EXPECT_EQ(tapped_.size(), 2U) << "what was asked, and what was known; the answer between is an input";
}

TEST_F(Live, FileThatChanged_IsAskedAnew) {
  ASSERT_EQ(host_.identity(1, file(), facts_), Asked::asked);
  ASSERT_TRUE(answer().has_value());
  host_.changed(file().identity);
  EXPECT_EQ(host_.identity(2, file(), facts_), Asked::asked);
}

TEST_F(Live, FileThatChangesWhileItIsHashed_IsNotKnownAfterwards) {
  ASSERT_EQ(host_.identity(1, file(), facts_), Asked::asked);
  host_.changed(file().identity);
  ASSERT_TRUE(answer().has_value());
  EXPECT_EQ(host_.identity(2, file(), facts_), Asked::asked);
}

TEST_F(Live, FileThatIsGone_IsNotRemembered) {
  const FileReference reference = file();
  std::filesystem::remove(path());
  ASSERT_EQ(host_.identity(1, reference, facts_), Asked::asked);
  const auto told = answer();
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->second.status, HashStatus::gone);
  EXPECT_EQ(host_.identity(2, reference, facts_), Asked::asked);
}

TEST_F(Live, Stopped_RefusesWhatItCannotAnswer) {
  host_.stop();
  EXPECT_EQ(host_.identity(1, file(), facts_), Asked::refused);
  EXPECT_EQ(host_.asked(), 0U);
}

} // namespace
} // namespace monster
