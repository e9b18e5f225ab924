// SPDX-License-Identifier: Apache-2.0
// Ways to open a file.
#include "life.hpp"

#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace monster::e2e {

namespace {

void plain_write(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  file.write(life.size());
  file.close();
}

void append(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  Handle file(life, path, O_WRONLY | O_APPEND);
  file.write(life.size());
  file.close();
}

void overwrite(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  Handle file(life, path, O_WRONLY | O_TRUNC);
  file.write(life.size());
  file.close();
}

void truncate_by_open(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  Handle file(life, path, O_RDWR | O_TRUNC);
  file.close();
}

void exclusive_create(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_EXCL | O_RDWR | O_SYNC, 0640);
  file.write(life.size());
  file.close();
}

void create_only(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0755);
  file.close();
}

void open_if_exists(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  Handle file(life, path, O_CREAT | O_WRONLY);
  file.write(life.size());
  file.close();
}

void read_write(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_RDWR);
  file.write(1000 + life.size());
  must(lseek(file.fd(), 10, SEEK_SET), "lseek");
  file.read(700);
  file.write(life.size());
  file.read(life.size()); // at the end of the file: 0, which counts as nothing
  file.close();
}

void creat_call(Life& life) {
  const std::string path = life.path();
  const Opening before = opening(path, O_CREAT | O_WRONLY | O_TRUNC);
  Handle file(life, before, must_fd(creat(path.c_str(), 0600), "creat"));
  file.write(life.size());
  file.close();
}

// The name that O_TMPFILE gives is never in a directory, so it is not a name that was removed.
void unnamed_then_linked(Life& life) {
  const std::string path = life.path("linked");
  const Opening before{life.path("unnamed"), O_CREAT | O_TMPFILE | O_RDWR, false, wall_now()};
  Handle file(life, before, must_fd(open(life.place().directory.c_str(), O_TMPFILE | O_RDWR, 0600), "O_TMPFILE"));
  file.write(life.size());
  Act act(life, "link", path);
  act.optional().expect("created", anything()).expect("link_target", anything());
  must(linkat(AT_FDCWD, ("/proc/self/fd/" + std::to_string(file.fd())).c_str(), AT_FDCWD, path.c_str(),
              AT_SYMLINK_FOLLOW),
       "linkat");
  act.done();
  file.expect("final_path", any_of({null(), text(path)})).expect("renamed", anything()).expect("deleted", anything());
  file.expect("nlink", number(std::int64_t{1}));
  file.detail_expect("create_disposition", anything());
  file.close();
}

void through_proc_fd(Life& life) {
  Handle first(life, life.path(), O_CREAT | O_WRONLY);
  first.write(life.size());
  const std::string again = "/proc/self/fd/" + std::to_string(first.fd());
  const Opening before{again, O_RDWR, true, wall_now()};
  Handle second(life, before, must_fd(open(again.c_str(), O_RDWR), "open " + again));
  second.read(100);
  second.write(life.size());
  second.close();
  first.close();
}

void relative_to_directory(Life& life) {
  const std::string path = life.path();
  const std::string name = "./../" + path.substr(life.place().directory.rfind('/') + 1);
  const int directory = must_fd(open(life.place().directory.c_str(), O_PATH | O_DIRECTORY), "open directory");
  const Opening before = opening(path, O_CREAT | O_WRONLY);
  Handle file(life, before, must_fd(openat(directory, name.c_str(), O_CREAT | O_WRONLY, 0600), "openat"));
  close(directory);
  file.write(life.size());
  file.close();
}

void openat2_call(Life& life) {
  const std::string path = life.path();
  const Opening before = opening(path, O_CREAT | O_WRONLY);
  open_how how{};
  how.flags = O_CREAT | O_WRONLY;
  how.mode = 0600;
  how.resolve = RESOLVE_NO_SYMLINKS;
  Handle file(life, before, must_fd(syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how), "openat2"));
  file.write(life.size());
  file.close();
}

void through_symlink(Life& life) {
  const std::string path = life.path();
  const std::string link = life.path("link");
  make_file(life, path, life.size());
  Act act(life, "symlink", link);
  must(symlink(path.c_str(), link.c_str()), "symlink");
  act.created();
  act.expect("link_target", text(path)).done();
  const Opening before = opening(path, O_WRONLY);
  Handle file(life, before, must_fd(open(link.c_str(), O_WRONLY), "open " + link));
  file.write(life.size());
  file.close();
}

// Outside every directory: whether the policy keeps it is not this test's to say, what is told must be right.
void memory_file(Life& life) {
  const Opening before{"memfd", O_RDWR | O_CREAT, false, wall_now()};
  Handle file(life, before, must_fd(memfd_create("e2e", 0), "memfd_create"));
  file.optional().expect("path", anything()).expect("deleted", anything());
  file.expect("nlink", anything()).expect("mnt_ns", anything()).detail_expect("create_disposition", anything());
  file.write(life.size());
  file.close();
}

constexpr Kind kinds[] = {
    {"plain_write", plain_write},
    {"append", append},
    {"overwrite", overwrite},
    {"truncate_by_open", truncate_by_open},
    {"exclusive_create", exclusive_create},
    {"create_only", create_only},
    {"open_if_exists", open_if_exists},
    {"read_write", read_write},
    {"creat_call", creat_call},
    {"unnamed_then_linked", unnamed_then_linked},
    {"through_proc_fd", through_proc_fd},
    {"relative_to_directory", relative_to_directory},
    {"openat2_call", openat2_call},
    {"through_symlink", through_symlink},
    {"memory_file", memory_file},
};

} // namespace

std::span<const Kind> open_kinds() { return kinds; }

} // namespace monster::e2e
