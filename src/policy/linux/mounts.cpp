// SPDX-License-Identifier: Apache-2.0
#include "policy/linux/mounts.hpp"

#include "base/fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <vector>

namespace monster {
namespace {

constexpr std::size_t mountinfo_limit = 64 << 20;

// What answers from memory or a disk of this machine; all else is left alone.
constexpr std::string_view local[] = {
    "bcachefs", "btrfs",   "devtmpfs", "erofs",    "exfat",  "ext2",     "ext3",  "ext4", "f2fs", "jfs", "nilfs2",
    "ntfs3",    "overlay", "ramfs",    "reiserfs", "rootfs", "squashfs", "tmpfs", "udf",  "vfat", "xfs", "zfs"};

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// The kernel writes blanks, tabs, line breaks and backslashes as \ooo (fs/proc_namespace.c, mangle).
std::string unescaped(std::string_view text) {
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '7'; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || !digit(i + 1) || !digit(i + 2) || !digit(i + 3)) {
      plain.push_back(text[i]);
      continue;
    }
    plain.push_back(static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0')));
    i += 3;
  }
  return plain;
}

} // namespace

Mounts Mounts::read(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::vector<char> piece(64 * 1024);
  while (fd && text.size() < mountinfo_limit) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return parse(text);
}

Mounts Mounts::parse(std::string_view mountinfo) {
  Mounts mounts;
  while (!mountinfo.empty()) {
    const std::size_t end = std::min(mountinfo.find('\n'), mountinfo.size());
    mounts.add(mountinfo.substr(0, end));
    mountinfo.remove_prefix(std::min(end + 1, mountinfo.size()));
  }
  return mounts;
}

// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
void Mounts::add(std::string_view line) {
  const std::optional<std::uint64_t> id = number(take_word(line));
  take_word(line);
  const std::string_view device = take_word(line);
  take_word(line);
  const std::string_view mount_point = take_word(line);
  const std::size_t colon = device.find(':');
  const std::size_t dash = line.find(" - ");
  if (!id || colon == std::string_view::npos || dash == std::string_view::npos)
    return;
  line.remove_prefix(dash + 3);
  const std::optional<std::uint64_t> major = number(device.substr(0, colon));
  const std::optional<std::uint64_t> minor = number(device.substr(colon + 1));
  if (major && minor)
    devices_.insert_or_assign(*id, (*major << 20) | *minor);
  // A later line lies over an earlier one at the same place.
  if (std::ranges::find(local, take_word(line)) == std::end(local))
    waiting_.insert(unescaped(mount_point));
  else
    waiting_.erase(unescaped(mount_point));
}

std::optional<std::uint64_t> Mounts::device_of(std::uint64_t mount_id) const {
  const auto found = devices_.find(mount_id);
  return found == devices_.end() ? std::nullopt : std::optional(found->second);
}

} // namespace monster
