// SPDX-License-Identifier: Apache-2.0
#include "host/linux/file_locate.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

namespace monster {
namespace {

// Magics that linux/magic.h does not carry stand with the file that defines them.
constexpr std::array<std::uint32_t, 16> remote_magics{
    NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC, V9FS_MAGIC,       CEPH_SUPER_MAGIC,
    AFS_SUPER_MAGIC, AFS_FS_MAGIC,    CODA_SUPER_MAGIC, NCP_SUPER_MAGIC,  FUSE_SUPER_MAGIC, AUTOFS_SUPER_MAGIC,
    0x20030528, // orangefs: fs/orangefs/orangefs-kernel.h
    0x0bd00bd0, // Lustre: lustre_user.h LL_SUPER_MAGIC
    0x47504653, // GPFS
    0x19830326, // BeeGFS
};
constexpr std::array<std::uint32_t, 18> pseudo_magics{
    PROC_SUPER_MAGIC, SYSFS_MAGIC,        DEBUGFS_MAGIC,       TRACEFS_MAGIC,      SECURITYFS_MAGIC, SELINUX_MAGIC,
    SMACK_MAGIC,      CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC, BPF_FS_MAGIC,     PSTOREFS_MAGIC,
    EFIVARFS_MAGIC,   BINFMTFS_MAGIC,     NSFS_MAGIC,          PIPEFS_MAGIC,       SOCKFS_MAGIC,
    0x62656570, // configfs: fs/configfs/mount.c
};
// st_dev there is a subvolume's or a layer's number, not the super block's.
constexpr std::array<std::uint32_t, 3> several_devices_magics{
    OVERLAYFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
    0xca451a4e, // bcachefs: fs/bcachefs/bcachefs_format.h
};

template <std::size_t N> bool contains(const std::array<std::uint32_t, N>& magics, std::uint32_t magic) {
  return std::ranges::find(magics, magic) != magics.end();
}

std::uint32_t magic_of(int fd) {
  struct statfs facts{};
  return ::fstatfs(fd, &facts) == 0 ? static_cast<std::uint32_t>(facts.f_type) : 0;
}

// No magic links on the way: a path may not lead out of the process's root through /proc.
UniqueFd open_in(int root, const std::string& path, std::uint64_t also) {
  struct open_how how{};
  how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_MAGICLINKS | also;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

UniqueFd open_exe(const FileReference& file, const FileRoots& roots) {
  const std::string link = roots.proc + "/" + std::to_string(file.pid.value) + "/exe";
  return UniqueFd(::open(link.c_str(), O_PATH | O_CLOEXEC));
}

UniqueFd open_descriptor(const FileReference& file, const FileRoots& roots) {
  const std::string link =
      roots.proc + "/" + std::to_string(file.pid.value) + "/fd/" + std::to_string(file.descriptor.value_or(0));
  return UniqueFd(::open(link.c_str(), O_PATH | O_CLOEXEC));
}

UniqueFd open_in_process_root(const FileReference& file, const FileRoots& roots) {
  const std::string link = roots.proc + "/" + std::to_string(file.pid.value) + "/root";
  const UniqueFd root(::open(link.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return root ? open_in(root.get(), file.path, RESOLVE_IN_ROOT) : UniqueFd();
}

UniqueFd open_on_host(const FileReference& file, const FileRoots& roots) {
  if (!file.path.starts_with('/'))
    return {};
  if (roots.host.empty())
    return open_in(AT_FDCWD, file.path, 0);
  const UniqueFd root(::open(roots.host.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return root ? open_in(root.get(), file.path, RESOLVE_IN_ROOT) : UniqueFd();
}

bool is_same_device(const FileReference& file, const FileVersion& version, int fd) {
  if (version.device == file.identity.device || contains(several_devices_magics, file.fs_magic))
    return true;
  return contains(several_devices_magics, magic_of(fd));
}

// Where the file system tells the generation, a reused inode number is found out by it.
bool is_same_generation(const FileReference& file, int readable) {
  long generation = 0;
  if (file.identity.generation == 0 || ::ioctl(readable, FS_IOC_GETVERSION, &generation) != 0)
    return true;
  return static_cast<std::uint32_t>(generation) == file.identity.generation;
}

enum class Judgement : std::uint8_t { same, another, not_regular };

Judgement judge(const FileReference& file, const FileVersion& version, int fd) {
  if (version.inode != file.identity.inode || !is_same_device(file, version, fd))
    return Judgement::another;
  if (!version.regular)
    return Judgement::not_regular;
  return version.size == file.size && version.mtime_ns == file.mtime_ns ? Judgement::same : Judgement::another;
}

bool means_absent(int error) {
  return error == ENOENT || error == ESRCH || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG ||
         error == EXDEV;
}

} // namespace

FileSystemKind file_system_kind(std::uint32_t magic) {
  if (contains(remote_magics, magic))
    return FileSystemKind::remote;
  return contains(pseudo_magics, magic) ? FileSystemKind::pseudo : FileSystemKind::local;
}

Result<FileVersion> version_of(int fd) {
  struct statx facts{};
  if (::statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &facts) != 0)
    return fail(system_error("stat", "an open file"));
  const auto ns = [](const statx_timestamp& t) {
    return t.tv_sec * 1'000'000'000 + static_cast<std::int64_t>(t.tv_nsec);
  };
  FileVersion version;
  // linux/kdev_t.h MKDEV, not the encoding that stat hands out.
  version.device = (static_cast<std::uint64_t>(facts.stx_dev_major) << 20) | facts.stx_dev_minor;
  version.inode = facts.stx_ino;
  version.size = facts.stx_size;
  version.mtime_ns = ns(facts.stx_mtime);
  version.ctime_ns = ns(facts.stx_ctime);
  version.regular = S_ISREG(facts.stx_mode);
  return version;
}

bool is_on_host_path(const FileReference& file, const FileVersion& version, const FileRoots& roots) {
  const UniqueFd fd = open_on_host(file, roots);
  if (!fd)
    return false;
  const Result<FileVersion> there = version_of(fd.get());
  return there && there->device == version.device && there->inode == version.inode;
}

LocateOutcome locate(const FileReference& file, const FileRoots& roots) {
  if (file_system_kind(file.fs_magic) != FileSystemKind::local)
    return {file_system_kind(file.fs_magic) == FileSystemKind::remote ? HashStatus::remote : HashStatus::unreadable};
  HashStatus status = HashStatus::gone;
  for (const auto& open : {open_exe, open_descriptor, open_in_process_root, open_on_host}) {
    if ((open == open_exe && !file.use_exe) || (open == open_descriptor && !file.descriptor))
      continue;
    errno = 0;
    UniqueFd fd = open(file, roots);
    if (!fd) {
      if (errno != 0 && !means_absent(errno))
        status = HashStatus::unreadable;
      continue;
    }
    const Result<FileVersion> version = version_of(fd.get());
    const Judgement judgement = version ? judge(file, *version, fd.get()) : Judgement::another;
    if (judgement == Judgement::not_regular)
      status = HashStatus::unreadable;
    if (judgement != Judgement::same)
      continue;
    const FileSystemKind kind = file_system_kind(magic_of(fd.get()));
    if (kind != FileSystemKind::local)
      return {kind == FileSystemKind::remote ? HashStatus::remote : HashStatus::unreadable};
    const bool on_host_path = is_on_host_path(file, *version, roots);
    return {HashStatus::ok, LocatedFile{std::move(fd), *version, on_host_path}};
  }
  return {status};
}

Result<UniqueFd> open_for_reading(const FileReference& file, const LocatedFile& located, const FileRoots& roots) {
  const std::string link = roots.proc + "/self/fd/" + std::to_string(located.fd.get());
  const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  UniqueFd fd(::open(link.c_str(), flags | O_NOATIME));
  if (!fd && errno == EPERM)
    fd.reset(::open(link.c_str(), flags));
  if (!fd)
    return fail(system_error("open", file.path));
  if (!is_same_generation(file, fd.get()))
    return fail(system_error("open", file.path, ESTALE));
  return fd;
}

} // namespace monster
