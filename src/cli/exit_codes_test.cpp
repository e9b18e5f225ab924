// SPDX-License-Identifier: Apache-2.0
#include "cli/recording_loop.hpp"

#include "cli/exit_codes.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace monster {
namespace {

// What the error says is of no account.
Error error_of(ErrorKind kind) {
  return {"attach", "/sys/kernel/btf/vmlinux", "another agent uses it", "run as root", kind};
}

TEST(ExitCodes, Error_EndsWithTheStatusOfItsKind) {
  EXPECT_EQ(complain(error_of(ErrorKind::other)), 1);
  EXPECT_EQ(complain(error_of(ErrorKind::io)), 1);
  EXPECT_EQ(complain(error_of(ErrorKind::input)), 1);
  EXPECT_EQ(complain(error_of(ErrorKind::configuration)), 3);
  EXPECT_EQ(complain(error_of(ErrorKind::privilege)), 4);
  EXPECT_EQ(complain(error_of(ErrorKind::kernel)), 5);
  EXPECT_EQ(complain(error_of(ErrorKind::taken)), 6);
}

TEST(ExitCodes, Summary_EndsWithLossBeforeAnythingElse) {
  RunSummary summary;
  Screen screen(STDERR_FILENO);
  EXPECT_EQ(tell_summary(summary, "d", screen), 0);
  summary.problems = {"cannot write"};
  EXPECT_EQ(tell_summary(summary, "d", screen), 1);
  summary.lost = 1;
  EXPECT_EQ(tell_summary(summary, "d", screen), 7);
}

TEST(ExitCodes, Meanings_AreThereForEach) {
  int code = 0;
  for (const ExitCodeMeaning& one : exit_code_meanings)
    EXPECT_EQ(one.code, code++);
  EXPECT_EQ(code, 8);
}

TEST(DurationOption, NumberAndUnit_IsATime) {
  EXPECT_EQ(parse_duration_option("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration_option("20s"), seconds(20));
  EXPECT_EQ(parse_duration_option("15min"), seconds(900));
  EXPECT_EQ(parse_duration_option("1h"), seconds(3600));
  for (const auto* text : {"", "s", "20", "-1s", "1.5s", "20 s", "20S", "20sec", "1000001s", "99999999999999999999s"})
    EXPECT_FALSE(parse_duration_option(text)) << text;
}

} // namespace
} // namespace monster
