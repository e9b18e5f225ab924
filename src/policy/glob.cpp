// SPDX-License-Identifier: Apache-2.0
#include "policy/glob.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>

namespace monster {
namespace {

constexpr char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::unexpected<Error> refused(std::string_view pattern, std::string reason) {
  return fail(Error{
      "use", fmt::format("pattern \"{}\"", pattern.substr(0, 200)), std::move(reason), {}, ErrorKind::configuration});
}

} // namespace

// The tokens at which a match may stand; one more than there are tokens means matched.
class Glob::States {
public:
  void set(std::size_t i) { words_[i / 64] |= 1ULL << (i % 64); }
  [[nodiscard]] bool has(std::size_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  [[nodiscard]] bool empty() const {
    return std::ranges::all_of(words_, [](std::uint64_t word) { return word == 0; });
  }
  template <class Visit> void each(Visit visit) const {
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (std::uint64_t left = words_[w]; left != 0; left &= left - 1)
        visit(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
  }

private:
  std::array<std::uint64_t, (middle_limit + 1) / 64> words_{};
};

Result<Glob> Glob::make(std::string_view pattern, GlobCase letters) {
  if (pattern.empty())
    return refused(pattern, "it is empty");
  if (pattern.size() > pattern_limit)
    return refused(pattern, fmt::format("it is longer than {} bytes", pattern_limit));
  if (pattern.find('\0') != std::string_view::npos)
    return refused("", "it has a NUL byte, which no name has");
  Glob glob;
  glob.folded_ = letters == GlobCase::ascii_folded;
  const std::size_t first = pattern.find_first_of("*?");
  glob.prefix_ = pattern.substr(0, first);
  if (first != std::string_view::npos)
    glob.take_wildcards(pattern, first);
  if (glob.middle_.size() > middle_limit)
    return refused(pattern, fmt::format("between its first and last wildcard are more than {} bytes", middle_limit));
  if (glob.folded_)
    for (std::string* text : {&glob.prefix_, &glob.suffix_})
      std::ranges::transform(*text, text->begin(), folded);
  return glob;
}

void Glob::take_wildcards(std::string_view pattern, std::size_t at) {
  using enum Token::Kind;
  while (at < pattern.size()) {
    const std::size_t stars = std::min(pattern.find_first_not_of('*', at), pattern.size()) - at;
    const std::size_t end = at + stars;
    const bool part_begins = at == 0 || pattern[at - 1] == '/';
    if (stars == 0) {
      const char c = pattern[at++];
      middle_.push_back(c == '?' ? Token{any_byte} : Token{byte, folded_ ? folded(c) : c});
    } else if (stars >= 2 && part_begins && end < pattern.size() && pattern[end] == '/') {
      // Several in a row say no more than one, and would make add() long.
      if (middle_.empty() || middle_.back().kind != any_parts)
        middle_.push_back(Token{any_parts});
      at = end + 1;
    } else {
      middle_.push_back(Token{stars == 1 ? any_in_part : any});
      at = end;
    }
  }
  while (!middle_.empty() && middle_.back().kind == byte) {
    suffix_.insert(suffix_.begin(), middle_.back().byte);
    middle_.pop_back();
  }
}

bool Glob::same(char of_pattern, char of_text) const { return of_pattern == (folded_ ? folded(of_text) : of_text); }

bool Glob::same(std::string_view of_pattern, std::string_view of_text) const {
  if (!folded_)
    return of_pattern == of_text;
  return std::ranges::equal(of_pattern, of_text, [this](char a, char b) { return same(a, b); });
}

bool Glob::matches(std::string_view text) const {
  if (text.size() < prefix_.size() + suffix_.size())
    return false;
  const std::string_view middle = text.substr(prefix_.size(), text.size() - prefix_.size() - suffix_.size());
  return same(prefix_, text.substr(0, prefix_.size())) && same(suffix_, text.substr(text.size() - suffix_.size())) &&
         (middle_.empty() ? middle.empty() : middle_matches(middle));
}

// Enters a token; what may stand for nothing is passed at once.
void Glob::add(States& states, std::size_t token) const {
  using enum Token::Kind;
  states.set(token);
  while (token < middle_.size() && middle_[token].kind != byte && middle_[token].kind != any_byte)
    states.set(++token);
}

void Glob::step(const States& from, char c, States& to) const {
  from.each([&](std::size_t i) {
    if (i == middle_.size())
      return;
    switch (const Token token = middle_[i]; token.kind) {
    case Token::Kind::byte:
      if (same(token.byte, c))
        add(to, i + 1);
      return;
    case Token::Kind::any_byte:
      if (c != '/')
        add(to, i + 1);
      return;
    case Token::Kind::any_in_part:
      if (c != '/')
        add(to, i);
      return;
    case Token::Kind::any:
      add(to, i);
      return;
    case Token::Kind::any_parts:
      // May be left only where a part begins.
      to.set(i);
      if (c == '/')
        add(to, i + 1);
      return;
    }
  });
}

bool Glob::middle_matches(std::string_view text) const {
  const bool ends_in_any = middle_.back().kind == Token::Kind::any;
  States states;
  add(states, 0);
  for (const char c : text) {
    if (states.empty() || (ends_in_any && states.has(middle_.size() - 1)))
      break;
    States next;
    step(states, c, next);
    states = next;
  }
  return states.has(middle_.size());
}

} // namespace monster
