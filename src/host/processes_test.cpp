// SPDX-License-Identifier: Apache-2.0
#include "host/processes.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

constexpr BootTime now{100'000'000'000};

Actor actor_of(std::uint32_t pid, std::uint64_t exec_id = 0, std::int64_t start = now.ns) {
  return {.process = {{pid}, {start}, exec_id}, .tid = {pid}, .uid = 0, .mnt_ns = 4026, .session = 1};
}

class Table : public testing::Test {
protected:
  Process& fork(const Actor& parent, std::uint32_t child) {
    return table_.forked(parent, {actor_of(child, parent.process.exec_id).process, 100, "/srv"}, now);
  }
  Process& exec(const Actor& actor, std::string_view image, std::string_view arguments = {}) {
    ProcessImage run;
    run.image = image;
    run.arguments = arguments;
    run.parent = actor_of(1).process;
    return table_.runs_image(actor, run, now);
  }

  KeyMaker keys_{{1, 2}, {3}, {4, 5}};
  ProcessTable table_{keys_};
};

TEST_F(Table, Fork_InheritsImageAndPlace) {
  const Actor parent = actor_of(10, 1);
  exec(parent, "/bin/sh", std::string_view("sh\0-c\0x y\0", 10));
  const Process& child = fork(parent, 11);
  ASSERT_TRUE(child.text);
  EXPECT_EQ(child.text->image, "/bin/sh");
  EXPECT_EQ(child.text->command_line, "sh -c 'x y'");
  EXPECT_EQ(child.parent, parent.process);
  EXPECT_EQ(child.cwd, "/srv");
  EXPECT_EQ(child.gid, 100U);
  EXPECT_EQ(child.mnt_ns, 4026U);
  EXPECT_EQ(child.key, keys_.of(child.identity));
  EXPECT_FALSE(child.told);
  EXPECT_EQ(table_.find(parent.process)->totals.children, 1U);
}

TEST_F(Table, Fork_OfAnExcludedOrTracedProcess_IsSoToo) {
  const Actor parent = actor_of(10);
  Process& process = table_.of(parent, now);
  process.excluded = process.traced = true;
  EXPECT_TRUE(fork(parent, 11).excluded);
  EXPECT_TRUE(fork(parent, 12).traced);
}

TEST_F(Table, Fork_ToldAfterItsExec_KeepsTheNewImage) {
  const Actor child = actor_of(11);
  exec(child, "/bin/new");
  exec(actor_of(10), "/bin/old");
  const Process& process = fork(actor_of(10), 11);
  EXPECT_EQ(process.text->image, "/bin/new");
  EXPECT_EQ(process.parent, actor_of(10).process);
}

TEST_F(Table, Exec_MakesANewProcessAndLeavesTheOldOneForLateEvents) {
  const Actor before = actor_of(10, 1), after = actor_of(10, 2);
  Process& old = exec(before, "/bin/sh");
  old.totals.files_written = 3;
  old.traced = true;
  const Process& process = exec(after, "/bin/ls");
  EXPECT_NE(process.key, table_.find(before.process)->key);
  EXPECT_EQ(process.text->image, "/bin/ls");
  EXPECT_EQ(process.totals.files_written, 3U); // totals are those of the pid
  EXPECT_TRUE(process.traced);
  EXPECT_EQ(table_.find(before.process)->text->image, "/bin/sh");
  table_.forget_before(now + ProcessTable::keep_after_end + Duration{1});
  EXPECT_EQ(table_.find(before.process), nullptr);
  EXPECT_NE(table_.find(after.process), nullptr);
}

TEST_F(Table, Exec_IsJudgedAnew) {
  exec(actor_of(10, 1), "/bin/sh").excluded = true;
  EXPECT_FALSE(exec(actor_of(10, 2), "/bin/ls").excluded);
}

TEST_F(Table, Exec_InAContainer_KnowsItsId) {
  const std::string id(64, 'a');
  const std::string cgroup = "/system.slice/docker-" + id + ".scope";
  ProcessImage image;
  image.cgroup = Text(cgroup);
  EXPECT_EQ(table_.runs_image(actor_of(10), image, now).text->container_id, id);
  image.cgroup = "/user.slice";
  EXPECT_EQ(table_.runs_image(actor_of(11), image, now).text->container_id, "");
}

TEST_F(Table, Found_TakesNothingFromAnEarlierImage) {
  exec(actor_of(10, 1), "/bin/sh").totals.files_written = 3;
  ProcessImage found;
  found.found = true;
  found.image = "/bin/ls";
  EXPECT_EQ(table_.runs_image(actor_of(10, 2), found, now).totals.files_written, 0U);
}

TEST_F(Table, Ended_IsKeptForWhatComesLateThenForgotten) {
  const Actor actor = actor_of(10);
  exec(actor, "/bin/sh");
  table_.ended(actor.process, now);
  table_.ended(actor.process, now + seconds(9)); // a second time changes nothing
  table_.ended(actor_of(99).process, now);       // nobody
  table_.forget_before(now + ProcessTable::keep_after_end);
  ASSERT_NE(table_.find(actor.process), nullptr);
  EXPECT_TRUE(table_.find(actor.process)->ended);
  table_.forget_before(now + ProcessTable::keep_after_end + Duration{1});
  EXPECT_EQ(table_.find(actor.process), nullptr);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(Table, UnknownActor_CountsAsToldOnlyWhenItMayHaveBeenForgotten) {
  const Actor old = actor_of(10, 0, 1), older = actor_of(11, 0, 1);
  table_.forget_before(now); // the first time that it is told
  EXPECT_FALSE(table_.of(old, now).told) << "nothing can be forgotten yet: it acts ahead of its snapshot";
  EXPECT_EQ(table_.of(old, now).mnt_ns, 4026U);
  const BootTime later = now + ProcessTable::keep_after_end + Duration{1};
  EXPECT_FALSE(table_.of(actor_of(12, 0, later.ns - 1), later).told);
  EXPECT_TRUE(table_.of(older, later).told);
  EXPECT_EQ(table_.size(), 3U);
}

TEST_F(Table, ActorAheadOfItsSnapshot_IsKnownUntilItEnds) {
  const Actor actor = actor_of(10);
  table_.of(actor, now);
  ProcessImage found;
  found.found = true;
  found.image = "/bin/daemon";
  table_.runs_image(actor, found, now);
  const BootTime later = now + ProcessTable::keep_after_end + Duration{1};
  table_.forget_before(later);
  ASSERT_NE(table_.find(actor.process), nullptr);
  EXPECT_EQ(table_.find(actor.process)->text->image, "/bin/daemon");
  table_.ended(actor.process, later);
  table_.forget_before(later + ProcessTable::keep_after_end + Duration{1});
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(Table, ReusedPid_IsAnotherProcess) {
  Process& first = exec(actor_of(10, 0, 1), "/bin/a");
  Process& second = exec(actor_of(10, 0, 2), "/bin/b");
  EXPECT_NE(first.key, second.key);
  EXPECT_EQ(first.text->image, "/bin/a");
}

TEST_F(Table, Full_EvictsWhatEndedFirstAndCountsIt) {
  for (std::uint32_t pid = 1; pid <= ProcessTable::max_processes; ++pid)
    table_.forked(actor_of(0), {actor_of(pid).process, 0, {}}, now);
  EXPECT_EQ(table_.evicted(), 1U); // pid 0, of whom nothing else is known
  table_.ended(actor_of(5).process, now);
  table_.ended(actor_of(6).process, now);
  exec(actor_of(ProcessTable::max_processes + 1), "/bin/sh");
  EXPECT_EQ(table_.size(), ProcessTable::max_processes);
  EXPECT_EQ(table_.evicted(), 2U);
  EXPECT_EQ(table_.find(actor_of(5).process), nullptr);
  EXPECT_NE(table_.find(actor_of(6).process), nullptr);
}

} // namespace
} // namespace monster
