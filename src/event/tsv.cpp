// SPDX-License-Identifier: Apache-2.0
#include "event/tsv.hpp"

#include "event/columns.hpp"
#include "event/value_text.hpp"

namespace monster {
namespace {

constexpr std::string_view tab_null = "\t\\N";

class TsvRow {
public:
  TsvRow(std::string& text, const Row& row) : out_(text), text_(text), row_(row) {}

  // Not inlined into each event's encoder: the common columns are the same code for all.
  [[gnu::noinline]] void put_common() {
    put_token(out_, row_.stream_seq);
    for_each_index<common_column_count - 1>([&]<std::size_t i>() { put(std::get<i + 1>(common_columns).get(row_)); });
  }

  template <class E> void put_own(const E& event) {
    for_each_index<field_count<E>>([&]<std::size_t i>() {
      constexpr auto member = std::get<i>(Describe<E>::fields).member;
      put(event.*member);
    });
  }

  void end(const Payload& payload) {
    out_.put('\n');
    out_.flush();
    if (!exact_)
      text_.replace(raw_at_, tab_null.size(), "\t" + raw_object(row_, payload));
  }

private:
  // One column with the tab before it.
  template <class T> void put(const T& value) {
    if constexpr (std::same_as<T, RawBytes>)
      raw_at_ = out_.position();
    if (is_null(value))
      out_.put(tab_null);
    else if constexpr (is_optional<T>)
      put(*value);
    else if constexpr (std::same_as<T, bool>)
      out_.put(value ? std::string_view("\t1") : "\t0");
    else if constexpr (Token<T>)
      put_token_column(value);
    else
      put_long_column(value);
  }

  template <Token T> void put_token_column(const T& value) {
    char* to = out_.room(longest_token + 1);
    *to++ = '\t';
    out_.end_at(write_token(to, value));
  }

  template <class T> void put_long_column(const T& value) {
    out_.put('\t');
    if constexpr (std::same_as<T, Text>)
      exact_ &= append_text<Escape::tsv>(out_, value.bytes());
    else if constexpr (List<T>)
      exact_ &= append_list<Escape::json_in_tsv>(out_, value);
    else if constexpr (std::same_as<T, Json>)
      append_composed(out_, value, true);
    else
      static_assert(std::same_as<T, RawBytes>);
  }

  RowBuffer out_;
  std::string& text_;
  const Row& row_;
  std::size_t raw_at_ = 0;
  bool exact_ = true;
};

} // namespace

std::string tsv_header(std::size_t payload_index) {
  std::string line;
  for (const Column& column : catalogue()[payload_index].columns) {
    if (!line.empty())
      line += '\t';
    line += column.name;
  }
  return line += '\n';
}

void append_tsv_row(std::string& out, const Event& event, const Origin& origin, std::int64_t stream_seq) {
  append_tsv_row_with(out, event.common, event.payload, origin, stream_seq);
}

void append_tsv_row_with(std::string& out, const Common& common, const Payload& payload, const Origin& origin,
                         std::int64_t stream_seq) {
  std::visit(
      [&]<class E>(const E& own) {
        const Row values{Describe<E>::info, common, origin, stream_seq};
        TsvRow row(out, values);
        row.put_common();
        row.put_own(own);
        row.end(payload);
      },
      payload);
}

} // namespace monster
