/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The system calls that the hooks look at, by what they do; user space fills one table of these per ABI. */
#ifndef MONSTER_CALLS_H
#define MONSTER_CALLS_H

enum call_kind {
  CALL_NONE = 0,
  CALL_READ,   /* read, readv: at the file's position */
  CALL_PREAD,  /* pread64, preadv, preadv2 */
  CALL_WRITE,  /* write, writev */
  CALL_PWRITE, /* pwrite64 */
  CALL_PWRITEV,
  CALL_PWRITEV2, /* offset -1 is the file's position */
  CALL_OPEN,
  CALL_CREAT,
  CALL_OPENAT,
  CALL_OPENAT2,
  CALL_OPEN_BY_HANDLE,
  CALL_MEMFD,
  CALL_SENDFILE,
  CALL_SPLICE,
  CALL_COPY_RANGE,
  CALL_FTRUNCATE,
  CALL_FTRUNCATE64, /* of 32-bit programs: the size comes in two words */
  CALL_FALLOCATE,
  CALL_MMAP,
  CALL_OLD_MMAP, /* of 32-bit programs: the arguments lie in memory */
  CALL_MPROTECT,
  CALL_IO_SUBMIT,
  CALL_FCHMOD,
  CALL_FCHOWN,
  CALL_FUTIMES, /* utimensat with a null path */
  CALL_FSETXATTR,
  CALL_FREMOVEXATTR,
  CALL_IOCTL,

  /* Acts on a path: the inodes they touch are noted while they run. */
  CALL_PATH_FIRST,
  CALL_RENAME = CALL_PATH_FIRST,
  CALL_RENAMEAT,
  CALL_UNLINK,
  CALL_UNLINKAT,
  CALL_RMDIR,
  CALL_LINK,
  CALL_LINKAT,
  CALL_SYMLINK,
  CALL_SYMLINKAT,
  CALL_MKDIR,
  CALL_MKDIRAT,
  CALL_MKNOD,
  CALL_MKNODAT,
  CALL_TRUNCATE,
  CALL_TRUNCATE64,
  CALL_CHMOD,
  CALL_FCHMODAT,
  CALL_CHOWN,
  CALL_FCHOWNAT,
  CALL_UTIME,
  CALL_UTIMENSAT,
  CALL_SETXATTR,
  CALL_REMOVEXATTR,
  CALL_SETXATTRAT,
  CALL_REMOVEXATTRAT,
  CALL_FILE_SETATTR,
  CALL_KINDS,
};

enum call_abi { ABI_64, ABI_32, ABI_X32, ABI_COUNT };
enum { CALL_NUMBERS = 1024 };

/* Which arguments of an act on a path hold what, from 0; -1: it has no such argument. */
struct act_shape {
  unsigned char act; /* enum wire_path_act */
  signed char directory1, path1, directory2, path2, flags, value, name;
};

#endif
