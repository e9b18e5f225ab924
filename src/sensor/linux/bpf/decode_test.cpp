// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/decode.hpp"

#include "sensor/linux/bpf/decode_test_kit.hpp"

#include <algorithm>

namespace monster {
namespace {

using namespace decode_test;

TEST(Decode, Fork_RoundTrips) {
  auto fork = record_of<wire::wire_fork>(wire::WIRE_FORK);
  fork->child_start = 9'001;
  fork->child_pid = 72;
  fork->child_exec_id = 3;
  fork->gid = 100;
  fork.text(fork->cwd_length, "/home/a b");
  DecodeMemory memory;
  const auto forked = decoded<ProcessForked>(fork.bytes(), memory);
  EXPECT_EQ(forked.child, (ProcessIdentity{{72}, {9'001}, 3}));
  EXPECT_EQ(forked.gid, 100U);
  EXPECT_EQ(text_of(forked.cwd), "/home/a b");
  refuse_lies(fork, {&fork->cwd_length});
}

WireBuilder<wire::wire_exec> image_record(wire::wire_type type) {
  auto exec = record_of<wire::wire_exec>(type);
  exec->parent_start = 1'000;
  exec->parent_pid = 60;
  exec->parent_exec_id = 2;
  exec->cap_effective = 0x1ffffffffff;
  exec->gid = 100;
  exec->login_uid = 1001;
  exec->flags = wire::WIRE_EXEC_ARGS_TRUNCATED | wire::WIRE_EXEC_SCRIPT_FILE;
  exec->group_count = 2;
  exec->ns_pid = 21, exec->ns_net = 22, exec->ns_user = 23, exec->ns_uts = 24, exec->ns_ipc = 25, exec->ns_cgroup = 26;
  exec->image = {.inode = 98, .device = 0x800002, .generation = 6};
  exec->image_facts = some_facts;
  exec->fs_magic = 0x9123683e;
  exec->script = {.inode = 99, .device = 0x800003, .generation = 7};
  exec->script_facts = some_facts;
  exec->script_fs_magic = 0xef53;
  std::memcpy(exec->tty, "pts/3", 6);
  exec.text(exec->image_length, "/usr/bin/dash")
      .text(exec->filename_length, "./run")
      .text(exec->interpreter_length, "/bin/sh")
      .text(exec->script_length, "/srv/run");
  exec.text(exec->cwd_length, "/srv").text(exec->cgroup_length, "/user.slice");
  exec.text(exec->groups_length, std::string_view("\x04\0\0\0\x1b\0\0\0", 8));
  exec.text(exec->args_length, std::string_view("sh\0-c\0", 6)).text(exec->env_length, std::string_view("A=1\0", 4));
  return exec;
}

TEST(Decode, Exec_RoundTrips) {
  auto exec = image_record(wire::WIRE_EXEC);
  DecodeMemory memory;
  const auto image = decoded<ProcessImage>(exec.bytes(), memory);
  EXPECT_FALSE(image.found);
  EXPECT_EQ(image.parent, (ProcessIdentity{{60}, {1'000}, 2}));
  EXPECT_EQ(image.capabilities, 0x1ffffffffffU);
  EXPECT_EQ(image.gid, 100U);
  EXPECT_EQ(image.login_uid, 1001U);
  EXPECT_TRUE(image.gaps.arguments_truncated);
  EXPECT_FALSE(image.gaps.groups_truncated);
  ASSERT_TRUE(image.script.has_value());
  EXPECT_EQ(image.script->file, (FileIdentity{0x800003, 99, 7}));
  EXPECT_EQ(image.script->state.size, 11U);
  EXPECT_EQ(image.script->fs_magic, 0xef53U);
  EXPECT_EQ(text_of(image.script->path), "/srv/run");
  EXPECT_EQ(image.namespaces.pid, 21U);
  EXPECT_EQ(image.namespaces.cgroup, 26U);
  EXPECT_EQ(image.image_file, (FileIdentity{0x800002, 98, 6}));
  EXPECT_EQ(image.image_state.size, 11U);
  EXPECT_EQ(image.image_state.mtime.ns, 12);
  EXPECT_EQ(image.image_fs, 0x9123683eU);
  EXPECT_EQ(text_of(image.tty), "pts/3");
  ASSERT_EQ(image.groups.size(), 2U);
  EXPECT_EQ(image.groups[1], 27U);
  EXPECT_EQ(text_of(image.image), "/usr/bin/dash");
  EXPECT_EQ(text_of(image.filename), "./run");
  EXPECT_EQ(text_of(image.interpreter), "/bin/sh");
  EXPECT_EQ(text_of(image.cwd), "/srv");
  EXPECT_EQ(text_of(image.cgroup), "/user.slice");
  EXPECT_EQ(image.arguments.bytes(), std::string_view("sh\0-c\0", 6));
  EXPECT_EQ(image.environment.bytes(), std::string_view("A=1\0", 4));
  refuse_lies(exec,
              {&exec->image_length, &exec->filename_length, &exec->interpreter_length, &exec->script_length,
               &exec->cwd_length, &exec->cgroup_length, &exec->groups_length, &exec->args_length, &exec->env_length});
}

TEST(Decode, Task_IsAnImageThatWasFound) {
  auto task = image_record(wire::WIRE_TASK);
  DecodeMemory memory;
  EXPECT_TRUE(decoded<ProcessImage>(task.bytes(), memory).found);
}

TEST(Decode, Exec_UnsetLoginUid_IsUnknown) {
  auto exec = image_record(wire::WIRE_EXEC);
  exec->login_uid = 0xffffffff;
  DecodeMemory memory;
  EXPECT_FALSE(decoded<ProcessImage>(exec.bytes(), memory).login_uid.has_value());
}

TEST(Decode, Exec_MoreGroupsThanFollow_GivesThoseThatFollow_AndSaysSo) {
  auto exec = image_record(wire::WIRE_EXEC);
  exec->group_count = 3;
  DecodeMemory memory;
  const auto image = decoded<ProcessImage>(exec.bytes(), memory);
  EXPECT_EQ(image.groups.size(), 2U);
  EXPECT_TRUE(image.gaps.groups_truncated);
}

TEST(Decode, Exec_PartOfAGroup_IsRefused) {
  auto exec = record_of<wire::wire_exec>(wire::WIRE_EXEC);
  exec.text(exec->groups_length, "abcde");
  EXPECT_TRUE(is_refused(exec.bytes()));
}

TEST(Decode, Exec_MoreGroupsThanTheKernelProgramsSend_AreRefused) {
  auto exec = record_of<wire::wire_exec>(wire::WIRE_EXEC);
  exec.text(exec->groups_length, std::string((wire::WIRE_GROUPS_MAX + 1) * sizeof(std::uint32_t), 'g'));
  EXPECT_TRUE(is_refused(exec.bytes()));
}

TEST(Decode, Exec_EachGap_HasItsFlag) {
  constexpr std::pair<wire::wire_exec_flags, bool ImageGaps::*> flags[] = {
      {wire::WIRE_EXEC_ARGS_TRUNCATED, &ImageGaps::arguments_truncated},
      {wire::WIRE_EXEC_ARGS_UNREADABLE, &ImageGaps::arguments_unreadable},
      {wire::WIRE_EXEC_ENV_TRUNCATED, &ImageGaps::environment_truncated},
      {wire::WIRE_EXEC_ENV_UNREADABLE, &ImageGaps::environment_unreadable},
      {wire::WIRE_EXEC_IMAGE_TRUNCATED, &ImageGaps::image_truncated},
      {wire::WIRE_EXEC_CWD_TRUNCATED, &ImageGaps::cwd_truncated},
      {wire::WIRE_EXEC_SCRIPT_TRUNCATED, &ImageGaps::script_truncated},
      {wire::WIRE_EXEC_CGROUP_TRUNCATED, &ImageGaps::cgroup_truncated},
  };
  for (const auto& [flag, gap] : flags) {
    auto exec = record_of<wire::wire_exec>(wire::WIRE_EXEC);
    exec->flags = flag;
    DecodeMemory memory;
    const auto image = decoded<ProcessImage>(exec.bytes(), memory);
    for (const auto& [other_flag, other] : flags)
      EXPECT_EQ(image.gaps.*other, other_flag == flag) << flag;
    EXPECT_FALSE(image.script.has_value());
  }
}

TEST(Decode, Fork_CutDirectory_SaysSo) {
  auto fork = record_of<wire::wire_fork>(wire::WIRE_FORK);
  fork->cwd_truncated = 1;
  DecodeMemory memory;
  EXPECT_TRUE(decoded<ProcessForked>(fork.bytes(), memory).cwd_truncated);
}

TEST(Decode, Exec_TtyWithoutNul_StaysInItsField) {
  auto exec = image_record(wire::WIRE_EXEC);
  std::fill(std::begin(exec->tty), std::end(exec->tty), 't');
  DecodeMemory memory;
  EXPECT_EQ(text_of(decoded<ProcessImage>(exec.bytes(), memory).tty), std::string(16, 't'));
}

TEST(Decode, TextWithoutLength_IsUnknownNotEmpty) {
  auto exec = record_of<wire::wire_exec>(wire::WIRE_EXEC);
  DecodeMemory memory;
  const auto image = decoded<ProcessImage>(exec.bytes(), memory);
  EXPECT_TRUE(image.image.is_null() && image.arguments.is_null() && image.cwd.is_null() && image.tty.is_null());
}

TEST(Decode, Exit_RoundTrips) {
  auto exit = record_of<wire::wire_exit>(wire::WIRE_EXIT);
  exit->code = 0x8b;
  exit->utime = 3'000'000;
  exit->stime = 1'000'000;
  exit->runtime = 8'000'000;
  exit->max_rss = 5;
  exit->bytes_read = 6;
  exit->bytes_written = 7;
  exit->lost = 8;
  DecodeMemory memory;
  const auto exited = decoded<ProcessExited>(exit.bytes(), memory);
  EXPECT_EQ(exited.wait_status, 0x8b);
  EXPECT_EQ(exited.cpu_user.ns, 6'000'000); // the run time, in the proportion of the samples
  EXPECT_EQ(exited.cpu_system.ns, 2'000'000);
  EXPECT_EQ(exited.max_rss, 5U * 4096);
  EXPECT_EQ(exited.bytes_read, 6U);
  EXPECT_EQ(exited.bytes_written, 7U);
  EXPECT_EQ(exited.lost, 8U);
  refuse_cuts(exit.bytes());
}

TEST(Decode, Exit_LossThatTheKernelCouldNotCount_IsUnknown) {
  auto exit = record_of<wire::wire_exit>(wire::WIRE_EXIT);
  exit->lost = wire::WIRE_LOST_UNKNOWN;
  DecodeMemory memory;
  EXPECT_FALSE(decoded<ProcessExited>(exit.bytes(), memory).lost.has_value());
}

TEST(Decode, Exit_OneSampleIsZero_TheOtherHasAllTime) {
  auto exit = record_of<wire::wire_exit>(wire::WIRE_EXIT);
  exit->runtime = 500;
  DecodeMemory memory;
  EXPECT_EQ(decoded<ProcessExited>(exit.bytes(), memory).cpu_user.ns, 500);
  exit->stime = 1;
  EXPECT_EQ(decoded<ProcessExited>(exit.bytes(), memory).cpu_system.ns, 500);
  EXPECT_EQ(decoded<ProcessExited>(exit.bytes(), memory).cpu_user.ns, 0);
}

TEST(Decode, Exit_HugeTimes_AddUpToTheRunTime) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  auto exit = record_of<wire::wire_exit>(wire::WIRE_EXIT);
  exit->utime = 1;
  exit->stime = std::numeric_limits<std::uint64_t>::max();
  exit->runtime = static_cast<std::uint64_t>(most);
  DecodeMemory memory;
  const auto exited = decoded<ProcessExited>(exit.bytes(), memory);
  EXPECT_GE(exited.cpu_user.ns, 0);
  EXPECT_EQ(exited.cpu_user.ns, most - exited.cpu_system.ns);
}

TEST(Decode, UnknownType_IsRefused) {
  auto record = record_of<wire::wire_handle_used>(wire::WIRE_HANDLE_USED);
  for (const std::uint16_t type :
       {std::uint16_t{0}, std::uint16_t{wire::WIRE_HANDLE_USED + 1}, std::uint16_t{0xffff}}) {
    record->header.type = type;
    EXPECT_TRUE(is_refused(record.bytes())) << type;
  }
}

TEST(Decode, TimesThatNoClockShows_CanStillBeReckonedWith) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  WireBuilder<wire::wire_fork> fork(
      wire::WIRE_FORK, most, {.start = most, .pid = 1, .tid = 1, .exec_id = 0, .uid = 0, .mnt_ns = 0, .session = 0});
  fork->child_start = most;
  DecodeMemory memory;
  const Result<Observation> seen = decode(fork.bytes(), memory);
  ASSERT_TRUE(seen.has_value());
  EXPECT_GT(seen->time.ns, 0);
  EXPECT_GE(seen->time.ns, seen->actor.process.start.ns);
  EXPECT_GT((seen->time + seconds(10)).ns, seen->time.ns);
  EXPECT_EQ(record_time(fork.bytes()), seen->time);
}

TEST(RecordTime, IsThatOfTheHeader_UnlessItIsCut) {
  auto record = record_of<wire::wire_handle_used>(wire::WIRE_HANDLE_USED);
  const std::span<const std::byte> bytes = record.bytes();
  EXPECT_EQ(record_time(bytes), BootTime{9'000});
  EXPECT_EQ(record_time(bytes.first(sizeof(wire::wire_header))), BootTime{9'000});
  EXPECT_FALSE(record_time(bytes.first(sizeof(wire::wire_header) - 1)).has_value());
  EXPECT_FALSE(record_time({}).has_value());
}

} // namespace
} // namespace monster
