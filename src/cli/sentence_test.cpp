// SPDX-License-Identifier: Apache-2.0
#include "cli/sentence.hpp"

#include "cli/event_samples.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

std::string said(Payload payload) { return sentence(sample::event(1, 1, std::move(payload))); }

TEST(Sentence, Process_SaysHowItCame) {
  ProcessCreate create = sample::start("ls -l");
  EXPECT_EQ(said(create), "exec ls -l");
  create.source = ProcessSource::fork_only;
  EXPECT_EQ(said(create), "forked ls -l");
  create.source = ProcessSource::snapshot;
  create.command_line = Text{};
  EXPECT_EQ(said(create), "runs ?");
}

TEST(Sentence, End_SaysCodeOrSignal) {
  ProcessExit end;
  end.exit_code = 7;
  EXPECT_EQ(said(end), "exit 7");
  end.signal = 9;
  EXPECT_EQ(said(end), "ended by signal 9");
}

TEST(Sentence, Act_NamesBothEnds) {
  FileBlock block = sample::act("rename", "/a");
  EXPECT_EQ(said(block), "rename /a");
  block.final_path = "/b";
  EXPECT_EQ(said(block), "rename /a -> /b");
  block.operation = "symlink";
  block.final_path = Text{};
  block.link_target = "../t";
  EXPECT_EQ(said(block), "symlink /a -> ../t");
}

TEST(Sentence, Block_SaysWhatWasDoneAndWhatBecameOfTheFile) {
  FileBlock block;
  block.source = BlockSource::open;
  block.path = "/a";
  EXPECT_EQ(said(block), "changed /a");
  block.bytes_read = 10;
  block.read_count = 2;
  EXPECT_EQ(said(block), "read /a  10 B in 2 calls");
  block.bytes_written = 4096;
  block.write_count = 1;
  EXPECT_EQ(said(block), "wrote /a  4.0 KiB written in 1 calls");
  block.created = block.renamed = block.deleted = block.made_executable = true;
  block.final_path = "/b";
  block.state = BlockState::open;
  EXPECT_EQ(said(block), "created /a  4.0 KiB written in 1 calls, now /b, deleted, made executable, still open");
}

TEST(Sentence, Loss_IsLoud) {
  AgentLoss loss;
  loss.family = "file";
  loss.count = 3;
  loss.reason = "the ring was full";
  EXPECT_EQ(said(loss), "LOST 3 of file: the ring was full");
}

TEST(Sentence, DetailsThatTheirBlockTells_HaveNone) {
  EXPECT_EQ(said(FileCreate{}), "");
  EXPECT_EQ(said(FileClose{}), "");
}

TEST(SizeText, IsShort) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(1024), "1.0 KiB");
  EXPECT_EQ(size_text(1234), "1.2 KiB");
  EXPECT_EQ(size_text(5ULL << 20), "5.0 MiB");
  EXPECT_EQ(size_text(~0ULL), "16777216.0 TiB");
}

} // namespace
} // namespace monster
