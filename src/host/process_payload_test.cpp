// SPDX-License-Identifier: Apache-2.0
#include "host/process_payload.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

std::string text_of(Text text) { return text.is_null() ? "(null)" : std::string(text.bytes()); }

std::vector<std::string> texts_of(TextList list) {
  std::vector<std::string> texts;
  for (const Text text : list)
    texts.push_back(text_of(text));
  return texts;
}

class MadeUpHost final : public HostAnswers {
public:
  Text user_name(std::uint32_t, BootTime) override { return {}; }
  Text group_name(std::uint32_t gid, BootTime) override { return gid == 4 ? Text("adm") : Text{}; }
  Asked identity(std::uint64_t, const FileReference&, FileFacts&) override { return Asked::refused; }
  std::optional<Directory> directory(Pid, const std::string&) override { return std::nullopt; }
  void changed(const FileIdentity&) override {}
};

using Texts = std::vector<std::string>;

class Payload1500 : public testing::Test {
protected:
  Payload1500() {
    seen_.time = {9'000};
    seen_.actor = {.process = {{70}, {5'000}, 2}, .tid = {70}, .uid = 0, .mnt_ns = 4026, .session = 60};
    image_.image = "/usr/bin/dash";
    image_.filename = image_.interpreter = "/bin/sh";
    image_.cwd = "/srv";
    image_.arguments = std::string_view("sh\0-c\0a b\0", 10);
    image_.image_file = {8, 9, 1};
    image_.image_state = {.size = 11, .mtime = {12}, .ctime = {13}, .mode = 0100755, .nlink = 1};
    image_.parent = {{60}, {4'000}, 1};
  }
  ProcessCreate create() {
    const Process& process = table_.runs_image(seen_.actor, image_, seen_.time);
    return make_process_create(context(), process, seen_, image_, arena_);
  }
  PayloadContext context() { return {keys_, table_, host_, {1'000}, environment_}; }
  void run(std::uint32_t pid, std::string_view image, ProcessIdentity parent) {
    ProcessImage runs;
    runs.image = image;
    runs.arguments = image;
    runs.parent = parent;
    table_.runs_image({.process = {{pid}, {4'000}, 1}, .tid = {pid}}, runs, seen_.time);
  }

  KeyMaker keys_{{1, 2}, {3}, {4, 5}};
  ProcessTable table_{keys_};
  MadeUpHost host_;
  std::vector<std::string> environment_{"LD_PRELOAD", "SUDO_USER"};
  Arena arena_;
  Observation seen_;
  ProcessImage image_;
};

TEST_F(Payload1500, ProcessCreate_OfAnExec_TellsWhatRuns) {
  image_.capabilities = 0x20;
  image_.login_uid = 1000;
  image_.gid = 100;
  image_.tty = "pts/3";
  image_.gaps.arguments_truncated = true;
  const std::uint32_t groups[] = {4, 27};
  image_.groups = groups;
  const ProcessCreate made = create();
  EXPECT_EQ(made.start_time, WallTime{6'000});
  EXPECT_EQ(made.exec_time, WallTime{10'000});
  EXPECT_EQ(made.source, ProcessSource::exec);
  EXPECT_EQ(text_of(made.command_line), "sh -c 'a b'");
  EXPECT_EQ(texts_of(made.argv), (Texts{"sh", "-c", "a b"}));
  EXPECT_TRUE(made.argv_truncated);
  EXPECT_EQ(text_of(made.cwd), "/srv");
  EXPECT_EQ(made.gid, 100U);
  EXPECT_EQ(texts_of(made.groups), (Texts{"adm", "27"}));
  EXPECT_EQ(made.login_uid, 1000U);
  EXPECT_EQ(made.session_id, 60U);
  EXPECT_EQ(text_of(made.tty), "pts/3");
  EXPECT_EQ(made.capabilities, Hex64{0x20});
  EXPECT_EQ(made.file_key, keys_.of(image_.image_file));
  EXPECT_EQ(made.image_size, 11U);
  EXPECT_EQ(made.image_mtime, WallTime{12});
  EXPECT_FALSE(made.fileless);
  EXPECT_TRUE(made.script.is_null() && made.interpreter.is_null());
}

TEST_F(Payload1500, ProcessCreate_Found_HasNoExecTimeAndNoScript) {
  image_.found = true;
  image_.filename = "/srv/run";
  const ProcessCreate made = create();
  EXPECT_EQ(made.source, ProcessSource::snapshot);
  EXPECT_FALSE(made.exec_time.has_value());
  EXPECT_TRUE(made.script.is_null());
}

TEST_F(Payload1500, ProcessCreate_ArgumentsUnreadable_AreUnknownNotNone) {
  image_.arguments = Text{};
  const ProcessCreate made = create();
  EXPECT_TRUE(made.command_line.is_null());
  EXPECT_EQ(made.argv.data(), nullptr);
}

TEST_F(Payload1500, ProcessCreate_Parents_AreNearestFirst) {
  run(1, "/sbin/init", {});
  run(60, "/bin/login", {{1}, {4'000}, 1});
  const ProcessCreate made = create();
  EXPECT_EQ(made.ppid, 60U);
  EXPECT_EQ(made.parent_process_key, keys_.of(image_.parent));
  EXPECT_EQ(text_of(made.parent_image), "/bin/login");
  EXPECT_EQ(text_of(made.parent_command_line), "/bin/login");
  EXPECT_EQ(texts_of(made.ancestors), (Texts{"/bin/login", "/sbin/init"}));
}

TEST_F(Payload1500, ProcessCreate_ParentUnknown_HasItsKeyOnly) {
  const ProcessCreate made = create();
  EXPECT_TRUE(made.parent_process_key.has_value());
  EXPECT_TRUE(made.parent_image.is_null());
  EXPECT_EQ(made.ancestors.data(), nullptr);
}

TEST_F(Payload1500, ProcessCreate_ParentsInACircle_EndAtEight) {
  run(60, "/bin/a", {{61}, {4'000}, 1});
  run(61, "/bin/b", {{60}, {4'000}, 1});
  EXPECT_EQ(create().ancestors.size(), 8U);
}

TEST_F(Payload1500, ProcessCreate_SecondExec_NamesTheFirstIfItWasTold) {
  const ProcessIdentity before{{70}, {5'000}, 1};
  table_.runs_image({.process = before, .tid = {70}}, image_, seen_.time).told = true;
  EXPECT_EQ(create().previous_process_key, keys_.of(before));
  table_.find(before)->told = false;
  EXPECT_FALSE(create().previous_process_key.has_value());
}

TEST_F(Payload1500, ProcessCreate_Script_IsNamedWithItsInterpreter) {
  image_.filename = "/srv/run";
  ProcessCreate made = create();
  EXPECT_EQ(text_of(made.script), "/srv/run");
  EXPECT_EQ(text_of(made.interpreter), "/bin/sh");
  image_.filename = "run";
  EXPECT_EQ(text_of(create().script), "/srv/run");
  image_.cwd = "/";
  EXPECT_EQ(text_of(create().script), "/run");
}

TEST_F(Payload1500, ProcessCreate_ScriptWhoseFileIsKnown_HasItsTruePath) {
  image_.filename = "./../srv/link";
  image_.script = ScriptFile{{8, 77, 2}, {.size = 21, .mtime = {22}, .ctime = {23}}, 0xef53, "/opt/run"};
  const ProcessCreate made = create();
  EXPECT_EQ(text_of(made.script), "/opt/run");
  EXPECT_EQ(made.script_file_key, keys_.of(image_.script->file));
  const auto reference = reference_to_script(seen_, image_);
  ASSERT_TRUE(reference.has_value());
  EXPECT_EQ(reference->path, "/opt/run");
  EXPECT_EQ(reference->identity, image_.script->file);
  EXPECT_EQ(reference->size, 21U);
  EXPECT_EQ(reference->fs_magic, 0xef53U);
  EXPECT_FALSE(reference->descriptor.has_value());
}

TEST_F(Payload1500, ReferenceToScript_GivenByDescriptor_NamesIt) {
  image_.script = ScriptFile{};
  for (const std::string_view called : {"/dev/fd/17", "/proc/self/fd/17"}) {
    image_.filename = called;
    EXPECT_EQ(reference_to_script(seen_, image_)->descriptor, 17U) << called;
  }
  for (const std::string_view called : {"/dev/fd/", "/dev/fd/17x", "/dev/fd/99999999999", "17"}) {
    image_.filename = called;
    EXPECT_FALSE(reference_to_script(seen_, image_)->descriptor.has_value()) << called;
  }
}

TEST_F(Payload1500, ProcessCreate_ScriptWhoseFileIsUnknown_IsToldAsItWasCalled) {
  image_.cwd = "/srv/deep";
  for (const auto& [called, told] : {std::pair{".././run", "/srv/run"},
                                     {"../../../../run", "/run"},
                                     {".//x/../run", "/srv/deep/x/../run"},
                                     {"/a/../run", "/a/../run"}}) {
    image_.filename = std::string_view(called);
    const ProcessCreate made = create();
    EXPECT_EQ(text_of(made.script), told);
    EXPECT_EQ(made.script_hash_status, HashStatus::unreadable);
    EXPECT_FALSE(made.script_file_key.has_value());
  }
  EXPECT_FALSE(reference_to_script(seen_, image_).has_value());
}

TEST_F(Payload1500, ProcessCreate_Gaps_AreTold) {
  image_.gaps = {
      .arguments_unreadable = true, .environment_truncated = true, .groups_truncated = true, .cwd_truncated = true};
  const ProcessCreate made = create();
  EXPECT_TRUE(made.argv_unreadable && made.environment_truncated && made.groups_truncated && made.cwd_truncated);
  EXPECT_FALSE(made.argv_truncated || made.environment_unreadable || made.image_truncated || made.script_truncated ||
               made.cgroup_truncated);
}

TEST_F(Payload1500, ProcessCreate_RelativeScriptInUnknownDirectory_IsNotMadeAbsolute) {
  image_.filename = "run";
  image_.cwd = Text{};
  EXPECT_EQ(text_of(create().script), "run");
}

TEST_F(Payload1500, ProcessCreate_DeletedOrInMemory_IsFileless) {
  image_.image_state.nlink = 0;
  EXPECT_TRUE(create().fileless);
  image_.image_state.nlink = 1;
  image_.image = "/memfd:x (deleted)";
  EXPECT_TRUE(create().fileless);
}

TEST_F(Payload1500, ProcessCreate_ImageFileUnreadable_IsUnknownNotFileless) {
  image_.image_file = {};
  image_.image_state = {};
  const ProcessCreate made = create();
  EXPECT_FALSE(made.fileless || made.file_key || made.image_size || made.image_mtime);
}

TEST_F(Payload1500, ProcessCreate_Environment_TellsTheSelectedOnceEach) {
  image_.environment = std::string_view("PATH=/bin\0SUDO_USER=a=b\0NOEQUALS\0SUDO_USER=late\0LD_PRELOAD=\0=x\0", 64);
  const ProcessCreate made = create();
  ASSERT_EQ(made.environment.size(), 2U);
  EXPECT_EQ(made.environment[0].name, "SUDO_USER");
  EXPECT_EQ(text_of(made.environment[0].value), "a=b"); // the first, as getenv(3) finds it
  EXPECT_EQ(made.environment[1].name, "LD_PRELOAD");
  EXPECT_EQ(text_of(made.environment[1].value), "");
}

TEST_F(Payload1500, ProcessCreate_Namespaces_TellsThoseThatAreKnown) {
  image_.namespaces = {.pid = 1, .net = 2};
  const ProcessCreate made = create();
  ASSERT_EQ(made.namespaces.size(), 3U);
  EXPECT_EQ(made.namespaces[0].name, "mnt");
  EXPECT_EQ(text_of(made.namespaces[0].value), "4026");
  EXPECT_EQ(made.namespaces[2].name, "net");
  EXPECT_EQ(text_of(made.namespaces[2].value), "2");
}

TEST_F(Payload1500, ForkOnly_TellsWhatItInherited) {
  run(60, "/bin/login", {});
  const Actor parent{.process = {{60}, {4'000}, 1}, .tid = {60}};
  const Process& child = table_.forked(parent, {{{70}, {5'000}, 1}, 100, "/srv"}, seen_.time);
  const ProcessCreate made = make_fork_only(context(), child, seen_.actor, arena_);
  EXPECT_EQ(made.source, ProcessSource::fork_only);
  EXPECT_EQ(made.start_time, WallTime{6'000});
  EXPECT_FALSE(made.exec_time.has_value());
  EXPECT_EQ(text_of(made.command_line), "/bin/login");
  EXPECT_EQ(text_of(made.parent_image), "/bin/login");
  EXPECT_EQ(text_of(made.cwd), "/srv");
  EXPECT_EQ(made.gid, 100U);
}

TEST_F(Payload1500, ForkOnly_ForkNotSeen_IsUnknownNotZero) {
  const Process& process = table_.of(seen_.actor, seen_.time);
  const ProcessCreate made = make_fork_only(context(), process, seen_.actor, arena_);
  EXPECT_FALSE(made.gid || made.ppid || made.parent_process_key || made.session_id);
  EXPECT_TRUE(made.cwd.is_null() && made.command_line.is_null());
}

TEST_F(Payload1500, Facts_WithoutTexts_StayUnknown) {
  ProcessCreate made;
  FileFacts facts;
  facts.status = HashStatus::gone;
  facts.signature = SignatureState::not_checked;
  facts.not_checked_reason = "the file is gone";
  add_facts(made, facts, arena_);
  EXPECT_EQ(made.hash_status, HashStatus::gone);
  EXPECT_EQ(text_of(made.not_checked_reason), "the file is gone");
  EXPECT_TRUE(made.signer.is_null() && made.version.is_null() && made.digest_algorithm.is_null());
  EXPECT_FALSE(made.image_sha256.has_value());
}

TEST_F(Payload1500, Reference_IsTheImageAsTheKernelSawIt) {
  image_.image_fs = 0xef53;
  const FileReference file = reference_to_image(seen_, image_);
  EXPECT_EQ(file.identity, image_.image_file);
  EXPECT_EQ(file.size, 11U);
  EXPECT_EQ(file.mtime_ns, 12);
  EXPECT_EQ(file.ctime_ns, 13);
  EXPECT_EQ(file.pid.value, 70U);
  EXPECT_EQ(file.mnt_ns, 4026U);
  EXPECT_EQ(file.path, "/usr/bin/dash");
  EXPECT_EQ(file.fs_magic, 0xef53U);
  EXPECT_TRUE(file.use_exe);
}

TEST_F(Payload1500, ProcessExit_Code_IsNoSignal) {
  ProcessExited exited;
  exited.wait_status = 3 << 8;
  exited.cpu_user = {1};
  exited.cpu_system = {2};
  exited.max_rss = 3;
  exited.bytes_read = 4;
  exited.bytes_written = 5;
  Process process;
  process.totals = {
      .files_created = 6, .files_written = 7, .files_renamed = 8, .files_deleted = 9, .children = 10, .lost = 11};
  const ProcessExit exit = make_process_exit(process, seen_, exited, {1'000});
  EXPECT_EQ(exit.start_time, WallTime{6'000});
  EXPECT_EQ(exit.end_time, WallTime{10'000});
  EXPECT_EQ(exit.exit_code, 3U);
  EXPECT_FALSE(exit.signal.has_value());
  EXPECT_EQ(exit.cpu_user, 1U);
  EXPECT_EQ(exit.cpu_system, 2U);
  EXPECT_EQ(exit.max_rss, 3U);
  EXPECT_EQ(exit.bytes_read, 4U);
  EXPECT_EQ(exit.bytes_written, 5U);
  EXPECT_EQ(exit.files_created, 6U);
  EXPECT_EQ(exit.files_written, 7U);
  EXPECT_EQ(exit.files_renamed, 8U);
  EXPECT_EQ(exit.files_deleted, 9U);
  EXPECT_EQ(exit.children, 10U);
  EXPECT_FALSE(exit.lost.has_value()) << "the kernel could not count it";
  exited.lost = 10;
  EXPECT_EQ(make_process_exit(process, seen_, exited, {1'000}).lost, 11U) << "what was told later";
  exited.lost = 12;
  EXPECT_EQ(make_process_exit(process, seen_, exited, {1'000}).lost, 12U);
  EXPECT_FALSE(exit.connections.has_value());
}

TEST_F(Payload1500, ProcessExit_BySignal_HasNoCode) {
  ProcessExited exited;
  exited.wait_status = 11 | 0x80; // with a core dump
  const ProcessExit exit = make_process_exit({}, seen_, exited, {});
  EXPECT_EQ(exit.signal, 11U);
  EXPECT_FALSE(exit.exit_code.has_value());
}

} // namespace
} // namespace monster
