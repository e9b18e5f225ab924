// SPDX-License-Identifier: Apache-2.0
#include "event/schema.hpp"

#include "event/columns.hpp"
#include "event/common_columns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace monster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Catalogue, EveryEvent_ColumnNames_AreOnceEachSnakeCaseAndExplained) {
  for (const EventColumns& event : catalogue()) {
    std::set<std::string_view> seen;
    for (const Column& column : event.columns) {
      EXPECT_TRUE(seen.insert(column.name).second) << event.info.name << ' ' << column.name;
      EXPECT_EQ(column.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string_view::npos);
      EXPECT_NE(column.name, "time_utc") << "the SQL tables add a column of this name";
      EXPECT_FALSE(column.meaning.empty()) << event.info.name << ' ' << column.name;
      EXPECT_EQ(column.meaning.find_first_of("\t\n\\"), std::string_view::npos) << column.name;
    }
    EXPECT_EQ(event.columns.size(), common_column_count + event.own().size());
  }
}

TEST(Catalogue, EveryEvent_IdAndName_AreOnceEach) {
  std::set<std::uint16_t> ids;
  std::set<std::string_view> names;
  for (const EventColumns& event : catalogue()) {
    EXPECT_TRUE(ids.insert(event.info.id).second);
    EXPECT_TRUE(names.insert(event.info.name).second);
  }
  EXPECT_EQ(ids.size(), std::variant_size_v<Payload>);
}

TEST(Catalogue, FileBlock_Columns_HaveTypeUnitAndNullability) {
  const auto& block = catalogue()[Payload(FileBlock{}).index()];
  ASSERT_EQ(block.info.id, 2500);
  const auto find = [&](std::string_view name) { return *std::ranges::find(block.columns, name, &Column::name); };
  EXPECT_EQ(find("path").type, ColumnType::text);
  EXPECT_TRUE(find("path").nullable);
  EXPECT_EQ(find("bytes_written").unit, Unit::bytes);
  EXPECT_FALSE(find("bytes_written").nullable);
  EXPECT_EQ(find("writers").type, ColumnType::writer_list);
  EXPECT_EQ(find("state").type, ColumnType::constant);
  EXPECT_THAT(find("state").values, ElementsAre("open", "final"));
  EXPECT_EQ(find("time_ns").unit, Unit::nanoseconds);
  EXPECT_FALSE(find("seq").nullable);
  EXPECT_TRUE(find("raw").nullable);
}

TEST(Schema, EveryFormat_EveryEventAndColumn_IsThere) {
  for (const SchemaFormat& format : schema_formats()) {
    const std::string text = format.print();
    for (const EventColumns& event : catalogue()) {
      EXPECT_THAT(text, HasSubstr(std::to_string(event.info.id))) << format.name;
      for (const Column& column : event.columns)
        EXPECT_THAT(text, HasSubstr(std::string(column.name))) << format.name;
    }
  }
}

TEST(Schema, Markdown_Keys_AreTheVectorsOfTheKeyTest) {
  const std::string page = schema_markdown();
  EXPECT_THAT(page, HasSubstr("monster-agent schema --format markdown"));
  for (const char* vector : {"29e235d9104fa43cc229859b5f324940", "a89ff918adf5cfe17d801db0650be653",
                             "3941c562b4b146b3c278ebf43370099e", "c7f3f0320a5d2954a1c6f4dd1166f64f"})
    EXPECT_THAT(page, HasSubstr(vector));
}

TEST(Schema, Sql_LoadCommands_NameFileAndTable) {
  EXPECT_THAT(schema_mariadb(), HasSubstr("-- LOAD DATA LOCAL INFILE '2500_file_block.tsv' INTO TABLE `file_block` "
                                          "CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\'"));
  EXPECT_THAT(schema_postgres(), HasSubstr("-- \\copy \"file_block\" (\"stream_seq\", "));
}

TEST(SchemaLock, OwnLock_HasNoBreach) { EXPECT_THAT(lock_breaches(schema_lock()), IsEmpty()); }

TEST(SchemaLock, ReleasedLock_OfThisRepository_HasNoBreach) {
  std::ifstream file(MONSTER_SCHEMA_LOCK, std::ios::binary);
  const std::string released{std::istreambuf_iterator<char>(file), {}};
  ASSERT_THAT(released, HasSubstr("2014\t21\tpath\ttext\n")) << MONSTER_SCHEMA_LOCK;
  EXPECT_THAT(lock_breaches(released), IsEmpty());
}

TEST(SchemaLock, ColumnsAndEventsAddedSinceRelease_AreNoBreach) {
  EXPECT_THAT(lock_breaches("2014\t1\tstream_seq\ti64\n2014\t2\tevent_id\tu16\n"), IsEmpty());
}

TEST(SchemaLock, RenamedColumn_IsNamedWithWhatStandsThere) {
  const std::string released = replaced(schema_lock(), "2014\t21\tpath\t", "2014\t21\told_name\t");
  EXPECT_THAT(lock_breaches(released), ElementsAre(StartsWith("2014 file_close: column old_name was renamed or "
                                                              "removed; path stands in its place")));
}

TEST(SchemaLock, RetypedMovedAndRemoved_AreTold) {
  EXPECT_THAT(lock_breaches("2014\t21\tpath\tu64\n"),
              ElementsAre("2014 file_close: column path was u64 and is now text"));
  EXPECT_THAT(lock_breaches("2014\t23\tpath\ttext\n"), ElementsAre(HasSubstr("was moved from 23 to 21")));
  EXPECT_THAT(lock_breaches("2014\t23\tgone\ttext\n"), ElementsAre("2014 file_close: column gone was removed"));
  EXPECT_THAT(lock_breaches("1\t1\tx\ttext\n"), ElementsAre("event 1 was removed"));
}

TEST(SchemaLock, LineThatIsNone_IsABreach) {
  for (const char* line : {"2014\t21\tpath", "2014\t21\tpath\ttext\tmore", "x\t21\tpath\ttext", "2014\t0\tpath\ttext",
                           "2014\t-1\tpath\ttext", "70000\t1\tpath\ttext", "\t\t\t"})
    EXPECT_THAT(lock_breaches(line), ElementsAre(StartsWith("line 1 is not"))) << line;
}

} // namespace
} // namespace monster
