// SPDX-License-Identifier: Apache-2.0
// Another thread changes what a call was given while the call runs: what is told must be what happened.
#include "life.hpp"

#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <string>
#include <thread>

namespace monster::e2e {

namespace {

constexpr int turns = 8;
constexpr int links = 18; // the kernel follows 40 at most, in both of the ways in which it tries

// A way to the directory of a life that takes the kernel most of a millisecond: long after it has read the name.
class LongWay {
public:
  explicit LongWay(Life& life) : link_(life.path("l")) {
    std::string target = ".";
    while (target.size() + 2 < 4000)
      target += "/.";
    Act act(life, "symlink", link_);
    must(symlink(target.c_str(), link_.c_str()), "symlink");
    act.created();
    act.expect("link_target", text(target)).done();
  }
  [[nodiscard]] std::string to(const std::string& path) const {
    const std::size_t name = path.rfind('/');
    std::string way = path.substr(0, name);
    for (int i = 0; i < links; ++i)
      way += link_.substr(name);
    return way + path.substr(name);
  }

private:
  std::string link_;
};

// Calls with a name whose last letter another thread rewrites once the call is on its way; where the thread came
// too early the call found nothing, and is made again.
template <class Call> int with_rewritten(const std::string& name, Call&& call) {
  for (;;) {
    std::string buffer = name;
    std::atomic<bool> called = false;
    std::jthread rewriter([&] {
      while (!called) {
      }
      usleep(50);
      static_cast<volatile char*>(buffer.data())[buffer.size() - 1] = 'x';
    });
    called = true;
    const int result = call(static_cast<const char*>(buffer.data()));
    const int error = errno;
    rewriter.join();
    if (result == 0)
      return result;
    errno = error;
    must(error == ENOENT ? 0 : -1, "a call with a name that is rewritten");
  }
}

void raced_rename(Life& life) {
  const LongWay way(life);
  std::string from = life.path("a"), to = life.path("b");
  make_file(life, from, life.size());
  for (int i = 0; i < turns; ++i) {
    Act act(life, "rename", from);
    with_rewritten(way.to(from), [&](const char* name) { return rename(name, to.c_str()); });
    act.moved_to(to);
    act.expect("path_source", text("dentry")).done();
    life.renamed(from, to, act.identity());
    std::swap(from, to);
  }
}

void raced_replacing(Life& life) {
  const LongWay way(life);
  const std::string from = life.path("a"), to = life.path("b");
  make_file(life, to, life.size());
  for (int i = 0; i < turns; ++i) {
    make_file(life, from, life.size());
    const Value replaced = identity_of(to, life.place().ext4);
    Act act(life, "rename", from);
    with_rewritten(way.to(from), [&](const char* name) { return rename(name, to.c_str()); });
    act.moved_to(to);
    act.expect("path_source", text("dentry")).done();
    life.renamed(from, to, act.identity(), replaced);
  }
}

void raced_unlink(Life& life) {
  const LongWay way(life);
  const std::string path = life.path("a");
  for (int i = 0; i < turns; ++i) {
    make_file(life, path, life.size());
    Act act(life, "unlink", path);
    with_rewritten(way.to(path), [](const char* name) { return unlink(name); });
    act.deleted();
    act.expect("path_source", text("dentry")).done();
  }
}

void raced_link(Life& life) {
  const LongWay way(life);
  const std::string path = life.path("a"), to = life.path("b");
  make_file(life, path, life.size());
  for (int i = 0; i < turns; ++i) {
    Act act(life, "link", to);
    with_rewritten(way.to(to), [&](const char* name) { return link(path.c_str(), name); });
    act.expect("link_target", text(path)).expect("path_source", text("dentry"));
    act.done();
    Act removal(life, "unlink", to);
    must(unlink(to.c_str()), "unlink");
    removal.deleted();
    removal.done();
  }
}

void raced_mkdir(Life& life) {
  const LongWay way(life);
  const std::string path = life.path("a");
  for (int i = 0; i < turns; ++i) {
    Act act(life, "mkdir", path);
    with_rewritten(way.to(path), [](const char* name) { return mkdir(name, 0700); });
    act.created();
    act.expect("path_source", text("dentry")).done();
    Act removal(life, "rmdir", path);
    must(rmdir(path.c_str()), "rmdir");
    removal.deleted();
    removal.done();
  }
}

void raced_chmod(Life& life) {
  const LongWay way(life);
  const std::string path = life.path("a");
  make_file(life, path, life.size());
  for (int i = 0; i < turns; ++i) {
    Act act(life, "chmod", path);
    with_rewritten(way.to(path), [&](const char* name) { return chmod(name, i % 2 == 0 ? 0755 : 0600); });
    act.expect("path_source", text("dentry")).done();
  }
}

struct Opened {
  Opening before;
  int fd;
};

// openat2 with flags that another thread rewrites once the call is on its way.
Opened open_with_rewritten(const LongWay& way, const std::string& path, std::uint64_t flags, std::uint64_t lie) {
  const std::string name = way.to(path);
  open_how how{};
  how.flags = flags;
  std::atomic<bool> called = false;
  std::jthread rewriter([&] {
    while (!called) {
    }
    usleep(50);
    const_cast<volatile __u64&>(how.flags) = lie;
  });
  const Opening before = opening(path, static_cast<int>(flags));
  called = true;
  const int fd = must_fd(syscall(SYS_openat2, AT_FDCWD, name.c_str(), &how, sizeof how), "openat2");
  rewriter.join();
  return {before, fd};
}

// The flags of openat2 lie in the caller's memory: of what is not the kernel's nothing is claimed.
void raced_open_flags(Life& life) {
  const LongWay way(life);
  const std::string path = life.path("a");
  make_file(life, path, 10);
  for (int i = 0; i < turns; ++i) {
    constexpr int lie = O_RDWR | O_CREAT | O_TRUNC;
    Opened opened = open_with_rewritten(way, path, O_WRONLY | O_APPEND, lie);
    const bool raced = (must(fcntl(opened.fd, F_GETFL), "F_GETFL") & O_APPEND) != 0;
    if (!raced) // the thread came too early: no lie
      opened.before.flags = lie;
    Handle file(life, opened.before, opened.fd);
    file.write(life.size());
    if (raced)
      file.detail_expect("create_disposition", any_of({text("FILE_OPEN"), null()}));
    file.close();
  }
}

// A file is emptied, and the flag that did it is gone when the call ends.
void raced_truncation(Life& life) {
  const LongWay way(life);
  const std::string path = life.path("a");
  make_file(life, path, 10);
  for (int i = 0; i < turns; ++i) {
    Opened opened = open_with_rewritten(way, path, O_WRONLY | O_TRUNC, O_WRONLY);
    struct stat info{};
    must(fstat(opened.fd, &info), "fstat");
    if (info.st_size != 0) // the thread came too early: nothing was emptied
      opened.before.flags = O_WRONLY;
    Handle file(life, opened.before, opened.fd);
    file.write(life.size());
    file.close();
  }
}

constexpr Kind kinds[] = {
    {"raced_rename", raced_rename},         {"raced_replacing", raced_replacing},
    {"raced_unlink", raced_unlink},         {"raced_link", raced_link},
    {"raced_mkdir", raced_mkdir},           {"raced_chmod", raced_chmod},
    {"raced_open_flags", raced_open_flags}, {"raced_truncation", raced_truncation},
};

} // namespace

std::span<const Kind> race_kinds() { return kinds; }

} // namespace monster::e2e
