// SPDX-License-Identifier: Apache-2.0
#include "event/tsv.hpp"

#include "event/batch.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <vector>

namespace monster {
namespace {

const Origin origin{{1, 2}, "host", {3, 4}};

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> cells(1);
  for (const char byte : line)
    if (byte == '\t')
      cells.emplace_back();
    else
      cells.back() += byte;
  return cells;
}

// The columns of one row, by name; fails unless header and row are one line each of equal length.
std::map<std::string, std::string> row_of(const Event& event, std::int64_t stream_seq = 7) {
  std::string row;
  append_tsv_row(row, event, origin, stream_seq);
  EXPECT_EQ(row.find('\n'), row.size() - 1);
  std::string header = tsv_header(event.payload.index());
  EXPECT_EQ(header.find('\n'), header.size() - 1);
  row.pop_back();
  header.pop_back();
  const auto names = split(header);
  const auto cells = split(row);
  EXPECT_EQ(names.size(), cells.size());
  std::map<std::string, std::string> columns;
  for (std::size_t i = 0; i < std::min(names.size(), cells.size()); ++i)
    columns[names[i]] = cells[i];
  EXPECT_EQ(columns.size(), names.size()) << "two columns of one name";
  return columns;
}

template <class E, class Set> E make(Set set) {
  E own;
  set(own);
  return own;
}

template <class E> Event event_with(const E& own) { return {{}, own}; }

TEST(TsvHeader, CommonColumns_ComeFirstInTheOrderOfTheContract) {
  constexpr std::string_view common = "stream_seq\tevent_id\tevent\ttime\ttime_ns\tseq\thost_id\thost\trun_id\tprocess_"
                                      "key\tpid\ttid\timage\tuser\tuid\t"
                                      "container_id\tmnt_ns\tblock_key\ttags\traw\t";
  for (std::size_t i = 0; i < std::variant_size_v<Payload>; ++i)
    EXPECT_TRUE(tsv_header(i).starts_with(common)) << i;
}

TEST(TsvRow, FileBlock_NothingKnown_IsNullNotEmptyOrZero) {
  const auto row = row_of(event_with(FileBlock{}));
  for (const char* column : {"process_key", "pid", "image", "uid", "tags", "raw", "path", "nlink", "writers",
                             "xattrs_changed", "sha256_at_close", "external_device", "close_time"})
    EXPECT_EQ(row.at(column), "\\N") << column;
  EXPECT_EQ(row.at("renamed"), "0");
  EXPECT_EQ(row.at("complete"), "1");
  EXPECT_EQ(row.at("bytes_read"), "0");
}

TEST(TsvRow, FileBlock_EmptyTextAndList_AreEmptyNotNull) {
  Arena arena;
  FileBlock block;
  block.path = "";
  block.xattrs_changed = arena.array<Text>(0);
  block.external_device = false;
  block.nlink = 0;
  const auto row = row_of(event_with(block));
  EXPECT_EQ(row.at("path"), "");
  EXPECT_EQ(row.at("xattrs_changed"), "[]");
  EXPECT_EQ(row.at("external_device"), "0");
  EXPECT_EQ(row.at("nlink"), "0");
}

TEST(TsvRow, FileBlock_Writers_AreJson) {
  const std::array<Writer, 2> writers{Writer{{1, 2}, 3, 4}, Writer{{5, 6}, 0, 0}};
  FileBlock block;
  block.writers = writers;
  EXPECT_EQ(row_of(event_with(block)).at("writers"),
            R"([{"process_key":"00000000000000010000000000000002","bytes_read":3,"bytes_written":4},)"
            R"({"process_key":"00000000000000050000000000000006","bytes_read":0,"bytes_written":0}])");
}

TEST(TsvRow, FileClose_CommonColumns_AreWritten) {
  Event event = event_with(FileClose{"/a"});
  event.common.time = {1};
  event.common.seq = 99;
  event.common.pid = Pid{12};
  event.common.uid = 0;
  const auto row = row_of(event, 5);
  EXPECT_EQ(row.at("stream_seq"), "5");
  EXPECT_EQ(row.at("event_id"), "2014");
  EXPECT_EQ(row.at("event"), "file_close");
  EXPECT_EQ(row.at("time"), "1970-01-01T00:00:00.000000001Z");
  EXPECT_EQ(row.at("time_ns"), "1");
  EXPECT_EQ(row.at("seq"), "99");
  EXPECT_EQ(row.at("host_id"), "00000000000000010000000000000002");
  EXPECT_EQ(row.at("host"), "host");
  EXPECT_EQ(row.at("run_id"), "00000000000000030000000000000004");
  EXPECT_EQ(row.at("pid"), "12");
  EXPECT_EQ(row.at("tid"), "\\N");
  EXPECT_EQ(row.at("uid"), "0");
}

TEST(TsvRow, FileRename_HostileNames_StayInTheirColumnAndLine) {
  const auto row = row_of(event_with(make<FileRename>([&](auto& own) {
    own.path = "/t\tn\nr\r\\N";
    own.new_path = "\\N";
  })));
  EXPECT_EQ(row.at("path"), R"(/t\tn\nr\r\\N)");
  EXPECT_EQ(row.at("new_path"), R"(\\N)");
  EXPECT_EQ(row.at("raw"), "\\N");
}

TEST(TsvRow, FileClose_PathIsNotUtf8_StandsExactInRaw) {
  const auto row = row_of(event_with(FileClose{"/tmp\xff"}));
  EXPECT_EQ(row.at("path"), "/tmp\uFFFD");
  EXPECT_EQ(row.at("raw"), R"({"path":"2f746d70ff"})");
}

TEST(TsvRow, ProcessCreate_SeveralTextsNotUtf8_AreAllInRaw) {
  const std::array<Text, 4> argv{"sh", "-c", Text(), "a\xc3"};
  const std::array<NamedText, 2> environment{NamedText{"LD_AUDIT", "ok"}, NamedText{"LD_PRELOAD", "\x80"}};
  Event event = event_with(make<ProcessCreate>([&](auto& own) {
    own.argv = argv;
    own.environment = environment;
  }));
  event.common.image = "\xfe";
  const auto row = row_of(event);
  EXPECT_EQ(row.at("raw"), R"({"image":"fe","argv[3]":"61c3","environment.LD_PRELOAD":"80"})");
  EXPECT_EQ(row.at("argv"), "[\"sh\",\"-c\",null,\"a\uFFFD\"]");
  EXPECT_EQ(row.at("environment"), "{\"LD_AUDIT\":\"ok\",\"LD_PRELOAD\":\"\uFFFD\"}");
}

TEST(TsvRow, ProcessCreate_ListItemsWithSigns_AreEscapedForJsonAndTsv) {
  const std::array<Text, 1> argv{"\"\t\\\x1b"};
  EXPECT_EQ(row_of(event_with(make<ProcessCreate>([&](auto& own) { own.argv = argv; }))).at("argv"),
            R"(["\\"\\t\\\\\\u001b"])");
}

