// SPDX-License-Identifier: Apache-2.0
#include "config/option.hpp"

#include "config/outline.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace monster {
namespace {

// What JSON Schema can say of a form, with has_form() always the stricter of the two.
constexpr std::string_view size_pattern = "^[0-9]+([KMGT]i)?B$";
constexpr std::string_view duration_pattern = "^[0-9]+(ms|s|min|h|d)$";
constexpr std::string_view port_pattern = "^[0-9]+$";
constexpr std::string_view port_range_pattern = "^[0-9]+(-[0-9]+)?$";
constexpr std::string_view ip_pattern = "^[0-9A-Fa-f:.]+([/-][0-9A-Fa-f:.]+)?$";
constexpr std::int64_t highest_port = 65535;

class SchemaWriter {
public:
  SchemaWriter() { json_.SetIndent(' ', 2); }

  std::string write() {
    json_.StartObject();
    text("$schema", "https://json-schema.org/draft/2020-12/schema");
    text("title", "Configuration of Monster Agent");
    text("$comment", "As --strict reads it; without --strict, unknown names are only warned of.");
    group_body("");
    json_.EndObject();
    return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n";
  }

private:
  // Depth is that of the option table, not of any input.
  void group_body(std::string_view group) {
    text("type", "object");
    key("additionalProperties");
    json_.Bool(false);
    key("properties");
    json_.StartObject();
    for (const std::string_view name : names_below(group)) {
      const std::string path = join_path(group, name);
      key(name);
      json_.StartObject();
      if (const Option* option = find_option(path))
        option_body(*option);
      else
        group_body(path);
      json_.EndObject();
    }
    json_.EndObject();
  }

  void option_body(const Option& option) {
    text("description", option.meaning);
    if (!option.cannot.empty())
      text("$comment", "This build cannot " + std::string(option.cannot) + ".");
    key("default");
    const std::string value = default_value(option);
    json_.RawValue(value.data(), value.size(), rapidjson::kStringType);
    const bool possible = option.cannot.empty();
    std::visit(
        Overloaded{
            [&](const FlagField&) { flag(possible); }, [&](const NumberField& f) { number(f.least, f.most); },
            [&](const PortField&) { either_number(1, highest_port, port_pattern); },
            [&](const SizeField& f) {
              either_number(static_cast<std::int64_t>(f.least), static_cast<std::int64_t>(f.most), size_pattern);
            },
            [&](const DurationField&) { string(duration_pattern); }, [&](const ChoiceField& f) { choice(f); },
            [&](const TextField&) { string(); }, [&](const OptionalTextField&) { nullable_string(); },
            [&](const TextListField&) { list(possible, [&] { string(); }); },
            [&](const IpListField&) { list(possible, [&] { string(ip_pattern); }); },
            [&](const PortListField&) { list(possible, [&] { either_number(1, highest_port, port_range_pattern); }); }},
        option.field);
  }

  void flag(bool possible) {
    key("enum");
    json_.StartArray();
    json_.Int(0);
    json_.Bool(false);
    if (possible) {
      json_.Int(1);
      json_.Bool(true);
    }
    json_.EndArray();
  }
  void number(std::int64_t least, std::int64_t most) {
    text("type", "integer");
    key("minimum");
    json_.Int64(least);
    key("maximum");
    json_.Int64(most);
  }
  // A number, or a text of this form.
  void either_number(std::int64_t least, std::int64_t most, std::string_view pattern) {
    key("oneOf");
    json_.StartArray();
    json_.StartObject();
    number(least, most);
    json_.EndObject();
    json_.StartObject();
    string(pattern);
    json_.EndObject();
    json_.EndArray();
  }
  // A word of digits may also stand as a number.
  void choice(const ChoiceField& field) {
    key("enum");
    json_.StartArray();
    for (const std::string_view word : field.words) {
      json_.String(word.data(), static_cast<rapidjson::SizeType>(word.size()));
      if (word.find_first_not_of("0123456789") == std::string_view::npos)
        json_.RawValue(word.data(), word.size(), rapidjson::kNumberType);
    }
    json_.EndArray();
  }
  void string(std::string_view pattern = {}) {
    text("type", "string");
    if (!pattern.empty())
      return text("pattern", pattern);
    key("minLength");
    json_.Int(1);
  }
  void nullable_string() {
    key("type");
    json_.StartArray();
    json_.String("string");
    json_.String("null");
    json_.EndArray();
    key("minLength");
    json_.Int(1);
  }
  void list(bool possible, auto write_entry) {
    text("type", "array");
    key("maxItems");
    json_.Uint64(possible ? list_limit : 0);
    key("items");
    json_.StartObject();
    write_entry();
    json_.EndObject();
  }

  void key(std::string_view name) { json_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void text(std::string_view name, std::string_view value) {
    key(name);
    json_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> json_{buffer_};
};

} // namespace

std::string config_json_schema() { return SchemaWriter().write(); }

} // namespace monster
