// SPDX-License-Identifier: Apache-2.0
#include "event/columns.hpp"
#include "event/escape.hpp"
#include "event/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace monster {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  RowBuffer buffer(out);
  static_cast<void>(append_text<Escape::json>(buffer, text));
  buffer.put('"');
  buffer.flush();
  return out;
}

std::string json_column(const Column& column) {
  std::string text = fmt::format(R"({{"name":{},"type":"{}","nullable":{})", quoted(column.name), name_of(column.type),
                                 column.nullable);
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty())
      text += fmt::format(R"(,"{}":{})", name, quoted(value));
  };
  add("unit", name_of(column.unit));
  add("meaning", column.meaning);
  add("ecs", column.names.ecs);
  add("ocsf", column.names.ocsf);
  if (!column.values.empty())
    text += fmt::format(R"(,"values":["{}"])", fmt::join(column.values, "\",\""));
  return text + '}';
}

std::string json_event(const EventColumns& event) {
  std::string text = fmt::format(
      R"( {{"event_id":{},"event":{},"class":"{}","family":"{}","meaning":{},"sysmon":{},"attack":{},"columns":[)",
      event.info.id, quoted(event.info.name), name_of(event.info.event_class), name_of(event.info.family),
      quoted(event.info.meaning), quoted(event.info.sysmon), quoted(event.info.attack));
  std::string_view before = "\n  ";
  for (const Column& column : event.columns) {
    text += before;
    text += json_column(column);
    before = ",\n  ";
  }
  return text + "]}";
}

} // namespace

std::string schema_tsv() {
  std::string out = "event_id\tevent\tposition\tcolumn\ttype\tunit\tnullable\tmeaning\tecs\tocsf\tvalues\n";
  for (const EventColumns& event : catalogue())
    for (std::size_t i = 0; i < event.columns.size(); ++i) {
      const Column& column = event.columns[i];
      out += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", event.info.id, event.info.name, i + 1,
                         column.name, name_of(column.type), name_of(column.unit), column.nullable ? 1 : 0,
                         column.meaning, column.names.ecs, column.names.ocsf, fmt::join(column.values, ","));
    }
  return out;
}

std::string schema_json() {
  std::string out = fmt::format("{{\"schema_version\":{},\"events\":[", schema_version);
  std::string_view before = "\n";
  for (const EventColumns& event : catalogue()) {
    out += before;
    out += json_event(event);
    before = ",\n";
  }
  return out + "\n]}\n";
}

} // namespace monster
