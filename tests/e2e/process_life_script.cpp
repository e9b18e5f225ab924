// SPDX-License-Identifier: Apache-2.0
// Scripts: the image is the interpreter, and what runs is another file.
#include "process_life.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace monster::e2e {

namespace {

std::string shell_image() {
  std::string path(4096, '\0');
  char* real = realpath("/bin/sh", path.data());
  if (real == nullptr)
    fail("realpath /bin/sh");
  return real;
}

// Under load an event may have to go without the hash, also because a file without a name was gone with its process;
// never with another one.
void add_hash(Image& image, std::string_view content) {
  image.more.set("script_sha256", any_of({sha256_of(content), null()}));
  image.more.set("script_hash_status", any_of({text("ok"), text("pending"), text("gone")}));
}

// What 1500 must say of a script with this content, run by the shell.
void print_script(const Life& life, const Lived& lived, const Arguments& arguments, const std::string& script,
                  std::string_view content) {
  Image image{lived.pid, shell_image(), arguments};
  image.more.set("script", text(script)).set("interpreter", text("/bin/sh"));
  add_hash(image, content);
  image.more.set("script_file_key", anything()).set("script_truncated", flag(false));
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

constexpr std::string_view content = "#!/bin/sh -e\nexit $1\n";

void shell_script(Life& life) {
  const std::string script = life.path("script.sh");
  const std::string code = std::to_string(some_code(life));
  write_executable(script, content);
  const Lived lived = live([&] { execl(script.c_str(), "ignored", code.c_str(), static_cast<char*>(nullptr)); });
  print_script(life, lived, {"/bin/sh", "-e", script, code}, script, content);
}

// A script whose interpreter is a script.
void nested_script(Life& life) {
  constexpr std::string_view never_read = "\nnever read by anything\n";
  const std::string inner = life.path("inner.sh");
  const std::string outer = life.path("outer.sh");
  const std::string code = std::to_string(some_code(life));
  write_executable(inner, "#!/bin/sh\nexit $2\n");
  const std::string whole = "#!" + inner + std::string(never_read);
  write_executable(outer, whole);
  const Lived lived = live([&] { execl(outer.c_str(), "ignored", code.c_str(), static_cast<char*>(nullptr)); });
  print_script(life, lived, {"/bin/sh", inner, outer, code}, outer, whole);
}

// Called by a name that is neither absolute nor true.
void called_strangely(Life& life) {
  const std::string directory = life.path("a directory");
  make_directory(life, directory);
  const std::string script = directory + "/script.sh";
  const std::string code = std::to_string(some_code(life));
  write_executable(script, content);
  const std::string called = ".." + directory.substr(directory.rfind('/')) + "/./script.sh";
  const Lived lived = live([&] {
    must(chdir(directory.c_str()), "chdir");
    execl(called.c_str(), "ignored", code.c_str(), static_cast<char*>(nullptr));
  });
  Image image{lived.pid, shell_image(), {"/bin/sh", "-e", called, code}};
  image.more.set("script", text(script)).set("interpreter", text("/bin/sh")).set("cwd", text(directory));
  add_hash(image, content);
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void through_symlink(Life& life) {
  const std::string script = life.path("script.sh");
  const std::string link = life.path("innocent name");
  const std::string code = std::to_string(some_code(life));
  write_executable(script, content);
  must(symlink(script.c_str(), link.c_str()), "symlink");
  const Lived lived = live([&] { execl(link.c_str(), "ignored", code.c_str(), static_cast<char*>(nullptr)); });
  print_script(life, lived, {"/bin/sh", "-e", link, code}, script, content);
}

void by_descriptor(Life& life) {
  const std::string script = life.path("script.sh");
  const std::string code = std::to_string(some_code(life));
  write_executable(script, content);
  const int fd = must_fd(open(script.c_str(), O_RDONLY), "open " + script);
  const Arguments arguments{"ignored", code};
  const Lived lived = live([&] { fexecve(fd, pointers(arguments).data(), environ); });
  close(fd);
  print_script(life, lived, {"/bin/sh", "-e", "/dev/fd/" + std::to_string(fd), code}, script, content);
}

// No name leads to it but the descriptor that its interpreter reads it by.
void from_memory(Life& life) {
  constexpr std::string_view waits = "#!/bin/sh\nread line || exit $1\n";
  const std::string code = std::to_string(some_code(life));
  const int fd = must_fd(memfd_create("e2e script", 0), "memfd_create");
  must(fchmod(fd, 0755), "fchmod");
  must(write(fd, waits.data(), waits.size()), "write");
  const Arguments arguments{"ignored", code};
  int ends[2];
  must(pipe2(ends, O_CLOEXEC), "pipe");
  Lived lived;
  lived.pid = fork_or_fail();
  if (lived.pid == 0) {
    dup2(ends[0], STDIN_FILENO);
    fexecve(fd, pointers(arguments).data(), environ);
    fail("fexecve");
  }
  usleep(700'000);
  close(ends[0]), close(ends[1]), close(fd);
  lived.end = wait_end(lived.pid);
  print_script(life, lived, {"/bin/sh", "/dev/fd/" + std::to_string(fd), code}, "/memfd:e2e script", waits);
}

// Many descriptors are closed by the exec, and the script's file is let go before all of them.
void with_many_descriptors(Life& life) {
  const std::string script = life.path("script.sh");
  const std::string code = std::to_string(some_code(life));
  write_executable(script, content);
  const Lived lived = live([&] {
    for (int i = 0; i < 200; ++i)
      must_fd(open(own_image().c_str(), O_RDONLY | O_CLOEXEC), "open");
    execl(script.c_str(), "ignored", code.c_str(), static_cast<char*>(nullptr));
  });
  print_script(life, lived, {"/bin/sh", "-e", script, code}, script, content);
}

constexpr Kind kinds[] = {
    {"shell_script", shell_script},
    {"nested_script", nested_script},
    {"script_called_strangely", called_strangely},
    {"script_through_symlink", through_symlink},
    {"script_by_descriptor", by_descriptor},
    {"script_from_memory", from_memory},
    {"script_with_many_descriptors", with_many_descriptors},
};

} // namespace

std::span<const Kind> script_kinds() { return kinds; }

} // namespace monster::e2e
