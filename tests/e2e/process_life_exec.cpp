// SPDX-License-Identifier: Apache-2.0
// Ways to exec, and what the process is when it does.
#include "process_life.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <thread>

namespace monster::e2e {

namespace {

std::string real_path(const char* path) {
  char* real = realpath(path, nullptr);
  if (real == nullptr)
    fail("realpath");
  std::string out = real;
  std::free(real);
  return out;
}

void exec_chain(Life& life) {
  const std::string code = std::to_string(some_code(life));
  const Lived lived = live([&] { exec_self({"--chain", "2", code}); });
  for (const char* left : {"2", "1", "0"})
    print_image(life, self_image(lived.pid, {"--chain", left, code}));
  print_end(life, lived.pid, lived.end);
}

// The thread that execs becomes the leader: pid stays, its tid goes.
void exec_from_thread(Life& life) {
  const Arguments arguments{"--exit", std::to_string(some_code(life))};
  const Lived lived = live([&] {
    std::jthread other([&] { exec_self(arguments); });
    other.join();
  });
  Image image = self_image(lived.pid, arguments);
  image.more.set("tid", number(std::int64_t{lived.pid}));
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void exec_fails(Life& life) {
  const int code = some_code(life);
  const std::string not_executable = life.path("not executable");
  make_file(life, not_executable, 100);
  const Lived lived = live([&] {
    execl("/nonexistent/program", "program", static_cast<char*>(nullptr));
    execl(not_executable.c_str(), "program", static_cast<char*>(nullptr));
    execl(life.place().directory.c_str(), "program", static_cast<char*>(nullptr));
    _exit(code);
  });
  print_no_exec(life, lived.pid);
  print_end(life, lived.pid, lived.end, {}, true);
}

void exec_fails_then_works(Life& life) {
  const Arguments arguments{"--exit", std::to_string(some_code(life))};
  const Lived lived = live([&] {
    execl("/nonexistent/program", "program", static_cast<char*>(nullptr));
    exec_self(arguments);
  });
  print_image(life, self_image(lived.pid, arguments));
  print_end(life, lived.pid, lived.end);
}

void other_user(Life& life) {
  const Lived lived = live([&] {
    must(setgroups(0, nullptr), "setgroups");
    must(setresgid(4321, 4321, 4321), "setresgid");
    must(setresuid(1234, 1234, 1234), "setresuid");
    execl("/bin/true", "true", "as another", static_cast<char*>(nullptr));
  });
  Image image{lived.pid, real_path("/bin/true"), {"true", "as another"}};
  image.more.set("uid", number(std::int64_t{1234}))
      .set("gid", number(std::int64_t{4321}))
      .set("capabilities", text("0000000000000000"));
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void other_directory(Life& life) {
  const std::string directory = life.path("a directory");
  make_directory(life, directory);
  const Arguments arguments{"--exit", std::to_string(some_code(life))};
  const Lived lived = live([&] {
    must(chdir(directory.c_str()), "chdir");
    exec_self(arguments);
  });
  Image image = self_image(lived.pid, arguments);
  image.more.set("cwd", text(directory));
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void chosen_environment(Life& life) {
  const std::string preload = life.path("evil \"lib\".so");
  const Lived lived = live([&] {
    dup2(must_fd(open("/dev/null", O_WRONLY), "open /dev/null"), STDERR_FILENO); // the loader complains there
    setenv("LD_PRELOAD", preload.c_str(), 1);
    setenv("LD_LIBRARY_PATH", "/nowhere", 1);
    setenv("E2E_SECRET", "not to be recorded", 1);
    execl("/bin/true", "true", static_cast<char*>(nullptr));
  });
  Image image{lived.pid, real_path("/bin/true"), {"true"}};
  Object environment;
  environment.set("LD_PRELOAD", text(preload)).set("LD_LIBRARY_PATH", text("/nowhere"));
  Object members;
  members.set("members", environment.value());
  const std::array<Value, 1> absent{text("E2E_SECRET")};
  members.set("absent", list(absent));
  image.more.set("environment", members.value());
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void own_session(Life& life) {
  const Arguments arguments{"--exit", std::to_string(some_code(life))};
  const Lived lived = live([&] {
    must(setsid(), "setsid");
    exec_self(arguments);
  });
  Image image = self_image(lived.pid, arguments);
  image.more.set("session_id", number(std::int64_t{lived.pid})).set("tty", null());
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void exec_at_directory(Life& life) {
  const std::string& image = own_image();
  const std::size_t slash = image.rfind('/');
  const Arguments arguments{"process_life", "--exit", std::to_string(some_code(life))};
  const Lived lived = live([&] {
    const int directory = must_fd(open(image.substr(0, slash).c_str(), O_PATH | O_DIRECTORY), "open directory");
    syscall(SYS_execveat, directory, image.substr(slash + 1).c_str(), pointers(arguments).data(), environ, 0);
  });
  print_image(life, {lived.pid, image, arguments});
  print_end(life, lived.pid, lived.end);
}

void through_symlink(Life& life) {
  const std::string link = life.path("innocent name");
  must(symlink(own_image().c_str(), link.c_str()), "symlink");
  const Arguments arguments{"innocent", "--exit", std::to_string(some_code(life))};
  const Lived lived = live([&] { execv(link.c_str(), pointers(arguments).data()); });
  print_image(life, {lived.pid, own_image(), arguments});
  print_end(life, lived.pid, lived.end);
}

constexpr Kind kinds[] = {
    {"exec_chain", exec_chain},
    {"exec_from_thread", exec_from_thread},
    {"exec_fails", exec_fails},
    {"exec_fails_then_works", exec_fails_then_works},
    {"other_user", other_user, Needs::root},
    {"other_directory", other_directory},
    {"chosen_environment", chosen_environment},
    {"own_session", own_session},
    {"exec_at_directory", exec_at_directory},
    {"exec_through_symlink", through_symlink},
};

} // namespace

std::span<const Kind> exec_kinds() { return kinds; }

} // namespace monster::e2e
