// SPDX-License-Identifier: Apache-2.0
// The numbers of the wanted calls against those of the kernel's own headers, which name them.
#include "sensor/linux/bpf/calls.hpp"

#include "../../../../bpf/calls.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace monster {
namespace {

using Numbers = std::map<std::string, int>;

// `#define __NR_name number` of asm/unistd_64.h or _32.h, or `(__X32_SYSCALL_BIT + number)` of _x32.h.
Numbers read_numbers(const std::string& header) {
  Numbers numbers;
  for (const std::string folder : {"/usr/include/x86_64-linux-gnu/asm/", "/usr/include/asm/"}) {
    std::ifstream file(folder + header);
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string define, name, number;
      if (words >> define >> name && name.starts_with("__NR_"))
        while (words >> number)
          numbers[name.substr(5)] = std::atoi(number.c_str());
    }
  }
  return numbers;
}

struct NamedKind {
  call_kind kind;
  std::vector<std::string> names; // of both ABIs; each has those of them that it knows
};

const std::vector<NamedKind>& named_kinds() {
  static const std::vector<NamedKind> kinds = {
      {CALL_READ, {"read", "readv"}},
      {CALL_PREAD, {"pread64", "preadv", "preadv2"}},
      {CALL_WRITE, {"write", "writev"}},
      {CALL_PWRITE, {"pwrite64"}},
      {CALL_PWRITEV, {"pwritev"}},
      {CALL_PWRITEV2, {"pwritev2"}},
      {CALL_OPEN, {"open"}},
      {CALL_CREAT, {"creat"}},
      {CALL_OPENAT, {"openat"}},
      {CALL_OPENAT2, {"openat2"}},
      {CALL_OPEN_BY_HANDLE, {"open_by_handle_at"}},
      {CALL_MEMFD, {"memfd_create"}},
      {CALL_SENDFILE, {"sendfile", "sendfile64"}},
      {CALL_SPLICE, {"splice"}},
      {CALL_COPY_RANGE, {"copy_file_range"}},
      {CALL_FTRUNCATE, {"ftruncate"}},
      {CALL_FTRUNCATE64, {"ftruncate64"}},
      {CALL_FALLOCATE, {"fallocate"}},
      {CALL_MMAP, {"mmap", "mmap2"}},
      {CALL_OLD_MMAP, {"old_mmap"}},
      {CALL_IO_SUBMIT, {"io_submit"}},
      {CALL_MPROTECT, {"mprotect", "pkey_mprotect"}},
      {CALL_FCHMOD, {"fchmod"}},
      {CALL_FCHOWN, {"fchown", "fchown32"}},
      {CALL_FSETXATTR, {"fsetxattr"}},
      {CALL_FREMOVEXATTR, {"fremovexattr"}},
      {CALL_IOCTL, {"ioctl"}},
      {CALL_RENAME, {"rename"}},
      {CALL_RENAMEAT, {"renameat", "renameat2"}},
      {CALL_UNLINK, {"unlink"}},
      {CALL_UNLINKAT, {"unlinkat"}},
      {CALL_RMDIR, {"rmdir"}},
      {CALL_LINK, {"link"}},
      {CALL_LINKAT, {"linkat"}},
      {CALL_SYMLINK, {"symlink"}},
      {CALL_SYMLINKAT, {"symlinkat"}},
      {CALL_MKDIR, {"mkdir"}},
      {CALL_MKDIRAT, {"mkdirat"}},
      {CALL_MKNOD, {"mknod"}},
      {CALL_MKNODAT, {"mknodat"}},
      {CALL_TRUNCATE, {"truncate"}},
      {CALL_TRUNCATE64, {"truncate64"}},
      {CALL_CHMOD, {"chmod"}},
      {CALL_FCHMODAT, {"fchmodat", "fchmodat2"}},
      {CALL_CHOWN, {"chown", "lchown", "chown32", "lchown32"}},
      {CALL_FCHOWNAT, {"fchownat"}},
      {CALL_UTIME, {"utime", "utimes"}},
      {CALL_UTIMENSAT, {"futimesat", "utimensat", "utimensat_time64"}},
      {CALL_SETXATTR, {"setxattr", "lsetxattr"}},
      {CALL_REMOVEXATTR, {"removexattr", "lremovexattr"}},
      {CALL_SETXATTRAT, {"setxattrat"}},
      {CALL_REMOVEXATTRAT, {"removexattrat"}},
      {CALL_FILE_SETATTR, {"file_setattr"}},
  };
  return kinds;
}

