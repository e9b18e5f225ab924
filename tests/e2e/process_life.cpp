// SPDX-License-Identifier: Apache-2.0
// Lives of processes and the truth about each image and end, as one JSON object a line.
#include "process_life.hpp"

#include "life_run.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace monster::e2e {

const std::string& own_image() {
  static const std::string image = [] {
    std::string path(4096, '\0');
    path.resize(static_cast<std::size_t>(
        must(readlink("/proc/self/exe", path.data(), path.size()), "readlink /proc/self/exe")));
    return path;
  }();
  return image;
}

std::vector<char*> pointers(const Arguments& arguments) {
  std::vector<char*> out;
  for (const std::string& argument : arguments)
    out.push_back(const_cast<char*>(argument.c_str()));
  out.push_back(nullptr);
  return out;
}

namespace {

Arguments with_name(const Arguments& arguments) {
  Arguments all{"process_life"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

std::string working_directory() {
  char* name = get_current_dir_name();
  std::string out = name;
  std::free(name);
  return out;
}

Value nanoseconds(const timeval& time) {
  constexpr std::int64_t tolerance = 30'000'000; // the kernel scales ticks in more than one way
  const std::int64_t ns = time.tv_sec * 1'000'000'000 + time.tv_usec * 1000;
  return between(static_cast<std::uint64_t>(std::max<std::int64_t>(0, ns - tolerance)),
                 static_cast<std::uint64_t>(ns + ns / 5 + tolerance));
}

Value resident_set(std::int64_t kibibytes) {
  const auto bytes = static_cast<std::uint64_t>(kibibytes) * 1024;
  return between(bytes / 2, bytes + bytes / 2 + 4 * 1024 * 1024);
}

} // namespace

void exec_self(const Arguments& arguments) {
  const Arguments all = with_name(arguments);
  execv(own_image().c_str(), pointers(all).data());
}

Image self_image(pid_t pid, const Arguments& arguments) { return {pid, own_image(), with_name(arguments)}; }

Image forked_image(pid_t pid) {
  Image image{pid, own_image(), {}, "fork_only"};
  image.more.set("argv", anything()).set("exec_time", null());
  return image;
}

void print_image(const Life& life, const Image& image) {
  Object expect;
  std::vector<Value> arguments;
  for (const std::string& argument : image.arguments)
    arguments.push_back(text(argument));
  expect.set("source", text(image.source)).set("image", text(image.path)).set("argv", list(arguments));
  expect.set("argv_truncated", flag(false))
      .set("ppid", number(std::int64_t{getpid()}))
      .set("cwd", text(working_directory()));
  expect.set("uid", number(std::uint64_t{geteuid()})).set("gid", number(std::uint64_t{getegid()}));
  expect.set("session_id", number(std::int64_t{getsid(0)})).set("fileless", flag(false));
  expect.set("script", null()).set("interpreter", null());
  Object line = life.line("process");
  line.set("pid", number(std::int64_t{image.pid})).set("optional", flag(image.optional));
  line.set("expect", expect.value()).set("more", image.more.value());
  life.emit(line);
}

void print_no_exec(const Life& life, pid_t pid) {
  life.emit(life.line("no_exec").set("pid", number(std::int64_t{pid})));
}

End wait_end(pid_t pid) {
  End end;
  must(wait4(pid, &end.status, 0, &end.usage), "wait4");
  return end;
}

void print_end(const Life& life, pid_t pid, const End& end, const Object& more, bool optional) {
  const bool exited = WIFEXITED(end.status);
  if (exited && WEXITSTATUS(end.status) == failed_status)
    std::_Exit(failed_status); // the child said why
  Object expect;
  expect.set("exit_code", exited ? number(std::int64_t{WEXITSTATUS(end.status)}) : null());
  expect.set("signal", exited ? null() : number(std::int64_t{WTERMSIG(end.status)}));
  expect.set("children", number(std::int64_t{0})).set("lost", number(std::int64_t{0}));
  expect.set("files_created", number(std::int64_t{0})).set("files_written", number(std::int64_t{0}));
  expect.set("files_renamed", number(std::int64_t{0})).set("files_deleted", number(std::int64_t{0}));
  expect.set("cpu_user", nanoseconds(end.usage.ru_utime)).set("cpu_system", nanoseconds(end.usage.ru_stime));
  expect.set("max_rss", resident_set(end.usage.ru_maxrss));
  Object line = life.line("exit");
  line.set("pid", number(std::int64_t{pid})).set("optional", flag(optional));
  life.emit(line.set("expect", expect.value()).set("more", more.value()));
}

void print_end_of_stranger(const Life& life, pid_t pid, int code) {
  Object expect;
  expect.set("exit_code", number(std::int64_t{code})).set("signal", null());
  Object line = life.line("exit");
  line.set("pid", number(std::int64_t{pid})).set("optional", flag(false));
  life.emit(line.set("expect", expect.value()).set("more", Object().value()));
}

Lived live(const std::function<void()>& child) {
  const pid_t pid = fork_or_fail();
  if (pid == 0) {
    child();
    fail("exec");
  }
  return {pid, wait_end(pid)};
}

int some_code(Life& life) { return 2 + static_cast<int>(life.size(253)); } // 2 says that a trigger failed

void write_executable(const std::string& path, std::string_view content) {
  const int fd = must_fd(open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755), "open " + path);
  must(write(fd, content.data(), content.size()), "write");
  close(fd);
}

namespace {

void burn() {
  volatile std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < 20'000'000; ++i)
    sum = sum + i;
}

int with_threads(int count, int code) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < count; ++i)
    threads.emplace_back([] { usleep(1000); });
  return code;
}

// What the exec'd images do; arguments as exec_self gave them.
int act(std::span<char*> arguments) {
  const std::string_view what = arguments[1];
  const int value = arguments.size() > 2 ? std::atoi(arguments[2]) : 0;
  if (what == "--chain" && value > 0)
    exec_self({"--chain", std::to_string(value - 1), arguments[3]});
  if (what == "--chain")
    return std::atoi(arguments[3]);
  if (what == "--signal") {
    prctl(PR_SET_DUMPABLE, 0); // no core file
    signal(value, SIG_DFL);
    raise(value);
  }
  if (what == "--threads")
    return with_threads(value, std::atoi(arguments[3]));
  if (what == "--children")
    for (int i = 0; i < value; ++i)
      in_child([] {});
  if (what == "--burn")
    burn();
  return value;
}

} // namespace

} // namespace monster::e2e

int main(int count, char** arguments) {
  using namespace monster::e2e;
  const std::span all(arguments, static_cast<std::size_t>(count));
  constexpr std::string_view acts[] = {"--exit", "--chain", "--signal", "--threads", "--children", "--burn"};
  for (const std::string_view name : acts)
    if (count > 1 && name == arguments[1])
      return act(all);
  Program program{"process_life", {}, false};
  for (const auto& group : {fork_kinds(), exec_kinds(), image_kinds(), script_kinds(), argument_kinds(), limit_kinds()})
    program.kinds.insert(program.kinds.end(), group.begin(), group.end());
  static_cast<void>(own_image());
  return run_program(program, all);
}
