// SPDX-License-Identifier: Apache-2.0
// Filling the index; dpkg_index.cpp asks it.
#include "host/linux/dpkg_index.hpp"
#include "host/linux/read_file.hpp"

#include <algorithm>
#include <filesystem>

namespace monster {
namespace {

constexpr std::size_t max_packages = 1U << 20;
constexpr std::size_t max_files = 4U << 20;
constexpr std::size_t max_diversions = 65'536;
constexpr std::size_t max_journal_files = 10'000;

// Debian's own packages carry no Origin; who maintains them says it.
std::string_view origin_of(const DpkgStanza& stanza) {
  if (!stanza.origin.empty())
    return stanza.origin;
  const std::size_t at = stanza.maintainer.rfind('@');
  std::string_view domain = at == std::string_view::npos ? std::string_view{} : stanza.maintainer.substr(at);
  if (domain.ends_with('>'))
    domain.remove_suffix(1);
  for (const std::string_view debian : {"@debian.org", ".debian.org", "@debian.net", ".debian.net"})
    if (domain.ends_with(debian))
      return "Debian";
  for (const std::string_view ubuntu : {"@ubuntu.com", ".ubuntu.com"})
    if (domain.ends_with(ubuntu))
      return "Ubuntu";
  return stanza.maintainer;
}

// The journal's files are numbered; anything else there is a leftover of an interrupted write.
std::vector<std::string> journal_files(const std::string& directory) {
  std::vector<std::string> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const std::string file = at->path().filename().string();
    const bool numbered = std::ranges::all_of(file, [](char c) { return c >= '0' && c <= '9'; });
    if (numbered && found.size() < max_journal_files)
      found.push_back(at->path().string());
  }
  std::ranges::sort(found);
  return found;
}

} // namespace

Result<DpkgIndex> DpkgIndex::load(const DpkgPaths& paths) {
  const Result<std::string> status = read_file(paths.admin + "/status", max_file);
  if (!status)
    return fail(status.error());
  DpkgIndex index(paths);
  index.usr_merge_ = UsrMerge::of_root(paths.root);
  index.load_status(*status);
  index.load_journal();
  index.load_diversions();
  index.load_files();
  index.finish();
  return index;
}

void DpkgIndex::load_status(std::string_view text) {
  counters_.malformed += parse_status(text, [this](const DpkgStanza& stanza) { add_package(stanza); });
}

// While dpkg runs, changes stand in updates/ and not yet in status; a later stanza replaces an
// earlier one of the same package.
void DpkgIndex::load_journal() {
  for (const std::string& file : journal_files(paths_.admin + "/updates")) {
    const Result<std::string> text = read_file(file, max_file);
    if (!text) {
      ++counters_.unreadable;
      continue;
    }
    counters_.malformed += parse_status(*text, [this](const DpkgStanza& stanza) {
      for (Package& package : packages_)
        if (name(package) == stanza.name && describe(package).architecture == stanza.architecture)
          package.in_place = false;
      add_package(stanza);
    });
  }
}

void DpkgIndex::add_package(const DpkgStanza& stanza) {
  if (!stanza.files_in_place())
    return;
  const std::string_view origin = origin_of(stanza);
  static_assert(max_packages <= package_mask);
  if (packages_.size() >= max_packages || texts_.size() > max_file) {
    ++counters_.malformed;
    return;
  }
  const auto number = static_cast<std::uint32_t>(packages_.size());
  Package package;
  package.text = static_cast<std::uint32_t>(texts_.size());
  package.name = static_cast<std::uint16_t>(stanza.name.size());
  package.version = static_cast<std::uint16_t>(stanza.version.size());
  package.architecture = static_cast<std::uint16_t>(stanza.architecture.size());
  package.origin = static_cast<std::uint16_t>(origin.size());
  package.multi_arch_same = stanza.multi_arch_same;
  package.in_place = true;
  packages_.push_back(package);
  texts_.append(stanza.name).append(stanza.version).append(stanza.architecture).append(origin);
  std::string canonical;
  for (const DpkgConffile& conffile : stanza.conffiles) {
    usr_merge_.canonical(conffile.path, canonical);
    conffiles_.push_back({hash_of(canonical), number, conffile.digest});
  }
}

void DpkgIndex::load_diversions() {
  const Result<std::string> text = read_file(paths_.admin + "/diversions", max_file);
  if (!text)
    return; // none were ever made
  counters_.malformed += parse_diversions(*text, [this](const DpkgDiversion& diversion) {
    if (diversions_.size() >= max_diversions) {
      ++counters_.malformed;
      return;
    }
    Diversion& kept = diversions_.emplace_back();
    usr_merge_.canonical(diversion.from, kept.from);
    usr_merge_.canonical(diversion.to, kept.to);
    kept.package = diversion.package;
  });
}

void DpkgIndex::load_files() {
  for (std::uint32_t number = 0; number < packages_.size(); ++number) {
    if (!packages_[number].in_place)
      continue;
    ++counters_.packages;
    const Result<std::string> text = read_file(file_of(packages_[number], ".list"), max_file);
    if (text)
      load_list(number, *text);
    else
      ++counters_.unreadable;
  }
}

void DpkgIndex::load_list(std::uint32_t number, std::string_view text) {
  std::string canonical;
  std::string_view before;
  // A directory is followed by what lies in it, so most of them need no entry.
  const auto flush = [&](std::string_view next) {
    if (before.empty() || (next.size() > before.size() && next.starts_with(before) && next[before.size()] == '/'))
      return;
    if (files_.size() >= max_files) {
      ++counters_.malformed;
      return;
    }
    usr_merge_.canonical(before, canonical);
    files_.push_back((hash_of(canonical) & ~package_mask) | number);
  };
  for_each_line(text, [&](std::string_view line) {
    if (line == "/." || line.empty())
      return;
    if (!is_dpkg_path(line)) {
      ++counters_.malformed;
      return;
    }
    flush(line);
    before = line;
  });
  flush({});
}

void DpkgIndex::finish() {
  std::ranges::sort(files_);
  std::ranges::sort(conffiles_, {}, &Conffile::path_hash);
  files_.shrink_to_fit();
  conffiles_.shrink_to_fit();
  packages_.shrink_to_fit();
  texts_.shrink_to_fit();
  counters_.files = files_.size();
  counters_.diversions = diversions_.size();
  counters_.bytes = files_.capacity() * sizeof(files_[0]) + conffiles_.capacity() * sizeof(Conffile) +
                    packages_.capacity() * sizeof(Package) + texts_.capacity() +
                    diversions_.capacity() * sizeof(Diversion);
}

} // namespace monster
