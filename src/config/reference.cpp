// SPDX-License-Identifier: Apache-2.0
#include "config/option.hpp"

#include <fmt/format.h>

namespace monster {
namespace {

constexpr std::string_view preface =
    "# Configuration\n"
    "\n"
    "One JSON object in one file, without comments. All that it leaves out has its default. An unknown name is "
    "a warning, with `--strict` an error; a name that stands twice is an error. The file has at most 1 MiB.\n";

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '*')
      out += '\\';
    out += c;
  }
  return out;
}

std::string row(const Option& option) {
  const std::string_view name = option.path.substr(option.path.rfind('.') + 1);
  const std::string allowed = (is_list(option) ? "a list, each: " : "") + allowed_values(option);
  std::string meaning(option.meaning);
  if (!option.cannot.empty())
    meaning += fmt::format(" **Not in this build:** it cannot {}.", option.cannot);
  return fmt::format("| `{}` | `{}` | {} | {} |\n", name, default_value(option), cell(allowed), meaning);
}

} // namespace

std::string config_reference_markdown() {
  std::string page(preface);
  std::string_view group;
  for (const Option& option : config_options()) {
    const std::string_view its_group = option.path.substr(0, option.path.rfind('.'));
    if (its_group != group)
      page += fmt::format("\n## {}\n\n| option | default | allowed | meaning |\n|---|---|---|---|\n", its_group);
    group = its_group;
    page += row(option);
  }
  return page;
}

} // namespace monster
