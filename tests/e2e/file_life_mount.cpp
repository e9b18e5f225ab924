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

// Inode and device of an overlay's file are not those of the layer below: no identity is compared.
void overlay(Life& life) {
  std::array<std::string, 4> names{life.path("lower"), life.path("upper"), life.path("work"), life.path("merged")};
  for (const std::string& name : names)
    make_directory(life, name);
  make_file(life, names[0] + "/from below", 3000);
  in_own_mounts(life, [&] {
    const std::string options = "lowerdir=" + names[0] + ",upperdir=" + names[1] + ",workdir=" + names[2];
    must(mount("overlay", names[3].c_str(), "overlay", 0, options.c_str()), "mount overlay");
    life.place().ext4 = false;
    Handle fresh(life, names[3] + "/new", O_CREAT | O_WRONLY);
    fresh.no_identity();
    fresh.write(life.size());
    fresh.close();
    Handle copied(life, names[3] + "/from below", O_WRONLY); // copied up by this open
    copied.no_identity();
    copied.write(life.size());
    copied.close();
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
    {"bind_mount", bind_mount, Needs::mount},
    {"overlay", overlay, Needs::mount},
    {"in_chroot", in_chroot, Needs::root},
    {"fresh_tmpfs", fresh_tmpfs, Needs::mount},
};

} // namespace

std::span<const Kind> mount_kinds() { return kinds; }

} // namespace monster::e2e
