// SPDX-License-Identifier: Apache-2.0
// Events as tab-separated text: the bytes that MariaDB, PostgreSQL, DuckDB and pandas load.
#pragma once

#include "event/event.hpp"

#include <cstddef>
#include <string>

namespace monster {

// The header line of the event at `payload_index` of Payload, with its newline.
[[nodiscard]] std::string tsv_header(std::size_t payload_index);

// Appends one row with its newline. Columns: stream_seq, the common ones, then the event's own.
// Backslash escapes (\t \n \r \\), \N for null, booleans 0/1, lists as JSON text; bytes that are not UTF-8,
// and NUL, which PostgreSQL cannot hold, become U+FFFD in the column and stand exact, in hex, in `raw`.
// Other control characters stay as they are: loaders take them, a terminal should not be shown them.
void append_tsv_row(std::string& out, const Event& event, const Origin& origin, std::int64_t stream_seq);

// The same, with other common columns than the event's: for rows that repeat less.
void append_tsv_row_with(std::string& out, const Common& common, const Payload& payload, const Origin& origin,
                         std::int64_t stream_seq);

} // namespace monster
