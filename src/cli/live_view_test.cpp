// SPDX-License-Identifier: Apache-2.0
#include "cli/live_view.hpp"

#include "cli/event_samples.hpp"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace monster {
namespace {

using testing::HasSubstr;

class LiveViewTest : public testing::Test {
protected:
  LiveViewTest() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read_ = UniqueFd(ends[0]);
    write_ = UniqueFd(ends[1]);
    EXPECT_EQ(::fcntl(read_.get(), F_SETFL, O_NONBLOCK), 0);
    screen_.emplace(write_.get());
    view_.emplace(*screen_, false);
  }
  void show(Payload payload, int times = 1) {
    Batch batch;
    for (int i = 0; i < times; ++i)
      batch.events.push_back(sample::event(7, 3661, payload));
    view_->show(batch);
  }
  std::string shown() {
    std::string text(65536, '\0');
    const ssize_t size = ::read(read_.get(), text.data(), text.size());
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
  }
  static std::size_t lines_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }

  UniqueFd read_, write_;
  std::optional<Screen> screen_;
  std::optional<LiveView> view_;
};

TEST_F(LiveViewTest, Event_IsALineWithTimeAndWho) {
  show(sample::act("unlink", "/x\x1b[2J"));
  const std::string text = shown();
  EXPECT_THAT(text, HasSubstr("01:01:01 7 prog "));
  EXPECT_THAT(text, HasSubstr("unlink /x"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  show(FileCreate{});
  EXPECT_EQ(shown(), "");
}

TEST_F(LiveViewTest, MoreThanATerminalTakes_IsCountedInTheRate) {
  show(sample::act("unlink", "/x"), 100);
  EXPECT_EQ(lines_of(shown()), 40U);
  view_->show_rate(100, 2, BootTime{} + seconds(5));
  EXPECT_EQ(shown(), "100 events/s  100 in all  60 not shown  lost 2\n");
  view_->show_rate(150, 2, BootTime{} + seconds(5) + milliseconds(500));
  EXPECT_EQ(shown(), "") << "at most once a second";
  view_->show_rate(150, 2, BootTime{} + seconds(6));
  EXPECT_EQ(shown(), "50 events/s  150 in all  0 not shown  lost 2\n");
  view_->show_rate(150, 2, BootTime{} + seconds(7));
  EXPECT_EQ(shown(), "") << "nothing happened";
}

TEST_F(LiveViewTest, NobodyReads_HoldsNobodyAndIsSaidLater) {
  const std::string path(1000, 'p');
  const auto begun = std::chrono::steady_clock::now();
  for (int second = 1; second <= 100; ++second) {
    show(sample::act("unlink", Text(path)), 40);
    view_->show_rate(second * 40, 0, BootTime{} + seconds(second));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  EXPECT_GT(screen_->dropped(), 0U);
  while (!shown().empty())
    screen_->write({});
  view_->show_rate(4001, 0, BootTime{} + seconds(101));
  EXPECT_THAT(shown(), HasSubstr("1 events/s"));
}

} // namespace
} // namespace monster
