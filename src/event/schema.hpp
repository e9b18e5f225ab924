// SPDX-License-Identifier: Apache-2.0
// What is written about the events, all made from the field tables: lists, the reference page, tables for
// databases, and the lock that keeps a released column from changing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

[[nodiscard]] std::string schema_tsv();      // one line per event and column
[[nodiscard]] std::string schema_json();     // one object: version, events, their columns
[[nodiscard]] std::string schema_markdown(); // docs/events.md
[[nodiscard]] std::string schema_mariadb();  // a table per event, with the command that loads its files
[[nodiscard]] std::string schema_postgres();
[[nodiscard]] std::string schema_lock(); // event id, position, column, type: what was ever released

// What `monster-agent schema --format NAME` prints.
struct SchemaFormat {
  std::string_view name;
  std::string_view meaning;
  std::string (*print)();
};
[[nodiscard]] std::span<const SchemaFormat> schema_formats();

// Compares the text of a released lock with the catalogue as it is: one sentence for each column that was
// removed, moved, renamed or given another type, and for each line that is no lock line. Columns after an
// event's last released one and new events are no breach.
[[nodiscard]] std::vector<std::string> lock_breaches(std::string_view released);

} // namespace monster
