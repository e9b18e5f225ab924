// SPDX-License-Identifier: Apache-2.0
#include "host/linux/read_file.hpp"

#include "base/fd.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>

namespace monster {
namespace {

Result<void> read_into(std::string& text, int fd, const std::string& path, std::size_t limit) {
  std::size_t used = 0;
  while (true) {
    if (used == text.size())
      text.resize(std::min(limit, text.size() * 2) + 1);
    const ssize_t got = ::read(fd, text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return fail(system_error("read", path));
    if (got == 0)
      break;
    used += static_cast<std::size_t>(got);
    if (used > limit)
      return fail({"read", path, "it is larger than " + std::to_string(limit) + " bytes"});
  }
  text.resize(used);
  return {};
}

} // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd)
    return fail(system_error("open", path));
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0)
    return fail(system_error("stat", path));
  if (!S_ISREG(facts.st_mode))
    return fail({"read", path, "it is not a regular file"});
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (size > limit)
    return fail({"read", path, "it is larger than " + std::to_string(limit) + " bytes"});
  std::string text(std::max<std::size_t>(size + 1, 4096), '\0');
  if (Result<void> done = read_into(text, fd.get(), path, limit); !done)
    return fail(std::move(done.error()));
  return text;
}

} // namespace monster
