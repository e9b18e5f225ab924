// SPDX-License-Identifier: Apache-2.0
#include "host/linux/host_facts.hpp"

#include "base/fd.hpp"
#include "host/linux/read_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>

namespace monster {
namespace {

constexpr std::size_t max_id_file = 4096;
constexpr const char* own_id = "machine-id";
constexpr const char* own_id_part = "machine-id.part";

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Result<Bytes16> read_id(const std::string& path) {
  const Result<std::string> text = read_file(path, max_id_file);
  return text ? parse_id(*text, path) : fail(text.error());
}

// Only a file that nobody else can have put there is believed.
Result<Bytes16> read_own_id(int directory, const std::string& path) {
  const UniqueFd fd(::openat(directory, own_id, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd)
    return fail(system_error("open", path));
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0)
    return fail(system_error("stat", path));
  if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || (facts.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fail({"trust", path, "it is not a regular file that only this user can write", "remove it"});
  std::string text(64, '\0');
  const ssize_t got = ::read(fd.get(), text.data(), text.size());
  if (got < 0)
    return fail(system_error("read", path));
  text.resize(static_cast<std::size_t>(got));
  return parse_id(text, path);
}

std::string random_id_text() {
  Bytes16 bytes{};
  // Blocks only before the kernel's pool is ready at early boot.
  while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
  }
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text.push_back("0123456789abcdef"[byte >> 4]);
    text.push_back("0123456789abcdef"[byte & 15]);
  }
  return text + "\n";
}

// Written whole under another name first: a crash leaves either no id or a complete one.
Result<void> make_own_id(int directory, const std::string& path) {
  ::unlinkat(directory, own_id_part, 0);
  const UniqueFd fd(::openat(directory, own_id_part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd)
    return fail(system_error("create", path));
  const std::string text = random_id_text();
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(fd.get()) != 0)
    return fail(system_error("write", path));
  if (::renameat2(directory, own_id_part, directory, own_id, RENAME_NOREPLACE) != 0 && errno != EEXIST)
    return fail(system_error("create", path));
  ::fsync(directory);
  return {};
}

} // namespace

Result<Bytes16> parse_id(const std::string& text, const std::string& path) {
  Bytes16 bytes{};
  std::size_t digits = 0;
  bool any = false;
  for (const char c : text) {
    const int value = hex_value(c);
    if (value < 0 && (c == '-' || c == '\n' || c == ' '))
      continue;
    if (value < 0 || digits == 32)
      return fail({"parse", path, "it is not an id of 32 hex digits"});
    bytes[digits / 2] = static_cast<std::uint8_t>(bytes[digits / 2] * 16 + value);
    any = any || value != 0;
    ++digits;
  }
  if (digits != 32 || !any)
    return fail({"parse", path, "it is not an id of 32 hex digits"});
  return bytes;
}

Result<MachineId> machine_id(const HostPaths& paths) {
  for (const char* place : {"/etc/machine-id", "/var/lib/dbus/machine-id"})
    if (const Result<Bytes16> id = read_id(paths.root + place))
      return MachineId{*id, false};
  const std::string path = paths.state + "/" + own_id;
  const UniqueFd directory(::open(paths.state.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory)
    return fail(system_error("open", paths.state));
  if (::faccessat(directory.get(), own_id, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
    if (Result<void> made = make_own_id(directory.get(), path); !made)
      return fail(std::move(made.error()));
  const Result<Bytes16> id = read_own_id(directory.get(), path);
  if (!id)
    return fail(id.error());
  return MachineId{*id, true};
}

Result<Bytes16> boot_id(const HostPaths& paths) { return read_id(paths.root + "/proc/sys/kernel/random/boot_id"); }

Result<HostFacts> read_host_facts(const HostPaths& paths) {
  const Result<MachineId> machine = machine_id(paths);
  if (!machine)
    return fail(machine.error());
  const Result<Bytes16> boot = boot_id(paths);
  if (!boot)
    return fail(boot.error());
  const std::string namespace_link = paths.root + "/proc/self/ns/mnt";
  struct stat mount_namespace{};
  if (::stat(namespace_link.c_str(), &mount_namespace) != 0)
    return fail(system_error("stat", namespace_link));
  utsname names{};
  if (::uname(&names) != 0)
    return fail(system_error("read", "the host's name"));
  return HostFacts{machine->bytes, machine->is_own, *boot, names.nodename,
                   static_cast<std::uint32_t>(mount_namespace.st_ino)};
}

} // namespace monster