TEST(TsvRow, ProcessExit_NanosecondsAndNumbers_AreDecimal) {
  const auto row = row_of(event_with(make<ProcessExit>([&](auto& own) {
    own.exit_code = 3;
    own.cpu_user = 1'500'000'000;
    own.files_created = 2;
  })));
  EXPECT_EQ(row.at("exit_code"), "3");
  EXPECT_EQ(row.at("cpu_user"), "1500000000");
  EXPECT_EQ(row.at("files_created"), "2");
}

TEST(TsvRow, FileCreate_Disposition_IsTheWindowsWord) {
  const auto row = row_of(
      event_with(make<FileCreate>([&](auto& own) { own.create_disposition = CreateDisposition::file_open_if; })));
  EXPECT_EQ(row.at("create_disposition"), "FILE_OPEN_IF");
}

TEST(TsvRow, FileCreateNew_PathOf32KiB_IsWholeAlsoWhenNotUtf8) {
  const std::string path(32 * 1024, 'd');
  EXPECT_EQ(row_of(event_with(make<FileCreateNew>([&](auto& own) { own.path = Text(path); }))).at("path"), path);
  const std::string bad(32 * 1024, '\xff');
  const auto row = row_of(event_with(make<FileCreateNew>([&](auto& own) {
    own.path = Text(bad);
    own.serial = "s";
  })));
  EXPECT_EQ(row.at("path").size(), 3 * bad.size());
  EXPECT_EQ(row.at("raw").size(), std::string_view(R"({"path":""})").size() + 2 * bad.size());
  EXPECT_EQ(row.at("serial"), "s");
}

TEST(TsvRow, AgentHealth_ComposedJson_IsEscapedAndOnOneLine) {
  const auto row = row_of(event_with(make<AgentHealth>([&](auto& own) {
    own.ledger = {"{\"a\":\n\"\\\\x\"}"};
    own.exporters = {""};
  })));
  EXPECT_EQ(row.at("ledger"), R"({"a": "\\\\x"})");
  EXPECT_EQ(row.at("exporters"), "\\N");
}

TEST(TsvRow, AgentLoss_AfterOtherRows_AppendsOnly) {
  std::string out = "before\n";
  append_tsv_row(out, event_with(make<AgentLoss>([&](auto& own) {
                   own.family = "f\xff";
                   own.count = 4;
                 })),
                 origin, 1);
  EXPECT_TRUE(out.starts_with("before\n1\t9901\tagent_loss\t"));
  EXPECT_NE(out.find("\t{\"family\":\"66ff\"}\tf\uFFFD\t"), std::string::npos);
}

} // namespace
} // namespace monster
