// SPDX-License-Identifier: Apache-2.0
#include "event/schema.hpp"

#include <array>

namespace monster {

std::span<const SchemaFormat> schema_formats() {
  static constexpr std::array formats{
      SchemaFormat{"tsv", "one line per event and column", schema_tsv},
      SchemaFormat{"json", "every event with its columns", schema_json},
      SchemaFormat{"markdown", "the reference page, docs/events.md", schema_markdown},
      SchemaFormat{"mariadb", "CREATE TABLE and LOAD DATA for MariaDB", schema_mariadb},
      SchemaFormat{"postgres", "CREATE TABLE and \\copy for PostgreSQL", schema_postgres},
      SchemaFormat{"lock", "what was released and may not change", schema_lock},
  };
  return formats;
}

} // namespace monster
