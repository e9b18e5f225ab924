// SPDX-License-Identifier: Apache-2.0
#include "event/json.hpp"

#include "event/value_text.hpp"

#include <array>

namespace monster {
namespace {

// `,"name":` as one constant to copy.
template <std::size_t size> struct Prefix {
  std::array<char, size> text{};
  [[nodiscard]] constexpr std::string_view view() const { return {text.data(), size}; }
};

template <const auto& columns, std::size_t i> constexpr auto prefix_of = [] {
  constexpr std::string_view name = std::get<i>(columns).name;
  Prefix<name.size() + 4> prefix;
  char* to = prefix.text.data();
  *to++ = ',';
  *to++ = '"';
  for (const char c : name)
    *to++ = c;
  *to++ = '"';
  *to = ':';
  return prefix;
}();

class JsonObject {
public:
  JsonObject(std::string& text, const Row& row) : out_(text), text_(text), row_(row) {}

  // Not inlined into each event's encoder: the common columns are the same code for all.
  [[gnu::noinline]] void put_common() {
    out_.put(R"({"stream_seq":)");
    put_token(out_, row_.stream_seq);
    for_each_index<common_column_count - 1>([&]<std::size_t i>() {
      constexpr const auto& column = std::get<i + 1>(common_columns);
      put<column.unit>(prefix_of<common_columns, i + 1>.view(), column.get(row_));
    });
  }

  template <class E> void put_own(const E& event) {
    for_each_index<field_count<E>>([&]<std::size_t i>() {
      constexpr const auto& column = std::get<i>(Describe<E>::fields);
      put<column.unit>(prefix_of<Describe<E>::fields, i>.view(), event.*column.member);
    });
  }

  void end(const Payload& payload) {
    out_.put('}');
    out_.flush();
    if (!exact_)
      text_.insert(raw_at_, ",\"raw\":" + raw_object(row_, payload));
  }

private:
  template <Unit unit, class T> void put(std::string_view prefix, const T& value) {
    if constexpr (std::same_as<T, RawBytes>)
      raw_at_ = out_.position();
    if (is_null(value))
      return;
    out_.put(prefix);
    if constexpr (is_optional<T>)
      put_value<unit>(*value);
    else
      put_value<unit>(value);
  }

  template <Unit unit, class T> void put_value(const T& value) {
    if constexpr (std::same_as<T, bool>) {
      out_.put(value ? std::string_view("true") : "false");
    } else if constexpr (Token<T>) {
      char* to = out_.room(longest_token + 2);
      if constexpr (is_quoted<T>(unit))
        *to++ = '"';
      to = write_token(to, value);
      if constexpr (is_quoted<T>(unit))
        *to++ = '"';
      out_.end_at(to);
    } else if constexpr (std::same_as<T, Text>) {
      out_.put('"');
      exact_ &= append_text<Escape::json>(out_, value.bytes());
      out_.put('"');
    } else if constexpr (List<T>) {
      exact_ &= append_list<Escape::json>(out_, value);
    } else if constexpr (std::same_as<T, Json>) {
      append_composed(out_, value, false);
    } else {
      static_assert(std::same_as<T, RawBytes>);
    }
  }

  RowBuffer out_;
  std::string& text_;
  const Row& row_;
  std::size_t raw_at_ = 0;
  bool exact_ = true;
};

} // namespace

void append_json(std::string& out, const Event& event, const Origin& origin, std::int64_t stream_seq) {
  std::visit(
      [&]<class E>(const E& own) {
        const Row row{Describe<E>::info, event.common, origin, stream_seq};
        JsonObject object(out, row);
        object.put_common();
        object.put_own(own);
        object.end(event.payload);
      },
      event.payload);
}

} // namespace monster
