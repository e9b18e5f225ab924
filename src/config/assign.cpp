// SPDX-License-Identifier: Apache-2.0
#include "config/assign.hpp"

#include "config/unit.hpp"

#include <algorithm>
#include <bit>

namespace monster {
namespace {

using Kind = JsonToken::Kind;

template <class Number> bool within(Number value, Number least, Number most) { return least <= value && value <= most; }

std::optional<PortRange> read_ports(const JsonToken& value) {
  if (value.kind == Kind::number)
    return value.raw.starts_with('-') ? std::nullopt : parse_port_range(value.raw);
  return value.kind == Kind::text ? parse_port_range(value.text) : std::nullopt;
}

struct Assign {
  const JsonToken& value;
  Config& config;

  bool operator()(const FlagField& field) const {
    const bool on = value.raw == "true" || value.raw == "1";
    if (!on && value.raw != "false" && value.raw != "0")
      return false;
    field.at(config) = on;
    return true;
  }
  bool operator()(const NumberField& field) const {
    const auto number = parse_whole_number(value.kind == Kind::number ? value.raw : std::string_view());
    if (!number || !within(*number, field.least, field.most))
      return false;
    field.at(config) = *number;
    return true;
  }
  bool operator()(const PortField& field) const {
    const auto ports = read_ports(value);
    if (!ports || ports->first != ports->last)
      return false;
    field.at(config) = ports->first;
    return true;
  }
  bool operator()(const SizeField& field) const {
    std::optional<std::uint64_t> bytes;
    if (value.kind == Kind::text)
      bytes = parse_size(value.text);
    else if (const auto number = parse_whole_number(value.raw); number && *number >= 0)
      bytes = static_cast<std::uint64_t>(*number);
    if (!bytes || !within(*bytes, field.least, field.most) || (field.power_of_two && !std::has_single_bit(*bytes)))
      return false;
    field.at(config) = *bytes;
    return true;
  }
  bool operator()(const DurationField& field) const {
    const auto duration = value.kind == Kind::text ? parse_duration(value.text) : std::nullopt;
    if (!duration || !within(*duration, field.least, field.most))
      return false;
    field.at(config) = *duration;
    return true;
  }
  // A number may stand without quotes where a word is one: "acks": 1.
  bool operator()(const ChoiceField& field) const {
    const std::string_view word = value.kind == Kind::number ? value.raw : value.text;
    const auto place = std::ranges::find(field.words, word);
    if (place == field.words.end())
      return false;
    field.set(config, static_cast<std::size_t>(place - field.words.begin()));
    return true;
  }
  bool operator()(const TextField& field) const {
    if (value.kind != Kind::text || !has_form(field.form, value.text))
      return false;
    field.at(config) = value.text;
    return true;
  }
  bool operator()(const OptionalTextField& field) const {
    if (value.kind == Kind::null) {
      field.at(config).reset();
      return true;
    }
    if (value.kind != Kind::text || !has_form(field.form, value.text))
      return false;
    field.at(config) = std::string(value.text);
    return true;
  }
  // A list takes no single value.
  bool operator()(const TextListField&) const { return false; }
  bool operator()(const IpListField&) const { return false; }
  bool operator()(const PortListField&) const { return false; }
};

struct Append {
  const JsonToken& value;
  Config& config;

  bool operator()(const TextListField& field) const {
    if (value.kind != Kind::text || !has_form(field.form, value.text))
      return false;
    field.at(config).emplace_back(value.text);
    return true;
  }
  bool operator()(const IpListField& field) const {
    const auto range = value.kind == Kind::text ? parse_ip_range(value.text) : std::nullopt;
    if (range)
      field.at(config).push_back(*range);
    return range.has_value();
  }
  bool operator()(const PortListField& field) const {
    const auto range = read_ports(value);
    if (range)
      field.at(config).push_back(*range);
    return range.has_value();
  }
  bool operator()(const auto&) const { return false; }
};

template <class F>
concept ListField = std::same_as<F, TextListField> || std::same_as<F, IpListField> || std::same_as<F, PortListField>;

} // namespace

bool is_list(const Option& option) {
  return std::visit([]<class F>(const F&) { return ListField<F>; }, option.field);
}

bool assign_value(const Option& option, const JsonToken& value, Config& config) {
  return std::visit(Assign{value, config}, option.field);
}

void clear_list(const Option& option, Config& config) {
  std::visit(
      [&]<class F>(const F& field) {
        if constexpr (ListField<F>)
          field.at(config).clear();
      },
      option.field);
}

bool append_entry(const Option& option, const JsonToken& value, Config& config) {
  return std::visit(Append{value, config}, option.field);
}

bool asks_too_much(const Option& option, Config& config) {
  return !option.cannot.empty() && std::visit(
                                       [&]<class F>(const F& field) {
                                         if constexpr (ListField<F>)
                                           return !field.at(config).empty();
                                         else if constexpr (std::same_as<F, FlagField>)
                                           return field.at(config);
                                         else
                                           return false;
                                       },
                                       option.field);
}

} // namespace monster
