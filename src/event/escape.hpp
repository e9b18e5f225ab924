// SPDX-License-Identifier: Apache-2.0
// Bytes of unknown origin as text that a reader can load.
#pragma once

#include "event/row_buffer.hpp"

#include <cstdint>
#include <string_view>

namespace monster {

// json_in_tsv: the inside of a JSON string that stands in a TSV column, escaped for both.
enum class Escape : std::uint8_t { tsv, json, json_in_tsv };

// Appends `bytes` as UTF-8 with escapes, without quotes. Each maximal subpart that is not UTF-8 (Unicode
// 16, section 3.9, U+FFFD substitution) and each NUL, which PostgreSQL cannot hold, becomes U+FFFD; then
// the answer is false, and `raw` must tell the exact bytes.
template <Escape style> [[nodiscard]] bool append_text(RowBuffer& out, std::string_view bytes);

// Whether append_text would change nothing but escapes.
[[nodiscard]] bool is_exact(std::string_view bytes);

// One sequence at the start of `bytes`, which must not be empty: its length, and whether it is valid; if
// not, the length of its maximal subpart.
struct Utf8Sequence {
  std::size_t length;
  bool valid;
};
[[nodiscard]] Utf8Sequence utf8_sequence(std::string_view bytes);

} // namespace monster
