// SPDX-License-Identifier: Apache-2.0
// System calls that few programs make: by handles, by 32-bit numbers, in the background, newer than the C library.
#include "life.hpp"

#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace monster::e2e {

namespace {

constexpr std::uint64_t high_word = 1ULL << 32;

// A system call as a 32-bit program makes it: other numbers, and 64-bit values in two words.
std::int64_t call_32(std::uint32_t number, std::uint32_t a, std::uint32_t b = 0, std::uint32_t c = 0,
                     std::uint32_t d = 0, std::uint32_t e = 0) {
  std::int32_t result = 0;
  asm volatile("int $0x80"
               : "=a"(result)
               : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
               : "memory", "r8", "r9", "r10", "r11");
  if (result < 0 && result > -4096) {
    errno = -result;
    return -1;
  }
  return static_cast<std::uint32_t>(result);
}

// Memory that such a call can name.
class LowMemory {
public:
  LowMemory() : at_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0)) {
    if (at_ == MAP_FAILED)
      fail("mmap below 2 GiB");
  }
  LowMemory(const LowMemory&) = delete;
  LowMemory& operator=(const LowMemory&) = delete;
  ~LowMemory() { munmap(at_, size); }
  // Copies there; its address.
  std::uint32_t put(const void* bytes, std::size_t count) {
    std::memcpy(at_, bytes, count);
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(at_));
  }

private:
  static constexpr std::size_t size = 8192;
  void* at_;
};

constexpr std::uint32_t mmap_32 = 90, pwrite64_32 = 181, truncate64_32 = 193, ftruncate64_32 = 194;

bool has_32bit_calls() { return call_32(20, 0) == getpid(); } // getpid

void write_32(Life& life) {
  if (!has_32bit_calls())
    return life.skip("this kernel runs no 32-bit programs");
  LowMemory low;
  const std::uint32_t bytes = low.put(some_bytes(), 4096);
  Handle file(life, life.path(), O_CREAT | O_RDWR);
  const auto fd = static_cast<std::uint32_t>(file.fd());
  file.wrote(must(call_32(pwrite64_32, fd, bytes, 100, 7, 1), "pwrite64"), high_word + 7);
  must(call_32(ftruncate64_32, fd, 11, 2), "ftruncate64");
  file.expect("truncated_to", number(2 * high_word + 11));
  file.close();
}

void truncate_32(Life& life) {
  if (!has_32bit_calls())
    return life.skip("this kernel runs no 32-bit programs");
  const std::string path = life.path();
  make_file(life, path, 100);
  LowMemory low;
  Act act(life, "truncate", path);
  must(call_32(truncate64_32, low.put(path.c_str(), path.size() + 1), 5, 1), "truncate64");
  act.expect("truncated_to", number(high_word + 5)).done();
}

void map_32(Life& life) {
  if (!has_32bit_calls())
    return life.skip("this kernel runs no 32-bit programs");
  const std::string path = life.path();
  make_file(life, path, 4096);
  Handle file(life, path, O_RDWR);
  LowMemory low;
  const std::uint32_t arguments[6] = {
      0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, static_cast<std::uint32_t>(file.fd()), 0};
  const std::int64_t at = must(call_32(mmap_32, low.put(arguments, sizeof arguments)), "old mmap");
  munmap(reinterpret_cast<void*>(at), 4096);
  file.expect("mapped_writable", flag(true));
  file.close();
}

