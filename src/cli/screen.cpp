// SPDX-License-Identifier: Apache-2.0
#include "cli/screen.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace monster {
namespace {

constexpr std::size_t small = 256; // what a terminal that is ready takes at least (drivers/tty/n_tty.c WAKEUP_CHARS)

bool ready(int fd, int patience_ms) {
  pollfd asked{fd, POLLOUT, 0};
  return ::poll(&asked, 1, patience_ms) == 1 && (asked.revents & POLLOUT) != 0;
}

bool may_hold(int fd) {
  struct stat what{};
  return ::fstat(fd, &what) == 0 && (S_ISCHR(what.st_mode) || S_ISFIFO(what.st_mode));
}

} // namespace

Screen::Screen(int fd) : fd_(fd) {
  if (may_hold(fd)) // a file opened again would have its own offset
    own_ = UniqueFd(::open(fmt::format("/proc/self/fd/{}", fd).c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

long Screen::write_some(std::string_view bytes) const {
  if (own_)
    return ::write(own_.get(), bytes.data(), bytes.size());
  const long sent = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL); // a socket cannot be opened
  if (sent >= 0 || errno != ENOTSOCK)
    return sent;
  errno = EAGAIN;
  return ready(fd_, 0) ? ::write(fd_, bytes.data(), std::min(bytes.size(), small)) : -1;
}

void Screen::push() {
  while (!waiting_.empty()) {
    const long written = write_some(waiting_);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0 && errno != EAGAIN)
      waiting_.clear(); // nobody will ever read it
    if (written <= 0)
      return;
    waiting_.erase(0, static_cast<std::size_t>(written));
  }
}

void Screen::write(std::string_view lines) {
  push();
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size() - 1) + 1;
    if (waiting_.size() + end <= room)
      waiting_ += lines.substr(0, end);
    else
      ++dropped_;
    lines.remove_prefix(end);
  }
  push();
}

void Screen::finish(int patience_ms) {
  push();
  while (!waiting_.empty() && ready(own_ ? own_.get() : fd_, patience_ms))
    push();
  dropped_ += static_cast<std::uint64_t>(std::ranges::count(waiting_, '\n'));
  waiting_.clear();
}

} // namespace monster
