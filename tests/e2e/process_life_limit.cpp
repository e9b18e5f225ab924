// SPDX-License-Identifier: Apache-2.0
// More of something than a row holds: it must be cut, and said to be.
#include "process_life.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

namespace monster::e2e {

namespace {

void long_environment(Life& life) {
  const Lived lived = live([&] {
    const std::string filler = "E2E_FILLER=" + std::string(40 * 1024, 'f');
    const Arguments environment{"LD_LIBRARY_PATH=/first", filler, "SUDO_USER=behind"};
    const Arguments arguments{"true"};
    execve("/bin/true", pointers(arguments).data(), pointers(environment).data());
  });
  std::string path(4096, '\0');
  if (realpath("/bin/true", path.data()) == nullptr)
    fail("realpath /bin/true");
  Image image{lived.pid, path.c_str(), {"true"}};
  Object environment;
  environment.set("LD_LIBRARY_PATH", text("/first"));
  const std::array<Value, 1> absent{text("SUDO_USER")};
  Object members;
  members.set("members", environment.value()).set("absent", list(absent));
  image.more.set("environment", members.value()).set("environment_truncated", flag(true));
  image.more.set("environment_unreadable", flag(false));
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void with_groups(Life& life, std::size_t count, std::size_t told) {
  std::vector<gid_t> groups;
  std::vector<Value> names;
  for (gid_t i = 0; i < count; ++i) {
    groups.push_back(3'000'000 + i);
    if (i < told)
      names.push_back(text(std::to_string(groups.back())));
  }
  const Arguments arguments{"--exit", std::to_string(some_code(life))};
  const Lived lived = live([&] {
    must(setgroups(groups.size(), groups.data()), "setgroups");
    exec_self(arguments);
  });
  Image image = self_image(lived.pid, arguments);
  image.more.set("groups", list(names)).set("groups_truncated", flag(told < count));
  print_image(life, image);
  print_end(life, lived.pid, lived.end);
}

void many_groups(Life& life) { with_groups(life, 1024, 1024); }
void too_many_groups(Life& life) { with_groups(life, 1500, 1024); }

// Directories are made, entered and removed one by one: their whole path is longer than a call takes.
class Deep {
public:
  Deep(const std::string& top, const std::string& name, int depth)
      : name_(name), depth_(depth), from_(must_fd(open(".", O_PATH | O_CLOEXEC), "open .")) {
    must(chdir(top.c_str()), "chdir");
    for (int i = 0; i < depth_; ++i) {
      must(mkdir(name_.c_str(), 0755), "mkdir");
      must(chdir(name_.c_str()), "chdir");
    }
  }
  ~Deep() {
    for (int i = 0; i < depth_; ++i) {
      must(chdir(".."), "chdir");
      must(rmdir(name_.c_str()), "rmdir");
    }
    must(fchdir(from_), "fchdir");
    close(from_);
  }
  Deep(const Deep&) = delete;
  Deep& operator=(const Deep&) = delete;

private:
  std::string name_;
  int depth_;
  int from_;
};

constexpr int kept = 32 * 1024; // bytes of a path
const std::string long_name(200, 'n');
constexpr int too_deep = kept / 200 + 5;

std::string path_of(const std::string& name, int count) {
  std::string path;
  for (int i = 0; i < count; ++i)
    path += "/" + name;
  return path;
}

void in_directory(Life& life, const std::string& name, int depth, const Value& cwd, bool truncated) {
  const Arguments arguments{"--exit", std::to_string(some_code(life))};
  const pid_t pid = fork_or_fail();
  if (pid == 0) {
    const Deep directories(life.place().directory, name, depth);
    const Lived lived = live([&] { exec_self(arguments); });
    Image image = self_image(lived.pid, arguments);
    image.more.set("cwd", cwd).set("cwd_truncated", flag(truncated));
    print_image(life, image);
    print_end(life, lived.pid, lived.end);
  }
  if (pid == 0)
    _exit(0);
  static_cast<void>(wait_end(pid));
}

void deep_directory(Life& life) {
  in_directory(life, "d", 600, text(life.place().directory + path_of("d", 600)), false);
}
void too_deep_directory(Life& life) {
  const int whole_names = kept / static_cast<int>(long_name.size() + 1);
  in_directory(life, long_name, too_deep, text(path_of(long_name, whole_names)), true);
}

std::string cgroup_root() {
  for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"})
    if (exists(std::string(root) + "/cgroup.controllers") && access(root, W_OK) == 0)
      return root;
  return {};
}

// The container's part of the path is at its end, which is not what is cut.
void in_cgroup(Life& life, const std::string& name, int depth, bool truncated) {
  const std::string root = cgroup_root();
  const std::string top = root + "/e2e" + std::to_string(getpid());
  if (root.empty() || mkdir(top.c_str(), 0755) != 0)
    return life.skip("control groups cannot be made here");
  const std::string container(64, 'c');
  const Arguments arguments{"--exit", std::to_string(some_code(life))};
  const pid_t maker = fork_or_fail();
  if (maker == 0) {
    const Deep groups(top, name, depth);
    must(mkdir(container.c_str(), 0755), "mkdir");
    const int directory = must_fd(open(container.c_str(), O_PATH | O_CLOEXEC), "open");
    const Lived lived = live([&] {
      const int procs = must_fd(openat(directory, "cgroup.procs", O_WRONLY | O_CLOEXEC), "open cgroup.procs");
      must(write(procs, "0", 1), "write cgroup.procs");
      must(chdir("/"), "chdir");
      exec_self(arguments);
    });
    Image image = self_image(lived.pid, arguments);
    image.more.set("container_id", text(container)).set("cgroup_truncated", flag(truncated));
    image.more.set("cwd", text("/"));
    Image forked = forked_image(lived.pid); // it wrote to cgroup.procs
    forked.optional = true;
    forked.more.set("container_id", anything()).set("cwd", anything());
    print_image(life, forked);
    print_image(life, image);
    print_end(life, lived.pid, lived.end, Object().set("container_id", text(container)));
    must(rmdir(container.c_str()), "rmdir");
  }
  if (maker == 0)
    _exit(0);
  static_cast<void>(wait_end(maker));
  must(rmdir(top.c_str()), "rmdir");
}

void deep_cgroup(Life& life) { in_cgroup(life, "d", 600, false); }
void too_deep_cgroup(Life& life) { in_cgroup(life, long_name, too_deep, true); }

constexpr Kind kinds[] = {
    {"environment_too_long", long_environment},
    {"groups_many", many_groups, Needs::root},
    {"groups_too_many", too_many_groups, Needs::root},
    {"cwd_deep", deep_directory},
    {"cwd_too_deep", too_deep_directory},
    {"cgroup_deep", deep_cgroup, Needs::root},
    {"cgroup_too_deep", too_deep_cgroup, Needs::root},
};

} // namespace

std::span<const Kind> limit_kinds() { return kinds; }

} // namespace monster::e2e
