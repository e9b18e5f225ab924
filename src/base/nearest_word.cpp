// SPDX-License-Identifier: Apache-2.0
#include "base/nearest_word.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace monster {
namespace {

constexpr std::size_t longest_word = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) { return lower(x == '-' ? '_' : x) == lower(y == '-' ? '_' : y); };
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (same(a[i], b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

} // namespace

std::optional<std::string_view> nearest_word(std::span<const std::string_view> known, std::string_view written) {
  if (written.size() > longest_word)
    return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t nearest = std::max<std::size_t>(1, written.size() / 3) + 1;
  for (const std::string_view word : known) {
    const std::size_t d = distance(written, word);
    if (d < nearest && d < word.size()) {
      nearest = d;
      best = word;
    }
  }
  return best;
}

} // namespace monster
