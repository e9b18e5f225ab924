// SPDX-License-Identifier: Apache-2.0
#include "event/json.hpp"

#include "event/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace monster {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const Origin origin{{1, 2}, "host", {3, 4}};

template <class E, class Set> E make(Set set) {
  E own;
  set(own);
  return own;
}

template <class E> std::string json_of(const E& own) {
  std::string out;
  append_json(out, Event{{}, own}, origin, 7);
  return out;
}

TEST(JsonRow, FileClose_NothingElseKnown_LeavesNullFieldsOut) {
  EXPECT_EQ(json_of(FileClose{"/a"}),
            R"({"stream_seq":7,"event_id":2014,"event":"file_close","time":"1970-01-01T00:00:00.000000000Z",)"
            R"("time_ns":"0","seq":0,"host_id":"00000000000000010000000000000002","host":"host",)"
            R"("run_id":"00000000000000030000000000000004","path":"/a","path_truncated":false})");
}

TEST(JsonRow, FileClose_EmptyPath_IsNotLeftOut) { EXPECT_THAT(json_of(FileClose{""}), HasSubstr(R"(,"path":"",)")); }

TEST(JsonRow, FileRename_HostileNames_AreEscaped) {
  EXPECT_THAT(json_of(make<FileRename>([&](auto& own) {
                own.path = "\"\t\n\\\x1b";
                own.exchange = true;
              })),
              HasSubstr(R"("path":"\"\t\n\\\u001b","exchange":true)"));
}

TEST(JsonRow, FileCreateNew_PathIsNotUtf8_StandsExactInRawBeforeTheOwnFields) {
  EXPECT_THAT(json_of(make<FileCreateNew>([&](auto& own) { own.path = "/tmp\xff"; })),
              HasSubstr(",\"raw\":{\"path\":\"2f746d70ff\"},\"path\":\"/tmp\uFFFD\""));
}

TEST(JsonRow, ProcessExit_Nanoseconds_AreStringsAndBytesNumbers) {
  EXPECT_THAT(json_of(make<ProcessExit>([&](auto& own) {
                own.cpu_user = 12;
                own.max_rss = 4096;
              })),
              HasSubstr(R"("cpu_user":"12","max_rss":4096)"));
}

TEST(JsonRow, ProcessCreate_ListsAndNamedTexts_AreArraysAndObjects) {
  const std::array<Text, 2> argv{"a\"b", Text()};
  const std::array<NamedText, 1> environment{NamedText{"BASH_ENV", "/x"}};
  const std::string json = json_of(make<ProcessCreate>([&](auto& own) {
    own.argv = argv;
    own.capabilities = Hex64{255};
    own.environment = environment;
    own.source = ProcessSource::fork_only;
  }));
  EXPECT_THAT(json, HasSubstr(R"("argv":["a\"b",null],"argv_truncated":false)"));
  EXPECT_THAT(json, HasSubstr(R"("capabilities":"00000000000000ff","environment":{"BASH_ENV":"/x"})"));
  EXPECT_THAT(json, HasSubstr(R"("source":"fork_only")"));
  EXPECT_THAT(json, Not(HasSubstr(R"("groups":)")));
}

TEST(JsonRow, FileCreate_KnownFalse_IsFalse) {
  EXPECT_THAT(json_of(make<FileCreate>([&](auto& own) { own.immutable = false; })),
              HasSubstr(R"(,"immutable":false,)"));
}

TEST(JsonRow, FileBlock_WritersAndHash_AreWritten) {
  const std::array<Writer, 1> writers{Writer{{1, 2}, 3, 4}};
  FileBlock block;
  block.writers = writers;
  block.sha256_at_close = Sha256{};
  const std::string json = json_of(block);
  EXPECT_THAT(json, HasSubstr(R"("writers":[{"process_key":"00000000000000010000000000000002","bytes_read":3,)"));
  EXPECT_THAT(json, HasSubstr("\"sha256_at_close\":\"" + std::string(64, '0') + '"'));
}

TEST(JsonRow, AgentHealth_ComposedJson_IsEmbeddedOnOneLine) {
  EXPECT_THAT(json_of(make<AgentHealth>([&](auto& own) {
                own.clock_offset = -5;
                own.ledger = {"{\"a\":\n\"\\n\xff\"}"};
              })),
              EndsWith(",\"clock_offset\":\"-5\",\"ledger\":{\"a\": \"\\n\uFFFD\"}}"));
}

TEST(JsonRow, AgentLoss_Count_IsANumber) {
  EXPECT_THAT(json_of(make<AgentLoss>([&](auto& own) {
                own.family = "file";
                own.count = 3;
              })),
              EndsWith(R"("family":"file","count":3})"));
}

} // namespace
} // namespace monster
