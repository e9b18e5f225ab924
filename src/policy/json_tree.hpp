// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

// A small JSON document (RFC 8259) in memory. Members keep their order, and their doubles.
struct JsonTree {
  enum class Kind : std::uint8_t { null, boolean, number, text, list, object };
  Kind kind = Kind::null;
  std::string name = {}; // of an object's member
  std::string text = {}; // of a text, UTF-8; of a number, as it is written
  std::vector<JsonTree> children = {};
};

inline constexpr std::size_t json_tree_depth_limit = 16;
inline constexpr std::size_t json_tree_values_limit = 65'536;

// Without a document, what is wrong and where: "line 3, column 7: ...".
[[nodiscard]] std::expected<JsonTree, std::string> parse_json_tree(std::string_view json);

} // namespace monster
