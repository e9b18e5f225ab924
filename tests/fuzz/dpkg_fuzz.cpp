// SPDX-License-Identifier: Apache-2.0
// rooms: host
// dpkg's database files: whatever they hold, the parsers end, stay inside the text, and hand on only
// names and paths that are safe to use.
#include "host/linux/dpkg_parse.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

bool is_inside(std::string_view part, std::string_view text) {
  return part.empty() || (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
}

void require(bool condition) {
  if (!condition)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  monster::parse_status(text, [&](const monster::DpkgStanza& stanza) {
    require(is_inside(stanza.name, text) && !stanza.name.empty() && stanza.name.find('/') == std::string_view::npos);
    require(stanza.name.front() != '.');
    if (stanza.files_in_place())
      require(!stanza.architecture.empty() && stanza.architecture.find('/') == std::string_view::npos);
    for (const monster::DpkgConffile& conffile : stanza.conffiles)
      require(is_inside(conffile.path, text) && monster::is_dpkg_path(conffile.path));
  });
  monster::parse_diversions(text, [&](const monster::DpkgDiversion& diversion) {
    require(monster::is_dpkg_path(diversion.from) && monster::is_dpkg_path(diversion.to));
    require(is_inside(diversion.package, text));
  });
  monster::for_each_line(text, [&](std::string_view line) {
    require(is_inside(line, text));
    if (const auto entry = monster::parse_md5sums_line(line))
      require(is_inside(entry->path, line) && !entry->path.empty());
  });
  return 0;
}
