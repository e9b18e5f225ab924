// SPDX-License-Identifier: Apache-2.0
// Tables that take the TSV files as they are. Times stay text, since no column type of either database
// keeps nanoseconds; time_utc is computed from time_ns for the database's own date functions.
#include "event/columns.hpp"
#include "event/schema.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace monster {
namespace {

// Indexed by ColumnType.
using TypeNames = std::array<std::string_view, 15>;
static_assert(static_cast<std::size_t>(ColumnType::json) + 1 == std::tuple_size_v<TypeNames>);

constexpr TypeNames mariadb_types{
    "SMALLINT UNSIGNED",
    "INT UNSIGNED",
    "BIGINT",
    "BIGINT",
    "BOOLEAN",
    "MEDIUMTEXT",
    "VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin",
    "VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin",
    "CHAR(32) CHARACTER SET ascii COLLATE ascii_bin",
    "CHAR(16) CHARACTER SET ascii COLLATE ascii_bin",
    "CHAR(64) CHARACTER SET ascii COLLATE ascii_bin",
    "JSON",
    "JSON",
    "JSON",
    "JSON",
};

// PostgreSQL has no unsigned types: each takes the next wider one.
constexpr TypeNames postgres_types{
    "integer",  "bigint",   "bigint",   "bigint", "boolean", "text",  "text",  "text",
    "char(32)", "char(16)", "char(64)", "jsonb",  "jsonb",   "jsonb", "jsonb",
};

struct Dialect {
  std::string_view name;
  std::string_view format; // as in --format
  char quote;              // around identifiers
  const TypeNames& types;
  std::string_view time_utc; // definition of the computed column
  std::string_view table_options;
  std::string_view load; // {0} file, {1} table, {2} columns
};

constexpr Dialect mariadb{
    "MariaDB",
    "mariadb",
    '`',
    mariadb_types,
    "DATETIME(6) AS (TIMESTAMPADD(MICROSECOND, `time_ns` DIV 1000, TIMESTAMP'1970-01-01 00:00:00')) VIRTUAL",
    " ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
    "LOAD DATA LOCAL INFILE '{0}' INTO TABLE {1} CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' "
    "LINES TERMINATED BY '\\n' IGNORE 1 LINES ({2});",
};

constexpr Dialect postgres{
    "PostgreSQL",
    "postgres",
    '"',
    postgres_types,
    "timestamptz GENERATED ALWAYS AS (to_timestamp(\"time_ns\" / 1000000000.0)) STORED",
    "",
    "\\copy {1} ({2}) FROM '{0}' WITH (FORMAT text, HEADER MATCH, ENCODING 'UTF8')",
};

std::string quoted(const Dialect& dialect, std::string_view identifier) {
  return fmt::format("{0}{1}{0}", dialect.quote, identifier);
}

std::string column_list(const Dialect& dialect, const EventColumns& event) {
  std::string list;
  for (const Column& column : event.columns) {
    if (!list.empty())
      list += ", ";
    list += quoted(dialect, column.name);
  }
  return list;
}

std::string table(const Dialect& dialect, const EventColumns& event) {
  const std::string name = quoted(dialect, event.info.name);
  std::string text = fmt::format("-- {} {}: {}\nCREATE TABLE IF NOT EXISTS {} (\n", event.info.id, event.info.name,
                                 event.info.meaning, name);
  for (const Column& column : event.columns)
    text += fmt::format("  {} {}{},\n", quoted(dialect, column.name),
                        dialect.types[static_cast<std::size_t>(std::to_underlying(column.type))],
                        column.nullable ? "" : " NOT NULL");
  text += fmt::format("  {} {},\n", quoted(dialect, "time_utc"), dialect.time_utc);
  text += fmt::format("  PRIMARY KEY ({}, {})\n){};\n", quoted(dialect, "run_id"), quoted(dialect, "seq"),
                      dialect.table_options);
  const std::string file = fmt::format("{}_{}.tsv", event.info.id, event.info.name);
  return text + "-- " + fmt::format(fmt::runtime(dialect.load), file, name, column_list(dialect, event)) + "\n\n";
}

std::string tables(const Dialect& dialect) {
  std::string out = fmt::format("-- Tables for the TSV files of Monster Agent in {}, schema version {}.\n"
                                "-- Made by: monster-agent schema --format {}\n"
                                "-- The line after each table loads one file into it.\n\n",
                                dialect.name, schema_version, dialect.format);
  for (const EventColumns& event : catalogue())
    out += table(dialect, event);
  return out;
}

} // namespace

std::string schema_mariadb() { return tables(mariadb); }
std::string schema_postgres() { return tables(postgres); }

} // namespace monster
