// SPDX-License-Identifier: Apache-2.0
#include "host/linux/dpkg_parse.hpp"

#include <algorithm>
#include <array>
#include <climits>

namespace monster {
namespace {

constexpr std::size_t max_field = 4096;
constexpr std::size_t max_conffiles = 65'536;

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return -1;
}

std::optional<Md5> parse_md5(std::string_view hex) {
  if (hex.size() != 32)
    return std::nullopt;
  Md5 digest;
  for (std::size_t i = 0; i < 16; ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    digest.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Names become file names under info/, so nothing but dpkg's own alphabet may pass.
bool is_word(std::string_view word, std::string_view also) {
  if (word.empty() || word.size() > 255 || word.front() == '.' || word.front() == '-')
    return false;
  return std::ranges::all_of(word, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || also.find(c) != std::string_view::npos;
  });
}

bool is_plain_text(std::string_view text) {
  return text.size() <= max_field &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Collects the lines of a stanza; the field that was open decides what an indented line means.
class StanzaReader {
public:
  explicit StanzaReader(const std::function<void(const DpkgStanza&)>& found) : found_(found) {}

  void line(std::string_view text) {
    if (trim(text).empty())
      finish();
    else if (text.front() == ' ' || text.front() == '\t')
      continuation(trim(text));
    else
      field(text);
  }
  void finish() {
    if (is_valid())
      found_(stanza_);
    else if (in_stanza_)
      ++malformed_;
    stanza_.conffiles.clear();
    stanza_ = DpkgStanza{{}, {}, {}, {}, {}, {}, false, std::move(stanza_.conffiles)};
    in_stanza_ = in_conffiles_ = false;
  }
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }

private:
  [[nodiscard]] bool is_valid() const {
    if (!is_word(stanza_.name, "+.-") || stanza_.state.empty())
      return false;
    if (!stanza_.files_in_place())
      return true;
    return is_word(stanza_.architecture, "-") && !stanza_.version.empty() && is_plain_text(stanza_.version) &&
           is_plain_text(stanza_.origin) && is_plain_text(stanza_.maintainer);
  }
  void field(std::string_view text) {
    in_stanza_ = true;
    const std::size_t colon = text.find(':');
    in_conffiles_ = text.substr(0, colon) == "Conffiles";
    if (colon == std::string_view::npos) {
      ++malformed_;
      return;
    }
    const std::string_view name = text.substr(0, colon);
    const std::string_view value = trim(text.substr(colon + 1));
    const std::array<std::pair<std::string_view, std::string_view DpkgStanza::*>, 5> wanted{
        {{"Package", &DpkgStanza::name},
         {"Version", &DpkgStanza::version},
         {"Architecture", &DpkgStanza::architecture},
         {"Origin", &DpkgStanza::origin},
         {"Maintainer", &DpkgStanza::maintainer}}};
    for (const auto& [field_name, member] : wanted)
      if (name == field_name)
        stanza_.*member = value;
    if (name == "Status")
      stanza_.state = value.substr(value.find_last_of(' ') + 1);
    if (name == "Multi-Arch")
      stanza_.multi_arch_same = value == "same";
  }
  void continuation(std::string_view text) {
    if (!in_conffiles_)
      return;
    // " PATH MD5 [obsolete] [remove-on-upgrade]"; paths may hold spaces, so split from the end.
    for (const std::string_view flag : {" remove-on-upgrade", " obsolete"})
      if (text.ends_with(flag))
        text = trim(text.substr(0, text.size() - flag.size()));
    const std::size_t space = text.find_last_of(' ');
    if (space == std::string_view::npos) {
      ++malformed_;
      return;
    }
    const std::string_view path = trim(text.substr(0, space));
    const std::string_view digest = text.substr(space + 1);
    if (digest == "newconffile")
      return;
    const std::optional<Md5> md5 = parse_md5(digest);
    if (md5 && is_dpkg_path(path) && stanza_.conffiles.size() < max_conffiles)
      stanza_.conffiles.push_back({path, *md5});
    else
      ++malformed_;
  }

  const std::function<void(const DpkgStanza&)>& found_;
  DpkgStanza stanza_;
  std::uint64_t malformed_ = 0;
  bool in_stanza_ = false;
  bool in_conffiles_ = false;
};

} // namespace

bool DpkgStanza::files_in_place() const {
  return state == "installed" || state == "unpacked" || state == "half-configured" || state == "triggers-awaited" ||
         state == "triggers-pending";
}

bool is_dpkg_path(std::string_view path) {
  return path.size() > 1 && path.size() <= PATH_MAX && path.front() == '/' && path.find('\0') == std::string_view::npos;
}

std::uint64_t parse_status(std::string_view text, const std::function<void(const DpkgStanza&)>& found) {
  StanzaReader reader(found);
  for_each_line(text, [&](std::string_view line) { reader.line(line); });
  reader.finish();
  return reader.malformed();
}

std::optional<DpkgDigestLine> parse_md5sums_line(std::string_view line) {
  if (line.size() < 35 || line[32] != ' ' || (line[33] != ' ' && line[33] != '*'))
    return std::nullopt;
  const std::optional<Md5> digest = parse_md5(line.substr(0, 32));
  std::string_view path = line.substr(34);
  if (path.starts_with("./"))
    path.remove_prefix(2);
  if (!digest || path.empty() || path.front() == '/' || path.size() > PATH_MAX ||
      path.find('\0') != std::string_view::npos)
    return std::nullopt;
  return DpkgDigestLine{*digest, path};
}

std::uint64_t parse_diversions(std::string_view text, const std::function<void(const DpkgDiversion&)>& found) {
  std::array<std::string_view, 3> lines;
  std::size_t have = 0;
  std::uint64_t malformed = 0;
  for_each_line(text, [&](std::string_view line) {
    lines[have++] = line;
    if (have < lines.size())
      return;
    have = 0;
    const std::string_view package = lines[2] == ":" ? std::string_view{} : lines[2];
    if (is_dpkg_path(lines[0]) && is_dpkg_path(lines[1]) && (lines[2] == ":" || is_word(package, "+.-:")))
      found({lines[0], lines[1], package});
    else
      malformed += lines.size();
  });
  return malformed + have;
}

} // namespace monster
