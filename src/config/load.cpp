// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include "base/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace monster {
namespace {

constexpr std::string_view act = "read the configuration";

std::unexpected<Error> refuse(const std::string& path, std::string reason, std::string advice = {}) {
  return fail(
      {std::string(act), printable(path, 4096), std::move(reason), std::move(advice), ErrorKind::configuration});
}

std::unexpected<Error> refuse_errno(const std::string& path) { return fail(system_error(act, printable(path, 4096))); }

std::string_view kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFDIR:
    return "a directory";
  case S_IFIFO:
    return "a FIFO";
  case S_IFSOCK:
    return "a socket";
  default:
    return "a device";
  }
}

std::string too_large(std::uint64_t size) {
  return fmt::format("it has {} bytes; a configuration has at most {}", size, config_size_limit);
}

// O_NONBLOCK so that opening a FIFO or a device does not wait for another side.
Result<UniqueFd> open_regular(const std::string& path) {
  if (path.find('\0') != std::string::npos)
    return refuse(path, "the path holds a NUL byte");
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd)
    return refuse_errno(path);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0)
    return refuse_errno(path);
  if (!S_ISREG(status.st_mode))
    return refuse(path, fmt::format("it is {}, not a regular file", kind_of(status.st_mode)));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > config_size_limit)
    return refuse(path, too_large(size));
  return fd;
}

// The file may grow while it is read: one byte beyond the limit tells.
Result<std::string> read_all(const UniqueFd& fd, const std::string& path) {
  std::string text(config_size_limit + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = ::read(fd.get(), text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return refuse_errno(path);
    if (got == 0)
      break;
    filled += static_cast<std::size_t>(got);
  }
  if (filled > config_size_limit)
    return refuse(path, too_large(filled));
  text.resize(filled);
  return text;
}

} // namespace

Result<LoadedConfig> load_config(const std::string& path, bool strict) {
  auto fd = open_regular(path);
  if (!fd)
    return std::unexpected(std::move(fd.error()));
  auto text = read_all(*fd, path);
  if (!text)
    return std::unexpected(std::move(text.error()));
  if (text->empty())
    return refuse(path, "it is empty", "a configuration of defaults is {}");
  return parse_config(*text, path, strict);
}

} // namespace monster
