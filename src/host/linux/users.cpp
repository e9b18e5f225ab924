// SPDX-License-Identifier: Apache-2.0
#include "host/linux/users.hpp"

#include "host/linux/read_file.hpp"

#include <charconv>
#include <optional>
#include <sys/stat.h>

namespace monster {
namespace {

constexpr std::size_t max_file = std::size_t{16} << 20;
constexpr std::size_t max_name = 256;

struct NameLine {
  std::uint32_t id;
  std::string_view name;
};

// Both files begin NAME:PASSWORD:NUMBER: (passwd(5), group(5)). Lines of NIS begin with + or -.
std::optional<NameLine> parse_line(std::string_view line) {
  const std::size_t first = line.find(':');
  const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
  const std::size_t third = second == std::string_view::npos ? second : line.find(':', second + 1);
  if (third == std::string_view::npos)
    return std::nullopt;
  NameLine found{0, line.substr(0, first)};
  const std::string_view digits = line.substr(second + 1, third - second - 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), found.id);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  if (found.name.empty() || found.name.size() > max_name || found.name.find('\0') != std::string_view::npos ||
      found.name.front() == '+' || found.name.front() == '-')
    return std::nullopt;
  return found;
}

} // namespace

void UserNames::NameFile::load() {
  names.clear();
  malformed = 0;
  const Result<std::string> text = read_file(path, max_file);
  if (!text)
    return;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.empty() || line.front() == '#')
      continue;
    // The first line of a number wins, as it does for getpwuid.
    if (const std::optional<NameLine> found = parse_line(line))
      names.emplace(found->id, found->name);
    else
      ++malformed;
  }
}

void UserNames::NameFile::refresh(BootTime now) {
  if (loaded && now - checked < seconds(1))
    return;
  checked = now;
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0)
    facts = {};
  const std::int64_t mtime = static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1'000'000'000 + facts.st_mtim.tv_nsec;
  if (loaded && inode == facts.st_ino && size == facts.st_size && mtime_ns == mtime)
    return;
  // Kept from before the reading, so that a change during it is seen at the next look.
  inode = facts.st_ino;
  size = facts.st_size;
  mtime_ns = mtime;
  loaded = true;
  load();
}

Text UserNames::NameFile::find(std::uint32_t id, BootTime now) {
  refresh(now);
  const auto place = names.find(id);
  return place == names.end() ? Text() : Text(std::string_view(place->second));
}

} // namespace monster
