// SPDX-License-Identifier: Apache-2.0
// One reading of dpkg's database: eight bytes for each file, digests fetched when asked for.
#pragma once

#include "base/result.hpp"
#include "host/linux/dpkg_parse.hpp"

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

struct DpkgPaths {
  std::string admin = "/var/lib/dpkg";
  std::string root = ""; // before /bin, /sbin, /lib...: where the usrmerge links are looked for
};

// Who owns a path, and what the package says it contains.
struct DpkgOwner {
  std::string name;
  std::string version;
  std::string architecture;
  std::string origin; // Origin, else Debian or Ubuntu by the maintainer's address, else the maintainer
  std::optional<Md5> digest;
};

struct DpkgCounters {
  std::uint64_t packages = 0;
  std::uint64_t files = 0;
  std::uint64_t diversions = 0;
  std::uint64_t malformed = 0;  // lines and stanzas left out
  std::uint64_t unreadable = 0; // .list files that could not be read
  std::uint64_t bytes = 0;      // memory that the index holds
};

// Which of /bin, /sbin, /lib... are links into /usr on this host: files are known to the kernel by
// their name under /usr while packages may list them by the old one.
class UsrMerge {
public:
  static UsrMerge of_root(const std::string& root);
  // Writes the one name for `path` into `out`.
  void canonical(std::string_view path, std::string& out) const;

private:
  std::bitset<8> merged_;
};

class DpkgIndex {
public:
  // Errors: the status file cannot be read. All other trouble is counted.
  [[nodiscard]] static Result<DpkgIndex> load(const DpkgPaths& paths);

  // Reads the owning package's .md5sums (and .list); safe to call from several threads at once.
  [[nodiscard]] std::optional<DpkgOwner> owner(std::string_view path) const;
  [[nodiscard]] const DpkgCounters& counters() const { return counters_; }

private:
  struct Package {
    std::uint32_t text = 0; // where its name, version, architecture and origin stand in texts_
    std::uint16_t name = 0; // their sizes
    std::uint16_t version = 0;
    std::uint16_t architecture = 0;
    std::uint16_t origin = 0;
    bool multi_arch_same = false; // its files are called NAME:ARCHITECTURE.*
    bool in_place = false;
  };
  // An entry of files_: the upper 40 bits are the path's hash, the lower 24 the package's number.
  static constexpr std::uint64_t package_mask = (1U << 24) - 1;
  static constexpr std::size_t max_file = std::size_t{64} << 20; // bytes of any file of the database
  [[nodiscard]] static std::uint64_t hash_of(std::string_view path);

  struct Conffile {
    std::uint64_t path_hash;
    std::uint32_t package;
    Md5 digest;
  };
  struct Diversion {
    std::string from;
    std::string to;
    std::string package;
  };
  // Under which name a package would list what lies at a path, and which packages that holds for.
  struct Place {
    std::string_view path;
    enum { any_package, only, all_but } whose = any_package;
    std::string_view package;
  };

  explicit DpkgIndex(DpkgPaths paths) : paths_(std::move(paths)) {}
  void load_status(std::string_view text);
  void load_journal();
  void load_diversions();
  void load_files();
  void load_list(std::uint32_t number, std::string_view text);
  void add_package(const DpkgStanza& stanza);
  void finish();
  [[nodiscard]] std::vector<Place> places(std::string_view path) const;
  [[nodiscard]] std::optional<DpkgOwner> owner_at(const Place& place) const;
  [[nodiscard]] bool fits(const Place& place, const Package& package) const;
  [[nodiscard]] std::optional<Md5> digest(std::uint32_t number, std::string_view path) const;
  [[nodiscard]] bool lists(const Package& package, std::string_view path) const;
  [[nodiscard]] std::string_view name(const Package& package) const;
  [[nodiscard]] std::string file_of(const Package& package, std::string_view suffix) const;
  [[nodiscard]] DpkgOwner describe(const Package& package) const;

  DpkgPaths paths_;
  UsrMerge usr_merge_;
  std::string texts_;
  std::vector<Package> packages_;
  std::vector<std::uint64_t> files_; // sorted
  std::vector<Conffile> conffiles_;  // sorted by hash
  std::vector<Diversion> diversions_;
  DpkgCounters counters_;
};

} // namespace monster
