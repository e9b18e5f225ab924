// SPDX-License-Identifier: Apache-2.0
#include "config/assign.hpp"
#include "config/load.hpp"
#include "config/outline.hpp"
#include "config/unit.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace monster {
namespace {

using Kind = JsonToken::Kind;

// Where the next value goes: to a group of options, to an option, into a list, or nowhere.
struct Slot {
  enum class Kind { group, option, entry, ignored };
  Kind kind = Kind::ignored;
  std::string path;
  const Option* option = nullptr;
};

// One object or list that is open at this point of the file.
struct Scope {
  Slot slot;
  Position at;
  std::map<std::string, Position, std::less<>> names;
  std::size_t entries = 0;
};

std::string found(const JsonToken& token) {
  if (token.kind == Kind::object_begin)
    return "an object";
  if (token.kind == Kind::array_begin)
    return "a list";
  if (token.kind == Kind::text)
    return fmt::format("\"{}\"", printable(token.text));
  return printable(token.raw);
}

class ConfigReader final : public JsonSink {
public:
  ConfigReader(Config& config, Diagnostics& diagnostics, bool strict)
      : config_(config), diagnostics_(diagnostics), unknown_(strict ? Severity::error : Severity::warning) {}

  void on_token(const JsonToken& token) override {
    switch (token.kind) {
    case Kind::key:
      return name(token);
    case Kind::object_begin:
      return open_object(token);
    case Kind::array_begin:
      return open_list(token);
    case Kind::object_end:
    case Kind::array_end:
      return close();
    default:
      return value(token);
    }
  }

  // Where the option's value stands, or none if the file does not speak of it.
  [[nodiscard]] std::optional<Position> place_of(std::string_view path) const {
    const auto place = places_.find(path);
    return place == places_.end() ? std::nullopt : std::optional(place->second);
  }

private:
  void name(const JsonToken& token) {
    Scope& scope = scopes_.back();
    const auto [first, is_new] = scope.names.emplace(token.text, token.at);
    const bool ignored = scope.slot.kind == Slot::Kind::ignored;
    next_ = Slot{Slot::Kind::ignored, ignored ? scope.slot.path : join_path(scope.slot.path, token.text)};
    if (!is_new)
      return diagnostics_.add(token.at, next_.path,
                              {.message = fmt::format("\"{}\" stands twice in one object, first in line {}",
                                                      printable(token.text), first->second.line)});
    if (ignored)
      return;
    // A name with a dot must not pass for the path that it looks like.
    const bool dotted = token.text.find('.') != std::string_view::npos || token.text.empty();
    if (!dotted && is_group(next_.path))
      next_.kind = Slot::Kind::group;
    else if (next_.option = dotted ? nullptr : find_option(next_.path); next_.option != nullptr)
      next_.kind = Slot::Kind::option;
    else
      complain_unknown(token, scope.slot.path);
  }

  void complain_unknown(const JsonToken& token, std::string_view group) {
    std::string message = "unknown option";
    if (const auto* meant = find_option(next_.path); meant != nullptr || is_group(next_.path))
      message += "; write each name as an object of its own: {\"export\": {\"tsv\": ...}}";
    else if (const auto similar = similar_name(group, token.text))
      message += fmt::format("; did you mean \"{}\"?", *similar);
    diagnostics_.add(token.at, next_.path, {.severity = unknown_, .message = std::move(message)});
  }

  // Takes the place that the value which begins now has.
  Slot take_slot() {
    if (scopes_.empty())
      return {Slot::Kind::group, "", nullptr};
    Scope& top = scopes_.back();
    if (top.slot.kind == Slot::Kind::option)
      return {Slot::Kind::entry, fmt::format("{}[{}]", top.slot.path, top.entries++), top.slot.option};
    if (top.slot.kind == Slot::Kind::ignored)
      return {Slot::Kind::ignored, top.slot.path, nullptr};
    return std::exchange(next_, {});
  }

  void open_object(const JsonToken& token) {
    Slot slot = take_slot();
    if (slot.kind == Slot::Kind::option || slot.kind == Slot::Kind::entry) {
      complain_value(token, slot);
      slot.kind = Slot::Kind::ignored;
    }
    scopes_.push_back({std::move(slot), token.at, {}, 0});
  }

  void open_list(const JsonToken& token) {
    Slot slot = take_slot();
    if (slot.kind == Slot::Kind::option && is_list(*slot.option)) {
      clear_list(*slot.option, config_);
      places_.emplace(slot.option->path, token.at);
    } else if (slot.kind != Slot::Kind::ignored) {
      complain_value(token, slot);
      slot.kind = Slot::Kind::ignored;
    }
    scopes_.push_back({std::move(slot), token.at, {}, 0});
  }

