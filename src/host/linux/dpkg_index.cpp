// SPDX-License-Identifier: Apache-2.0
#include "host/linux/dpkg_index.hpp"

#include "host/linux/read_file.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>
#include <xxhash.h>

namespace monster {
namespace {

constexpr std::array<std::string_view, 6> merged_directories{"bin", "sbin", "lib", "lib32", "lib64", "libx32"};

} // namespace

UsrMerge UsrMerge::of_root(const std::string& root) {
  UsrMerge found;
  for (std::size_t i = 0; i < merged_directories.size(); ++i) {
    std::array<char, 64> target{};
    const std::string link = root + "/" + std::string(merged_directories[i]);
    const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
    std::string_view to(target.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (to.starts_with('/'))
      to.remove_prefix(1);
    if (to.ends_with('/'))
      to.remove_suffix(1);
    found.merged_[i] = to.starts_with("usr/") && to.substr(4) == merged_directories[i];
  }
  return found;
}

void UsrMerge::canonical(std::string_view path, std::string& out) const {
  const std::string_view first = path.substr(1, path.find('/', 1) - 1);
  const auto* place = std::ranges::find(merged_directories, first);
  const bool merged =
      place != merged_directories.end() && merged_[static_cast<std::size_t>(place - merged_directories.begin())];
  out.assign(merged ? "/usr" : "").append(path);
}

std::uint64_t DpkgIndex::hash_of(std::string_view path) { return XXH3_64bits(path.data(), path.size()); }

std::string_view DpkgIndex::name(const Package& package) const {
  return std::string_view(texts_).substr(package.text, package.name);
}

DpkgOwner DpkgIndex::describe(const Package& package) const {
  const char* at = texts_.data() + package.text;
  const auto next = [&at](std::size_t size) { return std::string(std::exchange(at, at + size), size); };
  DpkgOwner owner;
  owner.name = next(package.name);
  owner.version = next(package.version);
  owner.architecture = next(package.architecture);
  owner.origin = next(package.origin);
  return owner;
}

std::string DpkgIndex::file_of(const Package& package, std::string_view suffix) const {
  std::string path = paths_.admin + "/info/";
  path.append(name(package));
  if (package.multi_arch_same)
    path.append(":").append(describe(package).architecture);
  return path.append(suffix);
}

// A package lists a diverted file under the name it shipped; on the disk it lies at the other one.
std::vector<DpkgIndex::Place> DpkgIndex::places(std::string_view path) const {
  std::vector<Place> found;
  bool diverted_away = false;
  for (const Diversion& diversion : diversions_) {
    if (diversion.to == path)
      found.push_back({diversion.from, Place::all_but, diversion.package});
    if (diversion.from == path) {
      diverted_away = true;
      if (!diversion.package.empty())
        found.push_back({path, Place::only, diversion.package});
    }
  }
  if (!diverted_away)
    found.push_back({path, Place::any_package, {}});
  return found;
}

bool DpkgIndex::fits(const Place& place, const Package& package) const {
  const std::string_view wanted = place.package.substr(0, place.package.find(':'));
  return place.whose == Place::any_package || (name(package) == wanted) == (place.whose == Place::only);
}

std::optional<DpkgOwner> DpkgIndex::owner(std::string_view path) const {
  if (!is_dpkg_path(path))
    return std::nullopt;
  std::string canonical;
  usr_merge_.canonical(path, canonical);
  for (const Place& place : places(canonical))
    if (std::optional<DpkgOwner> owner = owner_at(place))
      return owner;
  return std::nullopt;
}

// Several packages may share a file (Multi-Arch: same); one that has its digest is preferred.
std::optional<DpkgOwner> DpkgIndex::owner_at(const Place& place) const {
  std::optional<DpkgOwner> without_digest;
  const std::uint64_t key = hash_of(place.path) & ~package_mask;
  for (auto at = std::ranges::lower_bound(files_, key); at != files_.end() && (*at & ~package_mask) == key; ++at) {
    const auto number = static_cast<std::uint32_t>(*at & package_mask);
    const Package& package = packages_[number];
    if (!fits(place, package))
      continue;
    if (const std::optional<Md5> md5 = digest(number, place.path)) {
      DpkgOwner owner = describe(package);
      owner.digest = md5;
      return owner;
    }
    if (!without_digest && lists(package, place.path))
      without_digest = describe(package);
  }
  return without_digest;
}

std::optional<Md5> DpkgIndex::digest(std::uint32_t number, std::string_view path) const {
  const std::uint64_t hash = hash_of(path);
  const auto conffiles = std::ranges::equal_range(conffiles_, hash, {}, &Conffile::path_hash);
  for (const Conffile& conffile : conffiles)
    if (conffile.package == number)
      return conffile.digest;
  const Result<std::string> text = read_file(file_of(packages_[number], ".md5sums"), max_file);
  if (!text)
    return std::nullopt;
  std::optional<Md5> found;
  std::string absolute;
  std::string canonical;
  for_each_line(*text, [&](std::string_view line) {
    // The end of the line rules nearly all lines out before anything is copied.
    if (found || line.size() < path.size() / 2 || line.back() != path.back())
      return;
    const std::optional<DpkgDigestLine> entry = parse_md5sums_line(line);
    if (!entry)
      return;
    absolute.assign("/").append(entry->path);
    usr_merge_.canonical(absolute, canonical);
    if (canonical == path)
      found = entry->digest;
  });
  return found;
}

// The index holds 40 bits of a hash; only the list itself proves that the package owns the path.
bool DpkgIndex::lists(const Package& package, std::string_view path) const {
  const Result<std::string> text = read_file(file_of(package, ".list"), max_file);
  if (!text)
    return false;
  bool found = false;
  std::string canonical;
  for_each_line(*text, [&](std::string_view line) {
    if (found || !is_dpkg_path(line) || line.back() != path.back())
      return;
    usr_merge_.canonical(line, canonical);
    found = canonical == path;
  });
  return found;
}

} // namespace monster
