// SPDX-License-Identifier: Apache-2.0
#include "policy/json_tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <utility>

namespace monster {
namespace {

// The names and signatures of RapidJSON's Handler concept; false stops the reader. Its own tree,
// document.h of 1.1, does not compile by clang 19.
class TreeMaker {
public:
  using Kind = JsonTree::Kind;
  using Size = rapidjson::SizeType;

  bool Null() { return put({Kind::null}); }
  bool Bool(bool) { return put({Kind::boolean}); }
  bool RawNumber(const char* text, Size size, bool) { return put({Kind::number, {}, {text, size}}); }
  bool String(const char* text, Size size, bool) { return put({Kind::text, {}, {text, size}}); }
  bool Key(const char* text, Size size, bool) {
    open_.back().next_name.assign(text, size);
    return true;
  }
  bool StartObject() { return open(Kind::object); }
  bool StartArray() { return open(Kind::list); }
  bool EndObject(Size) { return close(); }
  bool EndArray(Size) { return close(); }

  // The concept's numbers; with kParseNumbersAsStringsFlag all of them come as RawNumber.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  [[nodiscard]] JsonTree take() { return std::move(root_); }

private:
  struct Open {
    JsonTree tree;
    std::string next_name;
  };

  bool put(JsonTree value) {
    if (++values_ > json_tree_values_limit)
      return false;
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    value.name = std::exchange(open_.back().next_name, {});
    open_.back().tree.children.push_back(std::move(value));
    return true;
  }
  bool open(Kind kind) {
    open_.push_back({{kind}, {}});
    return open_.size() <= json_tree_depth_limit;
  }
  bool close() {
    JsonTree whole = std::move(open_.back().tree);
    open_.pop_back();
    return put(std::move(whole));
  }

  std::vector<Open> open_;
  JsonTree root_;
  std::size_t values_ = 0;
};

std::unexpected<std::string> fault(std::string_view text, std::size_t offset, std::string_view what) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1; // npos + 1 is 0
  return std::unexpected(fmt::format("line {}, column {}: {}", line, column, what));
}

} // namespace

std::expected<JsonTree, std::string> parse_json_tree(std::string_view json) {
  // RapidJSON takes a NUL for the end of the text.
  if (const std::size_t nul = json.find('\0'); nul != std::string_view::npos)
    return fault(json, nul, "a NUL byte");
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::Reader reader;
  TreeMaker maker;
  constexpr unsigned flags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<flags>(stream, maker);
  if (result.Code() == rapidjson::kParseErrorTermination)
    return fault(
        json, result.Offset(),
        fmt::format("more than {} levels deep, or more than {} values", json_tree_depth_limit, json_tree_values_limit));
  if (result.IsError())
    return fault(json, result.Offset(), rapidjson::GetParseError_En(result.Code()));
  return maker.take();
}

} // namespace monster
