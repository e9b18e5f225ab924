// SPDX-License-Identifier: Apache-2.0
#include "cli/schema_command.hpp"

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/terminal.hpp"
#include "config/option.hpp"
#include "config/source_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace monster {
namespace {

const SchemaFormat* find_format(std::span<const SchemaFormat> formats, std::string_view name) {
  const auto place = std::ranges::find(formats, name, &SchemaFormat::name);
  return place == formats.end() ? nullptr : &*place;
}

std::string names_of(std::span<const SchemaFormat> formats) {
  std::string names;
  for (const SchemaFormat& format : formats)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
  return names;
}

// One of the names, or what is wrong as CLI11 wants it told.
std::string check_format(const std::string& name) {
  const auto formats = printable_schemas();
  if (find_format(formats, name) != nullptr)
    return {};
  return fmt::format("there is no format \"{}\"; there are {}", printable(name), names_of(formats));
}

int print_schema(std::string_view name) {
  const auto formats = printable_schemas();
  if (const auto written = write_output(find_format(formats, name)->print()); !written) {
    print_error(written.error().message());
    return exit_failure;
  }
  return exit_ok;
}

} // namespace

std::vector<SchemaFormat> printable_schemas() {
  const auto of_events = schema_formats();
  std::vector<SchemaFormat> all(of_events.begin(), of_events.end());
  all.push_back({"config-schema", "the JSON Schema of the configuration, for editors", config_json_schema});
  all.push_back({"config-reference", "every option of the configuration, in Markdown", config_reference_markdown});
  return all;
}

std::function<int()> add_schema(CLI::App& app) {
  const auto format = std::make_shared<std::string>("tsv");
  app.add_option("-f,--format", *format, "One of the formats below (default: tsv)")
      ->option_text("FORMAT")
      ->check(CLI::Validator(check_format, ""));
  std::string meanings;
  for (const SchemaFormat& one : printable_schemas())
    meanings += fmt::format("{}  {:<16}  {}", meanings.empty() ? "Formats:\n" : "\n", one.name, one.meaning);
  set_examples(app,
               {{"schema", "every event and column"},
                {"schema --format postgres | psql events", "make the tables"},
                {"schema --format config-schema > agent.schema.json", "let an editor check agent.json"}},
               meanings);
  return [format] { return print_schema(*format); };
}

} // namespace monster