// One mprotect over two mappings, of which the second is the file's.
void protect_several(Life& life) {
  const std::string path = life.path();
  make_file(life, path, 4096);
  Handle file(life, path, O_RDWR);
  void* memory = mmap(nullptr, 12288, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    fail("mmap");
  void* const second = static_cast<char*>(memory) + 4096;
  if (mmap(second, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, file.fd(), 0) == MAP_FAILED)
    fail("mmap shared");
  must(mprotect(memory, 12288, PROT_READ | PROT_WRITE), "mprotect");
  munmap(memory, 12288);
  file.expect("mapped_writable", flag(true));
  file.close();
}

void open_by_handle(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  alignas(file_handle) std::array<char, sizeof(file_handle) + MAX_HANDLE_SZ> memory{};
  auto* const handle = reinterpret_cast<file_handle*>(memory.data());
  handle->handle_bytes = MAX_HANDLE_SZ;
  int mount = 0;
  must(name_to_handle_at(AT_FDCWD, path.c_str(), handle, &mount, 0), "name_to_handle_at");
  const int directory = must_fd(open(life.place().directory.c_str(), O_RDONLY | O_DIRECTORY), "open directory");
  const Opening before = opening(path, O_WRONLY);
  Handle file(life, before, must_fd(open_by_handle_at(directory, handle, O_WRONLY), "open_by_handle_at"));
  file.write(life.size());
  file.close();
  close(directory);
}

// Nobody tells when and how it completed, so the block must say that something is missing.
void submitted(Life& life) {
  aio_context_t context = 0;
  if (syscall(SYS_io_setup, 4, &context) != 0)
    return life.skip("this kernel has no io_setup");
  const std::string path = life.path();
  make_file(life, path, 10);
  Handle file(life, path, O_WRONLY);
  iocb request{};
  request.aio_lio_opcode = IOCB_CMD_PWRITE;
  request.aio_fildes = static_cast<std::uint32_t>(file.fd());
  request.aio_buf = reinterpret_cast<std::uintptr_t>(some_bytes());
  request.aio_nbytes = life.size();
  iocb* requests[] = {&request};
  io_event done{};
  must(syscall(SYS_io_submit, context, 1, requests), "io_submit");
  must(syscall(SYS_io_getevents, context, 1, 1, &done, nullptr), "io_getevents");
  syscall(SYS_io_destroy, context);
  file.expect("completions_suppressed", flag(true)).expect("complete", flag(false));
  file.close();
}

// A part of one file becomes part of another, where the file system can do that.
void clone(Life& life) {
  Handle from(life, life.path("from"), O_CREAT | O_RDWR);
  from.write(16384);
  Handle to(life, life.path("to"), O_CREAT | O_WRONLY);
  if (ioctl(to.fd(), FICLONE, from.fd()) == 0) {
    from.did_read(16384);
    to.wrote(16384, 0);
    const file_clone_range range{from.fd(), 0, 8192, 32768};
    must(ioctl(to.fd(), FICLONERANGE, &range), "FICLONERANGE");
    from.did_read(8192);
    to.wrote(8192, 32768);
  } else {
    life.skip("this file system clones nothing");
  }
  from.close();
  to.close();
}

constexpr long setxattrat_number = 463, removexattrat_number = 466, file_setattr_number = 469; // the same everywhere

struct XattrArguments { // linux/xattr.h struct xattr_args
  std::uint64_t value;
  std::uint32_t size;
  std::uint32_t flags;
};

void xattr_at(Life& life) {
  const std::string path = life.path();
  make_file(life, path, life.size());
  const XattrArguments value{reinterpret_cast<std::uintptr_t>(some_bytes()), 5, 0};
  Act set(life, "setxattr", path);
  const char* name = "trusted.e2e_at";
  if (syscall(setxattrat_number, AT_FDCWD, path.c_str(), 0, name, &value, sizeof value) != 0 && errno == ENOSYS)
    return life.skip("this kernel has no setxattrat");
  set.expect("attributes_changed", flag(true)).expect("xattrs_changed", contains(text(name))).done();
  Act removal(life, "removexattr", path);
  must(syscall(removexattrat_number, AT_FDCWD, path.c_str(), 0, name), "removexattrat");
  removal.expect("attributes_changed", flag(true)).expect("xattrs_changed", contains(text(name))).done();
}

void flags_at(Life& life) {
  struct { // linux/fs.h struct file_attr
    std::uint64_t flags;
    std::uint32_t extent_size, extents, project, cow_extent_size;
  } attributes{0x80, 0, 0, 0, 0}; // FS_XFLAG_NODUMP
  const std::string path = life.path();
  make_file(life, path, life.size());
  Act act(life, "setflags", path);
  if (syscall(file_setattr_number, AT_FDCWD, path.c_str(), &attributes, sizeof attributes, 0) != 0)
    return life.skip("this kernel or file system has no file_setattr");
  act.expect("attributes_changed", flag(true)).done();
}

constexpr Kind kinds[] = {
    {"write_32", write_32},
    {"truncate_32", truncate_32},
    {"map_32", map_32},
    {"protect_several", protect_several},
    {"open_by_handle", open_by_handle, Needs::root},
    {"submitted", submitted},
    {"clone", clone},
    {"xattr_at", xattr_at, Needs::root},
    {"flags_at", flags_at},
};

} // namespace

std::span<const Kind> call_kinds() { return kinds; }

} // namespace monster::e2e
