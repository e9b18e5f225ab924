// SPDX-License-Identifier: Apache-2.0
// The files of dpkg's database, line by line. What is malformed is left out and counted: whoever
// can write there is root, and still must not be able to crash or mislead the reader.
#pragma once

#include "host/identity.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace monster {

// Every view points into the text that was parsed.
struct DpkgConffile {
  std::string_view path;
  Md5 digest;
};

struct DpkgStanza {
  std::string_view name;
  std::string_view version;
  std::string_view architecture;
  std::string_view origin;     // field Origin; empty in Debian's own packages
  std::string_view maintainer; // "Name <address>"
  std::string_view state;      // third word of Status: "installed", "unpacked", "config-files", ...
  bool multi_arch_same = false;
  std::vector<DpkgConffile> conffiles;

  // Its files are on the disk as its .list says.
  [[nodiscard]] bool files_in_place() const;
};

// status and the journal under updates/ (dpkg lib/dpkg/dbmodify.c). Returns the number of lines and
// stanzas that were left out.
std::uint64_t parse_status(std::string_view text, const std::function<void(const DpkgStanza&)>& found);

struct DpkgDigestLine {
  Md5 digest;
  std::string_view path; // relative to /, as it stands there
};
// A line of info/PACKAGE.md5sums: 32 hex digits, two spaces (or space and *), the path.
[[nodiscard]] std::optional<DpkgDigestLine> parse_md5sums_line(std::string_view line);

struct DpkgDiversion {
  std::string_view from;
  std::string_view to;
  std::string_view package; // whose own file stays at `from`; empty for a diversion by the administrator
};
// diversions: three lines each, ":" for the administrator. Returns the number of lines left out.
std::uint64_t parse_diversions(std::string_view text, const std::function<void(const DpkgDiversion&)>& found);

// Calls visit(line) for each line; a last line without its newline counts.
template <class Visit> void for_each_line(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    visit(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

// A path that may stand in the database: absolute, no NUL, at most PATH_MAX bytes.
[[nodiscard]] bool is_dpkg_path(std::string_view path);

} // namespace monster
