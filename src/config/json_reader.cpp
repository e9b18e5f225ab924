// SPDX-License-Identifier: Apache-2.0
#include "config/json_reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <rapidjson/error/error.h>
#include <rapidjson/reader.h>

namespace monster {
namespace {

// RapidJSON's stream concept over text in memory. Not copied by the reader (no StreamTraits), so
// Tell() is right in every callback.
class OffsetStream {
public:
  using Ch = char;
  OffsetStream(std::string_view text, std::size_t start) : text_(text), offset_(start) {}

  // The caller has refused NUL bytes, so that '\0' means the end and nothing else.
  [[nodiscard]] Ch Peek() const { return offset_ < text_.size() ? text_[offset_] : '\0'; }
  Ch Take() {
    const Ch c = Peek();
    offset_ += offset_ < text_.size() ? 1 : 0;
    return c;
  }
  [[nodiscard]] std::size_t Tell() const { return offset_; }

  // Only in-situ parsing writes; the concept wants them all the same.
  Ch* PutBegin() { return nullptr; }
  void Put(Ch) {}
  void Flush() {}
  std::size_t PutEnd(Ch*) { return 0; }

private:
  std::string_view text_;
  std::size_t offset_;
};

// Names and signatures are those of RapidJSON's Handler concept; false stops the reader.
class TokenMaker {
public:
  using Kind = JsonToken::Kind;
  TokenMaker(const SourceText& source, std::size_t start, const OffsetStream& stream, JsonSink& sink)
      : source_(source), stream_(stream), sink_(sink), last_end_(start) {}

  bool Null() { return tell(Kind::null); }
  bool Bool(bool) { return tell(Kind::boolean); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return tell(Kind::number); }
  bool String(const char* text, rapidjson::SizeType size, bool) { return tell(Kind::text, {text, size}); }
  bool Key(const char* text, rapidjson::SizeType size, bool) { return tell(Kind::key, {text, size}); }
  bool StartObject() { return tell(Kind::object_begin); }
  bool EndObject(rapidjson::SizeType) { return tell(Kind::object_end); }
  bool StartArray() { return tell(Kind::array_begin); }
  bool EndArray(rapidjson::SizeType) { return tell(Kind::array_end); }

  // The concept's numbers; with kParseNumbersAsStringsFlag all of them come as RawNumber.
  bool Int(int) { return tell(Kind::number); }
  bool Uint(unsigned) { return tell(Kind::number); }
  bool Int64(std::int64_t) { return tell(Kind::number); }
  bool Uint64(std::uint64_t) { return tell(Kind::number); }
  bool Double(double) { return tell(Kind::number); }

  [[nodiscard]] const std::optional<JsonFault>& fault() const { return fault_; }

private:
  bool tell(Kind kind, std::string_view text = {}) {
    // Between two tokens stand only blanks and separators: behind them the token begins.
    const std::size_t begin = source_.text().find_first_not_of(" \t\r\n,:", last_end_);
    // A bracket is told before it is taken (Reader::Transit), everything else after.
    const bool bracket = kind < Kind::key;
    last_end_ = bracket ? begin + 1 : stream_.Tell();
    const JsonToken token{kind, source_.position(begin), source_.text().substr(begin, last_end_ - begin), text};
    if (kind == Kind::object_begin || kind == Kind::array_begin)
      ++depth_;
    if (kind == Kind::object_end || kind == Kind::array_end)
      --depth_;
    if (depth_ > json_depth_limit)
      return refuse(token, fmt::format("more than {} levels deep", json_depth_limit));
    // RapidJSON 1.1 lets a lone low surrogate pass (reader.h, ParseStringToStream).
    if (!is_utf8(text))
      return refuse(token, "an escape in it is half of a surrogate pair");
    sink_.on_token(token);
    return true;
  }
  bool refuse(const JsonToken& token, std::string message) {
    fault_ = JsonFault{token.at, printable(token.raw), std::move(message)};
    return false;
  }

  const SourceText& source_;
  const OffsetStream& stream_;
  JsonSink& sink_;
  std::size_t last_end_;
  int depth_ = 0;
  std::optional<JsonFault> fault_;
};

struct Explanation {
  rapidjson::ParseErrorCode code;
  std::string_view message;
};
constexpr Explanation explanations[] = {
    {rapidjson::kParseErrorDocumentEmpty, "there is nothing in it; a configuration of defaults is {}"},
    {rapidjson::kParseErrorDocumentRootNotSingular, "the configuration ends before this"},
    {rapidjson::kParseErrorValueInvalid, "expected a value"},
    {rapidjson::kParseErrorObjectMissName, "expected a name in double quotes"},
    {rapidjson::kParseErrorObjectMissColon, "expected a colon behind the name"},
    {rapidjson::kParseErrorObjectMissCommaOrCurlyBracket, "expected a comma or }"},
    {rapidjson::kParseErrorArrayMissCommaOrSquareBracket, "expected a comma or ]"},
    {rapidjson::kParseErrorStringUnicodeEscapeInvalidHex, "expected four hex digits behind \\u"},
    {rapidjson::kParseErrorStringUnicodeSurrogateInvalid, "half of a surrogate pair"},
    {rapidjson::kParseErrorStringEscapeInvalid, "not an escape of JSON; a backslash itself is \\\\"},
    {rapidjson::kParseErrorStringMissQuotationMark, "the closing double quote is missing"},
    {rapidjson::kParseErrorNumberMissFraction, "expected a digit behind the point"},
    {rapidjson::kParseErrorNumberMissExponent, "expected a digit behind the exponent"},
};

std::string explain(rapidjson::ParseErrorCode code, std::string_view rest, std::string_view before) {
  if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#'))
    return "JSON has no comments";
  if (rest.starts_with('\'') || before.ends_with('\''))
    return "JSON quotes with \", not with '";
  if (rest.starts_with('\n') || rest.starts_with('\r') || rest.starts_with('\t'))
    return "a line break or tab in a text must be written as \\n, \\r or \\t";
  const std::size_t last = before.find_last_not_of(" \t\r\n");
  const bool comma = last != std::string_view::npos && before[last] == ',';
  if (comma && (rest.starts_with('}') || rest.starts_with(']')))
    return "a comma stands before it, but nothing follows";
  const auto* known = std::ranges::find(explanations, code, &Explanation::code);
  return std::string(known == std::end(explanations) ? "not JSON" : known->message);
}

JsonFault fault_at(const SourceText& source, std::size_t offset, rapidjson::ParseErrorCode code) {
  // The reader stops behind a comment's first slash and a wrong literal's first letters.
  const std::string_view text = source.text();
  if (code == rapidjson::kParseErrorValueInvalid)
    while (offset > 0 && offset <= text.size() && text[offset - 1] >= 'a' && text[offset - 1] <= 'z')
      --offset;
  const std::string_view rest = offset < text.size() ? text.substr(offset) : std::string_view();
  const std::size_t length = rest.empty() ? 0 : utf8_at(rest, 0).length;
  std::string found = rest.empty() ? "the end" : fmt::format("\"{}\"", printable(rest.substr(0, length)));
  return {source.position(offset), std::move(found), explain(code, rest, text.substr(0, offset))};
}

} // namespace

std::optional<JsonFault> read_json(const SourceText& source, std::size_t start, JsonSink& sink) {
  OffsetStream stream(source.text(), start);
  TokenMaker maker(source, start, stream, sink);
  rapidjson::Reader reader;
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<flags>(stream, maker);
  if (maker.fault())
    return maker.fault();
  if (result.IsError())
    return fault_at(source, result.Offset(), result.Code());
  return std::nullopt;
}

} // namespace monster
