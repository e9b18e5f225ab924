// SPDX-License-Identifier: Apache-2.0
#include "policy/linux/sensitive_files.hpp"

#include "base/fd.hpp"
#include "base/key.hpp"
#include "base/path_text.hpp"
#include "policy/glob.hpp"
#include "policy/linux/mounts.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <sys/stat.h>
#include <unordered_set>

namespace monster {
namespace {

constexpr int link_limit = 8;
constexpr std::size_t part_limit = 64; // each part that is being looked at holds a descriptor

struct Part {
  std::string name;
  std::optional<Glob> glob; // none: `name` itself
  bool of_link = false;     // stands in a link's target, not in the path that was looked for
};
using Parts = std::vector<Part>;

struct Stat {
  std::uint32_t mode = 0;
  std::uint32_t uid = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::optional<std::uint64_t> mount;
};

// A directory that the search stands in.
struct Place {
  int fd = -1;
  std::string real;  // "" for the root; without links
  std::string shown; // as the glob says it
  int links = 0;     // followed so far
};

std::optional<Stat> stat_of(int fd) {
  struct statx facts{};
  const unsigned mask = STATX_TYPE | STATX_MODE | STATX_UID | STATX_INO | STATX_MNT_ID;
  if (::statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, mask, &facts) != 0)
    return std::nullopt;
  Stat stat{facts.stx_mode, facts.stx_uid, facts.stx_ino, 0, {}};
  stat.device = (static_cast<std::uint64_t>(facts.stx_dev_major) << 20) | facts.stx_dev_minor;
  if ((facts.stx_mask & STATX_MNT_ID) != 0)
    stat.mount = facts.stx_mnt_id;
  return stat;
}

// O_PATH without O_DIRECTORY opens no file and triggers no automount (fs/namei.c, follow_automount).
UniqueFd open_name(int directory, const char* name) {
  return UniqueFd(::openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

bool only_root_writes(int directory) {
  const std::optional<Stat> stat = stat_of(directory);
  return stat && stat->uid == 0 && (stat->mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::string target_of(int link) {
  std::array<char, PATH_MAX> text;
  const ssize_t length = ::readlinkat(link, "", text.data(), text.size());
  const bool whole = length > 0 && static_cast<std::size_t>(length) < text.size();
  return whole ? std::string(text.data(), static_cast<std::size_t>(length)) : std::string();
}

Parts parts_of(std::string_view path, bool of_link) {
  Parts parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (name.empty() || name == ".")
      continue;
    Part part{std::string(name), {}, of_link};
    if (!of_link && name.find_first_of("*?") != std::string_view::npos)
      if (Result<Glob> glob = Glob::make(name))
        part.glob = std::move(*glob);
    parts.push_back(std::move(part));
  }
  return parts;
}

// At most `limit` files, and the globs share it: one that finds many makes room for one that finds few.
class FairFiles {
public:
  explicit FairFiles(std::size_t limit) : limit_(limit) {}

  void next_glob() { groups_.emplace_back(); }
  // False when another file went, or this one was not taken.
  bool add(SensitiveFile file) {
    const std::size_t mine = groups_.size() - 1;
    const bool full = size_ >= limit_;
    if (full && !make_room_for(groups_[mine].size()))
      return false;
    by_size_.erase({groups_[mine].size(), mine});
    groups_[mine].push_back(std::move(file));
    by_size_.insert({groups_[mine].size(), mine});
    ++size_;
    return !full;
  }
  [[nodiscard]] std::vector<SensitiveFile> take() {
    std::vector<SensitiveFile> files;
    for (std::vector<SensitiveFile>& group : groups_)
      std::ranges::move(group, std::back_inserter(files));
    return files;
  }

private:
  bool make_room_for(std::size_t size) {
    if (by_size_.empty())
      return false;
    const auto [largest, group] = *by_size_.rbegin();
    if (size + 1 >= largest)
      return false;
    by_size_.erase({largest, group});
    groups_[group].pop_back();
    by_size_.insert({largest - 1, group});
    --size_;
    return true;
  }

  std::size_t limit_;
  std::size_t size_ = 0;
  std::vector<std::vector<SensitiveFile>> groups_;        // a glob each, in their order
  std::set<std::pair<std::size_t, std::size_t>> by_size_; // size and place in groups_
};

class Search {
public:
  Search(const SensitiveSearchLimits& limits, const std::string& mountinfo)
      : limits_(limits), look_ups_left_(limits.look_ups), mounts_(Mounts::read(mountinfo)),
        root_(open_name(AT_FDCWD, "/")), files_(limits.files) {}

  // `except`: whole globs of what is not wanted among them. `globs_left`: this one and those that follow; each has
  // its share of the look-ups, and what earlier ones did not use.
  void find(std::string_view glob, std::span<const std::string> except, std::size_t globs_left) {
    Parts parts = parts_of(glob, false);
    const bool walkable = is_plain_path(glob) && glob.find("**") == std::string_view::npos && Glob::make(glob);
    except_.clear();
    for (const std::string& text : except) {
      Result<Glob> taken = Glob::make(std::string_view(text).substr(1));
      if (taken)
        except_.push_back(std::move(*taken));
      else
        ++found_.globs_refused;
    }
    if (!walkable || parts.size() > part_limit) {
      ++found_.globs_refused;
      return;
    }
    out_of_time_ = false;
    glob_may_use_ = std::min(look_ups_left_, std::max(look_ups_left_ / globs_left, limits_.look_ups_of_glob));
    files_.next_glob();
    go({root_.get(), "", "", 0}, parts, 0);
    found_.globs_cut += out_of_time_ ? 1 : 0;
  }

  [[nodiscard]] SensitiveFiles take() {
    found_.files = files_.take();
    return std::move(found_);
  }

private:
  void go(const Place& place, const Parts& parts, std::size_t at) {
    if (at == parts.size())
      return;
    if (!parts[at].glob)
      return enter(place, parts[at].name, parts, at);
    for (const std::string& name : names_in(place.fd, *parts[at].glob))
      enter(place, name, parts, at);
  }

  std::vector<std::string> names_in(int directory, const Glob& wanted) {
    std::vector<std::string> names;
    UniqueFd fd(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
    const auto close = [](DIR* open) { ::closedir(open); };
    const std::unique_ptr<DIR, decltype(close)> entries(fd ? ::fdopendir(fd.get()) : nullptr, close);
    if (!entries) {
      ++found_.unreadable;
      return names;
    }
    (void)fd.release(); // closedir closes it
    std::size_t read = 0;
    while (const dirent* entry = ::readdir(entries.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..")
        continue;
      if (read++ == limits_.entries_of_directory || !spend()) {
        ++found_.directories_cut;
        break;
      }
      if (wanted.matches(name))
        names.emplace_back(name);
    }
    return names;
  }

  void enter(const Place& place, const std::string& name, const Parts& parts, std::size_t at) {
    if (!spend())
      return;
    Place next{-1, real_path(place, name), parts[at].of_link ? place.shown : place.shown + "/" + name, place.links};
    if (mounts_.may_wait_at(next.real)) {
      ++found_.waits_avoided;
      return;
    }
    const UniqueFd fd = open_name(place.fd, name.c_str());
    const std::optional<Stat> stat = fd ? stat_of(fd.get()) : std::nullopt;
    if (!stat) {
      found_.unreadable += fd || errno != ENOENT ? 1 : 0;
      return;
    }
    next.fd = fd.get();
    if (S_ISLNK(stat->mode))
      return follow(place, next, parts, at);
    if (S_ISDIR(stat->mode))
      return go(next, parts, at + 1);
    if (S_ISREG(stat->mode) && at + 1 == parts.size())
      add(next.shown, *stat);
  }

  // The target's parts take the link's place, so that each of them is looked at as all others are.
  void follow(const Place& place, const Place& link, const Parts& parts, std::size_t at) {
    if (!only_root_writes(place.fd) || place.links == link_limit) {
      ++found_.links_not_followed;
      return;
    }
    const std::string target = target_of(link.fd);
    Parts rest = parts_of(target, true);
    rest.insert(rest.end(), parts.begin() + static_cast<std::ptrdiff_t>(at) + 1, parts.end());
    if (target.empty() || rest.size() > part_limit) {
      ++found_.unreadable;
      return;
    }
    const bool absolute = target.starts_with('/');
    go({absolute ? root_.get() : place.fd, absolute ? "" : place.real, link.shown, place.links + 1}, rest, 0);
  }

  static std::string real_path(const Place& place, const std::string& name) {
    if (name != "..")
      return place.real + "/" + name;
    return place.real.substr(0, place.real.empty() ? 0 : place.real.rfind('/'));
  }

  void add(const std::string& path, const Stat& stat) {
    if (std::ranges::any_of(except_, [&](const Glob& glob) { return glob.matches(path); }))
      return;
    const std::optional<std::uint64_t> device = stat.mount ? mounts_.device_of(*stat.mount) : std::nullopt;
    const FileIdentity identity{device.value_or(stat.device), stat.inode, 0};
    if (!seen_.insert(identity).second)
      return;
    if (!files_.add({identity.device, identity.inode, path}))
      ++found_.files_cut;
  }

  bool spend() {
    out_of_time_ = out_of_time_ || glob_may_use_ == 0;
    if (out_of_time_)
      return false;
    --glob_may_use_;
    --look_ups_left_;
    return true;
  }

  const SensitiveSearchLimits limits_;
  std::size_t look_ups_left_;
  std::size_t glob_may_use_ = 0;
  const Mounts mounts_;
  const UniqueFd root_;
  std::vector<Glob> except_;
  bool out_of_time_ = false;
  std::unordered_set<FileIdentity> seen_;
  FairFiles files_;
  SensitiveFiles found_;
};

} // namespace

SensitiveFiles find_sensitive_files(std::span<const std::string> globs, const SensitiveSearchLimits& limits,
                                    const std::string& mountinfo) {
  Search search(limits, mountinfo);
  auto left = static_cast<std::size_t>(
      std::ranges::count_if(globs, [](const std::string& glob) { return !glob.starts_with('!'); }));
  for (std::size_t i = 0; i < globs.size(); left -= left > 1 ? 1 : 0) {
    std::size_t end = i + 1;
    while (end < globs.size() && globs[end].starts_with('!'))
      ++end;
    search.find(globs[i], globs.subspan(i + 1, end - i - 1), std::max<std::size_t>(left, 1));
    i = end;
  }
  return search.take();
}

} // namespace monster
