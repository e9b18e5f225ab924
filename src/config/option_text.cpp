// SPDX-License-Identifier: Apache-2.0
#include "config/option.hpp"

#include "config/unit.hpp"

#include <fmt/format.h>

namespace monster {
namespace {

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

struct Allowed {
  std::string operator()(const FlagField&) const { return "0, 1, false, true"; }
  std::string operator()(const NumberField& f) const {
    return fmt::format("a whole number from {} to {}", f.least, f.most);
  }
  std::string operator()(const PortField&) const { return "a port from 1 to 65535"; }
  std::string operator()(const SizeField& f) const {
    return fmt::format("{} from {} to {}, as bytes or with a unit (B, KiB, MiB, GiB, TiB)",
                       f.power_of_two ? "a power of two" : "a size", quoted(format_size(f.least)),
                       quoted(format_size(f.most)));
  }
  std::string operator()(const DurationField& f) const {
    return fmt::format("a duration from {} to {}, with a unit (ms, s, min, h, d)", quoted(format_duration(f.least)),
                       quoted(format_duration(f.most)));
  }
  std::string operator()(const ChoiceField& f) const {
    std::string text;
    for (const std::string_view word : f.words)
      text += (text.empty() ? "" : ", ") + quoted(word);
    return text;
  }
  std::string operator()(const TextField& f) const { return std::string(describe(f.form)); }
  std::string operator()(const OptionalTextField& f) const { return fmt::format("null, {}", describe(f.form)); }
  std::string operator()(const TextListField& f) const { return std::string(describe(f.form)); }
  std::string operator()(const IpListField&) const {
    return "an address (\"10.0.0.1\"), a network (\"10.0.0.0/8\") or a range (\"10.0.0.1-10.0.0.9\"), IPv4 or IPv6";
  }
  std::string operator()(const PortListField&) const { return "a port (443, \"443\") or a range (\"8000-8100\")"; }
};

struct Default {
  Config& config;

  std::string operator()(const FlagField& f) const { return f.at(config) ? "true" : "false"; }
  std::string operator()(const NumberField& f) const { return fmt::format("{}", f.at(config)); }
  std::string operator()(const PortField& f) const { return fmt::format("{}", f.at(config)); }
  std::string operator()(const SizeField& f) const { return quoted(format_size(f.at(config))); }
  std::string operator()(const DurationField& f) const { return quoted(format_duration(f.at(config))); }
  std::string operator()(const ChoiceField& f) const { return quoted(f.words[f.get(config)]); }
  std::string operator()(const TextField& f) const { return quoted(f.at(config)); }
  std::string operator()(const OptionalTextField& f) const { return f.at(config) ? quoted(*f.at(config)) : "null"; }
  std::string operator()(const TextListField& f) const {
    std::string text;
    for (const std::string& entry : f.at(config))
      text += (text.empty() ? "" : ", ") + quoted(entry);
    return fmt::format("[{}]", text);
  }
  // Filters are empty by default.
  std::string operator()(const IpListField&) const { return "[]"; }
  std::string operator()(const PortListField&) const { return "[]"; }
};

} // namespace

std::string allowed_values(const Option& option) { return std::visit(Allowed{}, option.field); }

std::string default_value(const Option& option) {
  Config defaults;
  return std::visit(Default{defaults}, option.field);
}

} // namespace monster
