// SPDX-License-Identifier: Apache-2.0
// JSON (RFC 8259, no comments) as a stream of tokens that know where they stand.
#pragma once

#include "config/source_text.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace monster {

struct JsonToken {
  enum class Kind : std::uint8_t { object_begin, object_end, array_begin, array_end, key, text, number, boolean, null };
  Kind kind = Kind::null;
  Position at;
  std::string_view raw;  // as it stands in the file
  std::string_view text; // of key and text: what it means, valid UTF-8; lives only during the call
};

class JsonSink {
public:
  virtual ~JsonSink() = default;
  virtual void on_token(const JsonToken& token) = 0;
};

// Why a text is not JSON that we take.
struct JsonFault {
  Position at;
  std::string found; // printable
  std::string message;
};

// Objects and lists may stand in each other to this depth; deeper ones are a fault.
inline constexpr int json_depth_limit = 64;

// Hands every token of `source`, from byte `start` on, to `sink`, until the end or the first fault.
[[nodiscard]] std::optional<JsonFault> read_json(const SourceText& source, std::size_t start, JsonSink& sink);

} // namespace monster