  void close() {
    const Scope scope = std::move(scopes_.back());
    scopes_.pop_back();
    if (scope.slot.kind != Slot::Kind::option || !asks_too_much(*scope.slot.option, config_))
      return;
    diagnostics_.add(scope.at, scope.slot.path,
                     {.found = fmt::format("a list of {}", scope.entries),
                      .allowed = "[]",
                      .message = fmt::format("this build cannot {}", scope.slot.option->cannot)});
  }

  void value(const JsonToken& token) {
    const Slot slot = take_slot();
    switch (slot.kind) {
    case Slot::Kind::ignored:
      return;
    case Slot::Kind::group:
      return complain_value(token, slot);
    case Slot::Kind::entry:
      return entry(token, slot);
    case Slot::Kind::option:
      break;
    }
    places_.emplace(slot.option->path, token.at);
    if (!assign_value(*slot.option, token, config_))
      return complain_value(token, slot);
    if (asks_too_much(*slot.option, config_))
      diagnostics_.add(token.at, slot.path,
                       {.found = found(token),
                        .allowed = "0, false",
                        .message = fmt::format("this build cannot {}", slot.option->cannot)});
  }

  void entry(const JsonToken& token, const Slot& slot) {
    const std::size_t entries = scopes_.back().entries;
    if (entries == list_limit + 1)
      diagnostics_.add(token.at, slot.path, {.message = fmt::format("a list has at most {} entries", list_limit)});
    if (entries > list_limit)
      return;
    if (!append_entry(*slot.option, token, config_))
      return complain_value(token, slot);
    if (std::holds_alternative<TextListField>(slot.option->field) && matches_everything(token.text))
      diagnostics_.add(token.at, slot.path,
                       {.severity = Severity::warning, .found = found(token), .message = "this matches everything"});
  }

  void complain_value(const JsonToken& token, const Slot& slot) {
    std::string allowed = "an object";
    if (slot.kind == Slot::Kind::option && is_list(*slot.option))
      allowed = "a list";
    else if (slot.option != nullptr)
      allowed = allowed_values(*slot.option);
    diagnostics_.add(token.at, slot.path, {.found = found(token), .allowed = std::move(allowed)});
  }

  Config& config_;
  Diagnostics& diagnostics_;
  Severity unknown_;
  std::vector<Scope> scopes_;
  Slot next_;
  std::map<std::string_view, Position> places_;
};

// What concerns more than one option.
void check_together(const Config& config, const ConfigReader& reader, Diagnostics& diagnostics) {
  const TsvConfig& tsv = config.exporters.tsv;
  if (tsv.keep >= tsv.rotate_size)
    return;
  const auto keep = reader.place_of("export.tsv.keep");
  const auto size = reader.place_of("export.tsv.rotate_size");
  diagnostics.add(keep.value_or(size.value_or(Position{})), keep ? "export.tsv.keep" : "export.tsv.rotate_size",
                  {.message = fmt::format("keep ({}) is less than rotate_size ({}): not even one file could stay",
                                          format_size(tsv.keep), format_size(tsv.rotate_size))});
}

// What makes a text no candidate for a JSON parser at all.
bool refuse_bytes(const SourceText& source, Diagnostics& diagnostics) {
  const auto bad = source.first_bad_byte();
  if (!bad)
    return false;
  const Utf8Step step = utf8_at(source.text(), *bad);
  diagnostics.add(source.position(*bad), "",
                  {.found = fmt::format("\"{}\"", printable(source.text().substr(*bad, 1))),
                   .message = step.valid ? "a control character" : "not UTF-8"});
  return true;
}

void read_source(const SourceText& source, bool strict, Config& config, Diagnostics& diagnostics) {
  if (refuse_bytes(source, diagnostics))
    return;
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  ConfigReader reader(config, diagnostics, strict);
  const std::size_t start = source.text().starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  if (auto fault = read_json(source, start, reader))
    diagnostics.add(fault->at, "", {.found = std::move(fault->found), .message = std::move(fault->message)});
  if (!diagnostics.has_error())
    check_together(config, reader, diagnostics);
}

} // namespace

bool LoadedConfig::ok() const {
  return std::ranges::none_of(diagnostics, [](const Diagnostic& d) { return d.severity == Severity::error; });
}

LoadedConfig parse_config(std::string_view text, std::string_view file_name, bool strict) {
  LoadedConfig loaded;
  Diagnostics diagnostics(file_name);
  if (text.size() > config_size_limit)
    diagnostics.add(
        {}, "",
        {.message = fmt::format("it has {} bytes; a configuration has at most {}", text.size(), config_size_limit)});
  else
    read_source(SourceText(text), strict, loaded.config, diagnostics);
  loaded.diagnostics = diagnostics.close();
  return loaded;
}

} // namespace monster
