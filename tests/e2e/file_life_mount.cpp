// SPDX-License-Identifier: Apache-2.0
// Other mount namespaces, bind mounts, overlayfs and chroot. Each life is a process of its own with its own
// mounts, which end with it.
#include "life.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>

namespace monster::e2e {

namespace {

// The mounts of `act` are seen by nobody else.
template <class Acts> void in_own_mounts(Life& life, Acts&& acts) {
  const int status = in_child([&] {
    must(unshare(CLONE_NEWNS), "unshare");
    must(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount private");
    life.place().mount_namespace = mount_namespace();
    acts();
  });
  if (status != 0) {
    errno = ECHILD;
    fail("a life in its own mounts");
  }
}

void write_at(Life& life, const std::string& path) {
  Handle file(life, path, O_CREAT | O_WRONLY);
  file.write(life.size());
  file.close();
}

void bind_mount(Life& life) {
  const std::string source = life.path("source");
  const std::string target = life.path("target");
  make_directory(life, source);
  make_directory(life, target);
  in_own_mounts(life, [&] {
    must(mount(source.c_str(), target.c_str(), nullptr, MS_BIND, nullptr), "mount bind");
    write_at(life, target + "/in bind");
    Act act(life, "rename", target + "/in bind");
    must(rename((target + "/in bind").c_str(), (target + "/renamed").c_str()), "rename");
    act.moved_to(target + "/renamed");
    act.done();
    life.renamed(target + "/in bind", target + "/renamed", act.identity());
    // Which mount a path act came through is asked of the process's namespace, so that must still be there.
    usleep(300'000);
  });
}

template <class Acts> void in_overlay(Life& life, Acts&& acts) {
  std::array<std::string, 4> names{life.path("lower"), life.path("upper"), life.path("work"), life.path("merged")};
  for (const std::string& name : names)
    make_directory(life, name);
  make_file(life, names[0] + "/from below", 3000);
  in_own_mounts(life, [&] {
    const std::string options = "lowerdir=" + names[0] + ",upperdir=" + names[1] + ",workdir=" + names[2];
    must(mount("overlay", names[3].c_str(), "overlay", 0, options.c_str()), "mount overlay");
    life.place().ext4 = false;
    acts(names[3]);
    usleep(300'000); // which mount an act came through is asked of the process's namespace
  });
}

void overlay(Life& life) {
  in_overlay(life, [&](const std::string& merged) {
    Handle fresh(life, merged + "/new", O_CREAT | O_WRONLY);
    fresh.write(life.size());
    fresh.close();
    Handle copied(life, merged + "/from below", O_WRONLY); // copied up by this open
    copied.write(life.size());
    copied.close();
  });
}

// The layers below are touched too, by names that nobody here has given.
void overlay_names(Life& life) {
  in_overlay(life, [&](const std::string& merged) {
    const auto rename_to = [&](const std::string& from, const std::string& to) {
      Act act(life, "rename", from);
      must(rename(from.c_str(), to.c_str()), "rename");
      act.moved_to(to);
      act.expect("path_source", text("dentry")).done();
      life.renamed(from, to, act.identity());
    };
    make_file(life, merged + "/new", life.size());
    rename_to(merged + "/new", merged + "/renamed");
    Act mode(life, "chmod", merged + "/renamed");
    must(chmod((merged + "/renamed").c_str(), 0711), "chmod");
    mode.expect("path_source", text("dentry")).done();
    rename_to(merged + "/from below", merged + "/copied up");
    Act made(life, "mkdir", merged + "/d");
    must(mkdir((merged + "/d").c_str(), 0755), "mkdir");
    made.created();
    made.expect("nlink", anything()).done(); // overlayfs shows the directory below, and keeps 1 for itself
    rename_to(merged + "/renamed", merged + "/d/moved");
    Act removal(life, "unlink", merged + "/d/moved");
    must(unlink((merged + "/d/moved").c_str()), "unlink");
    removal.deleted();
    removal.expect("path_source", text("dentry")).done();
    Act last(life, "rmdir", merged + "/d");
    must(rmdir((merged + "/d").c_str()), "rmdir");
    last.deleted();
    last.expect("path_source", text("dentry")).done();
  });
}

// The path that counts is the one of the mount namespace, not what the process calls it.
void in_chroot(Life& life) {
  const std::string root = life.path("root");
  make_directory(life, root);
  static_cast<void>(proc_directory()); // opened while /proc is still there
  Object early;
  life.expect_process(early);
  in_child([&] {
    must(chroot(root.c_str()), "chroot");
    must(chdir("/"), "chdir");
    life.place().shown = root;
    write_at(life, "/inside");
    Act act(life, "unlink", "/inside");
    must(unlink("/inside"), "unlink");
    act.deleted();
    act.done();
  });
}

void fresh_tmpfs(Life& life) {
  const std::string target = life.path("tmpfs");
  make_directory(life, target);
  in_own_mounts(life, [&] {
    must(mount("e2e", target.c_str(), "tmpfs", 0, nullptr), "mount tmpfs");
    life.place().ext4 = false;
    write_at(life, target + "/file");
  });
}

constexpr Kind kinds[] = {
    {"bind_mount", bind_mount, Needs::mount},       {"overlay", overlay, Needs::mount},
    {"overlay_names", overlay_names, Needs::mount}, {"in_chroot", in_chroot, Needs::root},
    {"fresh_tmpfs", fresh_tmpfs, Needs::mount},
};

} // namespace

std::span<const Kind> mount_kinds() { return kinds; }

} // namespace monster::e2e
