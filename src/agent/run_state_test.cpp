// SPDX-License-Identifier: Apache-2.0
#include "agent/run_state.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace monster {
namespace {

namespace fs = std::filesystem;

class State : public testing::Test {
protected:
  State() {
    std::string pattern = (fs::temp_directory_path() / "monster-state-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      ADD_FAILURE() << system_error("make directory", pattern).message();
    root_ = pattern;
  }
  ~State() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  [[nodiscard]] std::string data() const { return root_ / "data"; }
  void write(const std::string& name, std::string_view text) const { std::ofstream(root_ / "data" / name) << text; }
  std::optional<RunState> read_with(std::string_view text) const {
    const auto directory = DataDirectory::open(data());
    write("state", text);
    return directory ? directory->read_state() : std::nullopt;
  }

  fs::path root_;
  const std::string run_id_ = std::string(30, '0') + "af";
};

TEST_F(State, DataDirectory_IsMadeWithItsParentsAndPrivate) {
  const auto directory = DataDirectory::open(root_ / "a/b/data/");
  ASSERT_TRUE(directory.has_value()) << directory.error().message();
  struct stat status{};
  ASSERT_EQ(::stat((root_ / "a/b/data").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  EXPECT_FALSE(directory->read_state().has_value());
}

TEST_F(State, DataDirectory_InUse_IsTakenUntilItIsLeft) {
  {
    const auto first = DataDirectory::open(data());
    ASSERT_TRUE(first.has_value());
    const auto second = DataDirectory::open(data());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().kind, ErrorKind::taken);
    EXPECT_FALSE(second.error().advice.empty());
  }
  EXPECT_TRUE(DataDirectory::open(data()).has_value());
}

TEST_F(State, DataDirectory_SymbolicLink_IsRefused) {
  fs::create_directory(root_ / "elsewhere");
  fs::create_directory_symlink(root_ / "elsewhere", data());
  for (const std::string& path : {data(), data() + "/", data() + "//"}) {
    const auto directory = DataDirectory::open(path);
    ASSERT_FALSE(directory.has_value()) << path;
    EXPECT_EQ(directory.error().reason, "it is a symbolic link");
    EXPECT_NE(directory.error().kind, ErrorKind::taken);
  }
}

TEST_F(State, DataDirectory_OthersMayWriteToIt_IsRefused) {
  fs::create_directory(data());
  fs::permissions(data(), fs::perms::owner_all | fs::perms::group_write);
  EXPECT_FALSE(DataDirectory::open(data()).has_value());
}

TEST_F(State, DataDirectory_OfAnotherUser_IsRefused) {
  if (::geteuid() != 0)
    GTEST_SKIP() << "only root can give a directory away";
  fs::create_directory(data());
  ASSERT_EQ(::chown(data().c_str(), 12345, 0), 0);
  EXPECT_FALSE(DataDirectory::open(data()).has_value());
}

TEST_F(State, DataDirectory_FileInItsPlace_IsRefused) {
  std::ofstream(data()) << "x";
  EXPECT_FALSE(DataDirectory::open(data()).has_value());
  EXPECT_FALSE(DataDirectory::open("").has_value());
}

TEST_F(State, DataDirectory_LockIsALinkElsewhere_IsNotFollowed) {
  fs::create_directory(data());
  fs::permissions(data(), fs::perms::owner_all);
  fs::create_symlink(root_ / "planted", root_ / "data/lock");
  EXPECT_FALSE(DataDirectory::open(data()).has_value());
  EXPECT_FALSE(fs::exists(root_ / "planted"));
}

TEST_F(State, RunState_RoundTripsAndReplacesTheOneBefore) {
  const auto directory = DataDirectory::open(data());
  ASSERT_TRUE(directory.has_value());
  ASSERT_TRUE(directory->write_state({run_id_, false, 5, {6}}).has_value());
  EXPECT_FALSE(directory->read_state()->clean);
  ASSERT_TRUE(directory->write_state({run_id_, true, 7, {-8}}).has_value());
  const auto state = directory->read_state();
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->run_id, run_id_);
  EXPECT_TRUE(state->clean);
  EXPECT_EQ(state->last_seq, 7);
  EXPECT_EQ(state->time, WallTime{-8});
  EXPECT_FALSE(fs::exists(root_ / "data/state.part"));
}

TEST_F(State, RunState_LinkPlantedForItsPart_IsNotWrittenThrough) {
  const auto directory = DataDirectory::open(data());
  ASSERT_TRUE(directory.has_value());
  std::ofstream(root_ / "precious") << "keep";
  fs::create_symlink(root_ / "precious", root_ / "data/state.part");
  ASSERT_TRUE(directory->write_state({run_id_, true, 1, {2}}).has_value());
  EXPECT_EQ(fs::file_size(root_ / "precious"), 4U);
  EXPECT_FALSE(fs::is_symlink(root_ / "data/state"));
}

TEST_F(State, RunState_WhatWeDidNotWrite_IsNoState) {
  const std::string good = run_id_ + " clean 1 2\n";
  EXPECT_TRUE(read_with(good).has_value());
  for (const std::string& bad :
       {std::string(), std::string("\n"), good.substr(0, good.size() - 1), good + "\n", run_id_ + " clean 1 2 3\n",
        run_id_ + " dirty 1 2\n", run_id_ + " clean 1\n", run_id_ + " clean x 2\n", run_id_ + " clean 1 2x\n",
        run_id_ + " clean 99999999999999999999 2\n", run_id_.substr(1) + " clean 1 2\n", run_id_ + "0 clean 1 2\n",
        std::string(32, '"') + " clean 1 2\n", std::string(1000, 'a')})
    EXPECT_FALSE(read_with(bad).has_value()) << bad;
}

TEST_F(State, RunState_FifoInItsPlace_IsNotWaitedFor) {
  const auto directory = DataDirectory::open(data());
  ASSERT_TRUE(directory.has_value());
  ASSERT_EQ(::mkfifo((root_ / "data/state").c_str(), 0600), 0);
  EXPECT_FALSE(directory->read_state().has_value());
}

TEST_F(State, Ready_IsMarkedAndUnmarked) {
  const auto directory = DataDirectory::open(data());
  ASSERT_TRUE(directory.has_value());
  ASSERT_TRUE(directory->mark_ready().has_value());
  ASSERT_TRUE(directory->mark_ready().has_value());
  EXPECT_TRUE(fs::exists(root_ / "data/ready"));
  directory->unmark_ready();
  EXPECT_FALSE(fs::exists(root_ / "data/ready"));
}

} // namespace
} // namespace monster
