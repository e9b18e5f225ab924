// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/calls.hpp"

#include "../../../../bpf/calls.h"

#include <utility>

namespace monster {

namespace {

constexpr WantedCall calls[] = {
    {CALL_READ, 0, 3},
    {CALL_READ, 19, 145},
    {CALL_PREAD, 17, 180},
    {CALL_PREAD, 295, 333},
    {CALL_PREAD, 327, 378},
    {CALL_WRITE, 1, 4},
    {CALL_WRITE, 20, 146},
    {CALL_PWRITE, 18, 181},
    {CALL_PWRITEV, 296, 334},
    {CALL_PWRITEV2, 328, 379},
    {CALL_OPEN, 2, 5},
    {CALL_CREAT, 85, 8},
    {CALL_OPENAT, 257, 295},
    {CALL_OPENAT2, 437, 437},
    {CALL_OPEN_BY_HANDLE, 304, 342},
    {CALL_SENDFILE, 40, 187},
    {CALL_SENDFILE, -1, 239},
    {CALL_SPLICE, 275, 313},
    {CALL_COPY_RANGE, 326, 377},
    {CALL_FTRUNCATE, 77, 93},
    {CALL_FTRUNCATE64, -1, 194},
    {CALL_FALLOCATE, 285, 324},
    {CALL_MMAP, 9, 192},
    {CALL_OLD_MMAP, -1, 90},
    {CALL_MPROTECT, 10, 125},
    {CALL_MPROTECT, 329, 380},
    {CALL_IO_SUBMIT, 209, 248},
    {CALL_MEMFD, 319, 356},
    {CALL_FCHMOD, 91, 94},
    {CALL_FCHOWN, 93, 95},
    {CALL_FCHOWN, -1, 207},
    {CALL_FSETXATTR, 190, 228},
    {CALL_FREMOVEXATTR, 199, 237},
    {CALL_IOCTL, 16, 54},
    {CALL_RENAME, 82, 38},
    {CALL_RENAMEAT, 264, 302},
    {CALL_RENAMEAT, 316, 353},
    {CALL_UNLINK, 87, 10},
    {CALL_UNLINKAT, 263, 301},
    {CALL_RMDIR, 84, 40},
    {CALL_LINK, 86, 9},
    {CALL_LINKAT, 265, 303},
    {CALL_SYMLINK, 88, 83},
    {CALL_SYMLINKAT, 266, 304},
    {CALL_MKDIR, 83, 39},
    {CALL_MKDIRAT, 258, 296},
    {CALL_MKNOD, 133, 14},
    {CALL_MKNODAT, 259, 297},
    {CALL_TRUNCATE, 76, 92},
    {CALL_TRUNCATE64, -1, 193},
    {CALL_CHMOD, 90, 15},
    {CALL_FCHMODAT, 268, 306},
    {CALL_FCHMODAT, 452, 452},
    {CALL_CHOWN, 92, 182},
    {CALL_CHOWN, 94, 16},
    {CALL_CHOWN, -1, 212},
    {CALL_CHOWN, -1, 198},
    {CALL_FCHOWNAT, 260, 298},
    {CALL_UTIME, 132, 30},
    {CALL_UTIME, 235, 271},
    {CALL_UTIMENSAT, 261, 299},
    {CALL_UTIMENSAT, 280, 320},
    {CALL_UTIMENSAT, -1, 412},
    {CALL_SETXATTR, 188, 226},
    {CALL_SETXATTR, 189, 227},
    {CALL_REMOVEXATTR, 197, 235},
    {CALL_REMOVEXATTR, 198, 236},
    {CALL_SETXATTRAT, 463, 463},
    {CALL_REMOVEXATTRAT, 466, 466},
    {CALL_FILE_SETATTR, 469, 469},
};

// Calls that take other structures there have numbers of their own.
constexpr std::pair<int, int> x32_instead_of_64[] = {
    {16, 514},  // ioctl
    {19, 515},  // readv
    {20, 516},  // writev
    {209, 544}, // io_submit
    {295, 534}, // preadv
    {296, 535}, // pwritev
    {327, 546}, // preadv2
    {328, 547}, // pwritev2
};

} // namespace

std::span<const WantedCall> wanted_calls() { return calls; }

int number_x32(const WantedCall& call) {
  for (const auto& [number_64, number] : x32_instead_of_64)
    if (number_64 == call.number_64)
      return number;
  return call.number_64;
}

} // namespace monster
