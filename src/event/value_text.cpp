// SPDX-License-Identifier: Apache-2.0
#include "event/value_text.hpp"

#include <chrono>
#include <limits>

namespace monster {
namespace {

struct Pairs {
  char text[200];
};
constexpr Pairs pairs = [] {
  Pairs table{};
  for (int i = 0; i < 100; ++i) {
    table.text[2 * i] = static_cast<char>('0' + i / 10);
    table.text[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return table;
}();

char* write_pair(char* to, std::uint32_t below_100) {
  std::memcpy(to, pairs.text + 2 * below_100, 2);
  return to + 2;
}

// 2026-11-24T11:22:33. of the second that was written last: the times of a row, and of its neighbours, nearly
// always share it.
struct SecondText {
  std::int64_t second = std::numeric_limits<std::int64_t>::min();
  char text[20] = {};
};

void write_second(SecondText& cached, std::int64_t second) {
  const std::chrono::sys_seconds time{std::chrono::seconds{second}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));
  const auto of_day = static_cast<std::uint32_t>((time - day).count());
  char* to = write_pair(write_pair(cached.text, year / 100), year % 100);
  *to++ = '-';
  to = write_pair(to, static_cast<unsigned>(date.month()));
  *to++ = '-';
  to = write_pair(to, static_cast<unsigned>(date.day()));
  *to++ = 'T';
  to = write_pair(to, of_day / 3600);
  *to++ = ':';
  to = write_pair(to, of_day / 60 % 60);
  *to++ = ':';
  to = write_pair(to, of_day % 60);
  *to = '.';
  cached.second = second;
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  for (const char byte : bytes) {
    out += digits[static_cast<std::uint8_t>(byte) >> 4];
    out += digits[static_cast<std::uint8_t>(byte) & 15];
  }
}

class RawObject {
public:
  void add(std::string_view name, Text text) {
    if (text.is_null() || is_exact(text.bytes()))
      return;
    object_ += object_.empty() ? "{\"" : ",\"";
    object_ += name;
    object_ += "\":\"";
    append_hex(object_, text.bytes());
    object_ += '"';
  }
  void add(std::string_view name, TextList list) {
    for (std::size_t i = 0; i < list.size(); ++i)
      add(std::string(name) + '[' + std::to_string(i) + ']', list[i]);
  }
  void add(std::string_view name, NamedTexts list) {
    for (const NamedText& each : list)
      if (!is_exact(each.value.bytes()))
        add(std::string(name) + '.' + safe(each.name), each.value);
  }
  template <class T> void add(std::string_view, const T&) {}

  [[nodiscard]] std::string take() { return object_.empty() ? object_ : std::move(object_) + '}'; }

private:
  // A name inside the object needs no escape in JSON nor TSV.
  static std::string safe(std::string_view name) {
    std::string text(name);
    for (char& byte : text)
      if (byte < 0x21 || byte > 0x7e || byte == '"' || byte == '\\')
        byte = '?';
    return text;
  }

  std::string object_;
};

} // namespace

// Every i64 of nanoseconds lies in the years 1677 to 2262: four digits suffice.
char* write_time(char* to, WallTime time) {
  constexpr std::int64_t second_ns = 1'000'000'000;
  std::int64_t second = time.ns / second_ns;
  std::int64_t rest = time.ns % second_ns;
  if (rest < 0) {
    rest += second_ns;
    --second;
  }
  static thread_local SecondText cached;
  if (cached.second != second)
    write_second(cached, second);
  std::memcpy(to, cached.text, sizeof cached.text);
  const auto ns = static_cast<std::uint32_t>(rest);
  write_pair(to + 20, ns / 10'000'000);
  write_pair(to + 22, ns / 100'000 % 100);
  write_pair(to + 24, ns / 1'000 % 100);
  write_pair(to + 26, ns / 10 % 100);
  to[28] = static_cast<char>('0' + ns % 10);
  to[29] = 'Z';
  return to + 30;
}

template <Escape style> bool append_list(RowBuffer& out, TextList list) {
  bool exact = true;
  char before = '[';
  for (const Text& item : list) {
    out.put(before);
    before = ',';
    if (item.is_null()) {
      out.put("null");
      continue;
    }
    out.put('"');
    exact &= append_text<style>(out, item.bytes());
    out.put('"');
  }
  out.put(list.empty() ? std::string_view("[]") : "]");
  return exact;
}

template <Escape style> bool append_list(RowBuffer& out, NamedTexts list) {
  bool exact = true;
  char before = '{';
  for (const NamedText& each : list) {
    out.put(before);
    before = ',';
    out.put('"');
    // Names are the agent's own (configuration, kernel); only values are what the host gave.
    static_cast<void>(append_text<style>(out, each.name));
    out.put(each.value.is_null() ? std::string_view("\":null") : "\":\"");
    if (each.value.is_null())
      continue;
    exact &= append_text<style>(out, each.value.bytes());
    out.put('"');
  }
  out.put(list.empty() ? std::string_view("{}") : "}");
  return exact;
}

template <Escape style> bool append_list(RowBuffer& out, WriterList list) {
  char before = '[';
  for (const Writer& writer : list) {
    out.put(before);
    before = ',';
    out.put(R"({"process_key":")");
    put_token(out, writer.process_key);
    out.put(R"(","bytes_read":)");
    put_token(out, writer.bytes_read);
    out.put(R"(,"bytes_written":)");
    put_token(out, writer.bytes_written);
    out.put('}');
  }
  out.put(list.empty() ? std::string_view("[]") : "]");
  return true;
}

template bool append_list<Escape::json>(RowBuffer&, TextList);
template bool append_list<Escape::json_in_tsv>(RowBuffer&, TextList);
template bool append_list<Escape::json>(RowBuffer&, NamedTexts);
template bool append_list<Escape::json_in_tsv>(RowBuffer&, NamedTexts);
template bool append_list<Escape::json>(RowBuffer&, WriterList);
template bool append_list<Escape::json_in_tsv>(RowBuffer&, WriterList);

void append_composed(RowBuffer& out, const Json& json, bool in_tsv) {
  for (std::string_view rest = json.text.bytes(); !rest.empty();) {
    const Utf8Sequence sequence = utf8_sequence(rest);
    const std::string_view bytes = rest.substr(0, sequence.length);
    rest.remove_prefix(sequence.length);
    if (!sequence.valid)
      out.put("\xef\xbf\xbd");
    else if (static_cast<std::uint8_t>(bytes[0]) < 0x20)
      out.put(' ');
    else if (bytes == "\\" && in_tsv)
      out.put("\\\\");
    else
      out.put(bytes);
  }
}

std::string raw_object(const Row& row, const Payload& payload) {
  RawObject object;
  std::apply([&](const auto&... column) { (object.add(column.name, column.get(row)), ...); }, common_columns);
  std::visit(
      [&]<class E>(const E& event) {
        for_each_field<E>([&](const auto& each) { object.add(each.name, event.*each.member); });
      },
      payload);
  return object.take();
}

} // namespace monster
