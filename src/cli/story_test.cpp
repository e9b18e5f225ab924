// SPDX-License-Identifier: Apache-2.0
#include "cli/story.hpp"

#include "cli/event_samples.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace monster {
namespace {

using sample::act;
using sample::event;
using sample::start;
using testing::HasSubstr;
using testing::Not;

Batch batch_of(std::vector<Event> events) {
  Batch batch;
  batch.events = std::move(events);
  return batch;
}

ProcessExit exit_with(int code) {
  ProcessExit end;
  end.exit_code = code;
  return end;
}

std::size_t lines_of(std::string_view text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

TEST(Story, Processes_StandBelowWhoStartedThemAndTheirActsInTheOrderOfTime) {
  Story story;
  story.add(batch_of({event(1, 1, start("sh")), event(2, 3, start("rm b", 1)), event(2, 5, act("unlink", "/b")),
                      event(2, 4, act("chmod", "/b")), event(2, 6, exit_with(0)), event(3, 2, start("cp a b", 1)),
                      event(3, 7, exit_with(1)), event(1, 8, exit_with(3))}),
            {});
  EXPECT_EQ(story.text(false), "[1] exec sh  (exit 3)\n"
                               "  [3] exec cp a b  (exit 1)\n"
                               "  [2] exec rm b  (exit 0)\n"
                               "      chmod /b\n"
                               "      unlink /b\n");
  EXPECT_EQ(story.left_out(), "");
}

TEST(Story, NothingSeen_IsNoText) {
  Story story;
  story.add(batch_of({event(1, 1, FileCreate{})}), {});
  EXPECT_EQ(story.text(false), "");
}

TEST(Story, ProcessWithoutAnEnd_StillRunsUnlessAnotherImageFollowed) {
  Story story;
  story.add(batch_of({event(1, 1, start("sh")), event(2, 2, start("env prog", 0, 1)), event(2, 3, exit_with(0)),
                      event(3, 4, start("sleep 100", 2))}),
            {});
  EXPECT_EQ(story.text(false), "[1] exec sh\n"
                               "  [2] exec env prog  (exit 0)\n"
                               "    [3] exec sleep 100  (still runs)\n");
}

TEST(Story, Names_CannotDriveTheTerminal) {
  Story story;
  story.add(batch_of({event(1, 1, start("a\x1b[2Jb")), event(1, 2, act("unlink", "/x\n[9] exec fake"))}), {});
  EXPECT_THAT(story.text(false), Not(HasSubstr("\x1b")));
  EXPECT_EQ(lines_of(story.text(false)), 2U);
}

TEST(Story, ActsOfOneProcess_AreTheFirstOnesWhateverOrderTheyComeIn) {
  Story story({.acts_of_process = 3});
  for (const int second : {9, 2, 8, 3, 1, 7})
    story.add(
        batch_of({event(
            1, second,
            act("unlink", Text(std::string_view("/123456789").substr(0, 1U + static_cast<std::size_t>(second)))))}),
        {});
  story.add(batch_of({event(1, 10, start("sh"))}), {});
  EXPECT_THAT(story.text(false),
              HasSubstr("    unlink /1\n    unlink /12\n    unlink /123\n    … and 3 more acts, in the files\n"));
}

TEST(Story, TextBeyondItsBound_IsLeftOutAndSaid) {
  Story story({.text_bytes = 1000});
  const std::string path(300, 'p');
  story.add(batch_of({event(1, 1, start("sh"))}), {});
  for (int i = 0; i < 10; ++i)
    story.add(batch_of({event(1, 2 + i, act("unlink", Text(path)))}), {});
  EXPECT_LT(story.text(false).size(), 1200U);
  EXPECT_EQ(story.left_out(), "left out above, and in the files: 7 acts");
}

TEST(Story, ProcessesBeyondTheirBound_AreLeftOutAndSaid) {
  Story story({.processes = 2});
  for (std::uint64_t process = 1; process <= 5; ++process)
    story.add(batch_of({event(process, 1, start("sh", process - 1))}), {});
  EXPECT_EQ(lines_of(story.text(false)), 2U);
  EXPECT_THAT(story.left_out(), HasSubstr("3 events of processes"));
}

TEST(Story, LongChainOfProcesses_IsPrintedWithoutRunningDeep) {
  Story story;
  for (std::uint64_t process = 1; process <= 10'000; ++process)
    story.add(batch_of({event(process, 1, start("sh", process - 1))}), {});
  const std::string text = story.text(false);
  EXPECT_EQ(lines_of(text), 10'000U);
  EXPECT_LT(text.size(), 10'000U * 130);
}

TEST(Story, ParentsInACircle_EndThePrinting) {
  Story story;
  story.add(batch_of({event(1, 1, start("a", 2)), event(2, 1, start("b", 1)), event(3, 1, start("c", 3))}), {});
  EXPECT_EQ(story.text(false), "");
}

TEST(Story, Json_IsALineForEachEventUpToItsBound) {
  Story story({.json_bytes = 2000});
  story.keep_json();
  for (int second = 1; second <= 100; ++second)
    story.add(batch_of({event(1, second, act("unlink", "/x"))}), {});
  const std::size_t kept = lines_of(story.json());
  EXPECT_GT(kept, 0U);
  EXPECT_LE(story.json().size(), 2000U);
  EXPECT_TRUE(story.json().ends_with("}\n"));
  EXPECT_THAT(story.left_out(), HasSubstr(std::to_string(100 - kept) + " JSON lines"));
}

} // namespace
} // namespace monster