// "number kind", so that a failure shows which.
std::set<std::string> expected_calls(Numbers numbers, bool is_32) {
  // Newer than the headers of Debian 12; the same number everywhere.
  numbers["fchmodat2"] = 452;
  numbers["setxattrat"] = 463;
  numbers["removexattrat"] = 466;
  numbers["file_setattr"] = 469;
  if (is_32) {
    numbers["old_mmap"] = numbers["mmap"]; // another call than that of 64-bit programs: its arguments lie in memory
    numbers.erase("mmap");
  }
  std::set<std::string> calls;
  for (const NamedKind& kind : named_kinds())
    for (const std::string& name : kind.names)
      if (const auto number = numbers.find(name); number != numbers.end())
        calls.insert(std::to_string(number->second) + " " + std::to_string(kind.kind));
  return calls;
}

std::set<std::string> listed_calls(std::int16_t WantedCall::* number) {
  std::set<std::string> calls;
  for (const WantedCall& call : wanted_calls()) {
    if (call.*number < 0)
      continue;
    const bool is_first = calls.insert(std::to_string(call.*number) + " " + std::to_string(call.kind)).second;
    EXPECT_TRUE(is_first) << call.*number << " is listed twice";
  }
  return calls;
}

TEST(WantedCalls, NumbersOf64Bit_AreThoseOfTheKernelsHeader) {
  const Numbers numbers = read_numbers("unistd_64.h");
  if (numbers.empty())
    GTEST_SKIP() << "asm/unistd_64.h is not installed";
  EXPECT_EQ(listed_calls(&WantedCall::number_64), expected_calls(numbers, false));
}

TEST(WantedCalls, NumbersOf32Bit_AreThoseOfTheKernelsHeader) {
  const Numbers numbers = read_numbers("unistd_32.h");
  if (numbers.empty())
    GTEST_SKIP() << "asm/unistd_32.h is not installed";
  EXPECT_EQ(listed_calls(&WantedCall::number_32), expected_calls(numbers, true));
}

TEST(WantedCalls, NumbersOfX32_AreThoseOfTheKernelsHeader) {
  const Numbers numbers = read_numbers("unistd_x32.h");
  if (numbers.empty())
    GTEST_SKIP() << "asm/unistd_x32.h is not installed";
  std::set<std::string> listed;
  for (const WantedCall& call : wanted_calls())
    if (const int number = number_x32(call); number >= 0) {
      EXPECT_LT(number, CALL_NUMBERS);
      listed.insert(std::to_string(number) + " " + std::to_string(call.kind));
    }
  EXPECT_EQ(listed, expected_calls(numbers, false));
}

TEST(WantedCalls, EveryNumber_FitsTheTableAndMeansOneThing) {
  for (const auto number : {&WantedCall::number_64, &WantedCall::number_32}) {
    std::map<int, int> kinds;
    for (const WantedCall& call : wanted_calls()) {
      EXPECT_LT(call.*number, CALL_NUMBERS);
      EXPECT_TRUE(call.kind > CALL_NONE && call.kind < CALL_KINDS);
      const int known = call.*number < 0 ? call.kind : kinds.emplace(call.*number, call.kind).first->second;
      EXPECT_EQ(known, call.kind) << call.*number;
    }
  }
}

TEST(WantedCalls, EveryKindOfCall_HasANumberInBothAbis) {
  for (int kind = CALL_READ; kind < CALL_KINDS; ++kind) {
    if (kind == CALL_FUTIMES) // told apart from utimensat by its null path
      continue;
    const bool only_32 = kind == CALL_FTRUNCATE64 || kind == CALL_TRUNCATE64 || kind == CALL_OLD_MMAP;
    for (const auto number : {&WantedCall::number_64, &WantedCall::number_32}) {
      const auto has = [&](const WantedCall& call) { return call.kind == kind && call.*number >= 0; };
      if (!only_32 || number == &WantedCall::number_32) {
        EXPECT_TRUE(std::ranges::any_of(wanted_calls(), has)) << kind;
      }
    }
  }
}

} // namespace
} // namespace monster
