// SPDX-License-Identifier: Apache-2.0
#include "cli/screen.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <memory>
#include <sys/socket.h>
#include <termios.h>

namespace monster {
namespace {

struct Ends {
  UniqueFd read, write;
};

Ends pipe_ends() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Ends socket_ends() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Ends terminal_ends() {
  UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  EXPECT_TRUE(master && ::grantpt(master.get()) == 0 && ::unlockpt(master.get()) == 0);
  UniqueFd slave(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios mode{};
  EXPECT_EQ(::tcgetattr(slave.get(), &mode), 0);
  ::cfmakeraw(&mode);
  EXPECT_EQ(::tcsetattr(slave.get(), TCSANOW, &mode), 0);
  return {std::move(master), std::move(slave)};
}

// All that can be read now.
std::string read_all(int fd) {
  EXPECT_EQ(::fcntl(fd, F_SETFL, O_NONBLOCK), 0);
  std::string text;
  char buffer[4096];
  for (ssize_t size = 0; (size = ::read(fd, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(size));
  return text;
}

std::uint64_t lines_of(std::string_view text) { return static_cast<std::uint64_t>(std::ranges::count(text, '\n')); }

TEST(Screen, Lines_GoAsTheyCome) {
  const Ends ends = pipe_ends();
  Screen screen(ends.write.get());
  screen.write("one\n");
  screen.write("two\nthree\n");
  EXPECT_EQ(read_all(ends.read.get()), "one\ntwo\nthree\n");
  EXPECT_EQ(screen.dropped(), 0U);
}

TEST(Screen, NobodyReads_LosesWholeLinesCountsThemAndDoesNotWait) {
  for (const auto make : {pipe_ends, socket_ends, terminal_ends}) {
    const Ends ends = make();
    Screen screen(ends.write.get());
    const std::string line = std::string(99, 'x') + "\n";
    constexpr std::uint64_t written = 50'000;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < written; ++i)
      screen.write(line);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    EXPECT_GT(screen.dropped(), 0U);
    std::string text = read_all(ends.read.get());
    for (std::string more = text; !more.empty(); text += more) { // it reads on: what waited comes, and no torn line
      screen.write({});
      more = read_all(ends.read.get());
    }
    EXPECT_EQ(text.size(), lines_of(text) * line.size());
    EXPECT_EQ(lines_of(text) + screen.dropped(), written);
  }
}

TEST(Screen, TerminalHeld_IsNotWaitedFor) {
  const Ends ends = terminal_ends();
  ASSERT_EQ(::tcflow(ends.write.get(), TCOOFF), 0); // as Ctrl-S
  Screen screen(ends.write.get());
  screen.write("held\n");
  screen.finish(10);
  ASSERT_EQ(::tcflow(ends.write.get(), TCOON), 0);
  screen.write("again\n");
  EXPECT_EQ(read_all(ends.read.get()), "again\n");
}

TEST(Screen, ReaderIsGone_IsNoSignalAndNoWait) {
  Ends ends = pipe_ends();
  Screen screen(ends.write.get());
  ends.read.reset();
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < 10'000; ++i)
    screen.write("nobody\n");
  ::signal(SIGPIPE, before);
  EXPECT_EQ(screen.dropped(), 0U) << "they went nowhere, and nobody misses them";
}

TEST(Screen, File_IsWrittenWhereTheCallerWrites) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  const int fd = ::fileno(file.get());
  ASSERT_EQ(::write(fd, "before\n", 7), 7);
  Screen screen(fd);
  screen.write("lines\n");
  ASSERT_EQ(::write(fd, "after\n", 6), 6);
  char text[64];
  const ssize_t size = ::pread(fd, text, sizeof text, 0);
  EXPECT_EQ(std::string(text, static_cast<std::size_t>(size)), "before\nlines\nafter\n");
}

TEST(Screen, FlagsOfTheCallersDescriptor_StayAsTheyAre) {
  const Ends ends = pipe_ends();
  const Screen screen(ends.write.get());
  EXPECT_EQ(::fcntl(ends.write.get(), F_GETFL) & O_NONBLOCK, 0);
}

} // namespace
} // namespace monster
