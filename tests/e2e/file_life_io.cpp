// SPDX-License-Identifier: Apache-2.0
// Ways for bytes to get into and out of a file.
#include "life.hpp"

#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace monster::e2e {

namespace {

iovec part(std::size_t size) { return {const_cast<char*>(some_bytes()), size}; }

void vectored(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  const std::array<iovec, 3> parts{part(life.size()), part(life.size()), part(life.size())};
  file.wrote(writev(file.fd(), parts.data(), 3), 0);
  file.close();
}

void positioned(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  const std::size_t offset = 4096 + life.size();
  file.wrote(pwrite(file.fd(), some_bytes(), life.size(), static_cast<off_t>(offset)), offset);
  file.wrote(pwrite(file.fd(), some_bytes(), 7, 100), 100);
  file.close();
}

void vectored_positioned(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  const std::array<iovec, 2> parts{part(life.size()), part(life.size())};
  file.wrote(pwritev(file.fd(), parts.data(), 2, 50), 50);
  file.wrote(pwritev2(file.fd(), parts.data(), 2, 9000, 0), 9000);
  file.wrote(pwritev2(file.fd(), parts.data(), 1, -1, 0), 0); // -1: at the file position, which is still 0
  file.close();
}

void append_positioned(Life& life) {
  const std::string path = life.path();
  const std::size_t size = life.size();
  make_file(life, path, size);
  Handle file(life, path, O_WRONLY);
  const std::array<iovec, 1> parts{part(life.size())};
  file.wrote(pwritev2(file.fd(), parts.data(), 1, 3, RWF_APPEND), size); // the offset given is not the offset used
  file.close();
}

void read_back(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_RDWR);
  file.write(5000);
  std::array<char, 600> into;
  const std::array<iovec, 2> parts{iovec{into.data(), 200}, iovec{into.data() + 200, 400}};
  file.did_read(pread(file.fd(), into.data(), life.size(600), 3));
  must(lseek(file.fd(), 0, SEEK_SET), "lseek");
  file.did_read(readv(file.fd(), parts.data(), 2));
  file.did_read(preadv(file.fd(), parts.data(), 2, 4900));
  file.did_read(preadv2(file.fd(), parts.data(), 1, 100, 0));
  file.close();
}

void read_ahead_partial(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_RDWR);
  file.write(100);
  must(lseek(file.fd(), 60, SEEK_SET), "lseek");
  file.read(1000); // 40 come back
  file.close();
}

void send_file(Life& life) {
  Handle from(life, life.path("from"), O_CREAT | O_RDWR);
  from.write(20000);
  Handle to(life, life.path("to"), O_CREAT | O_WRONLY);
  off_t offset = 0;
  const std::int64_t n = sendfile(to.fd(), from.fd(), &offset, life.size());
  from.did_read(n);
  to.wrote(n, 0);
  from.close();
  to.close();
}

void copy_range(Life& life) {
  Handle from(life, life.path("from"), O_CREAT | O_RDWR);
  from.write(20000);
  Handle to(life, life.path("to"), O_CREAT | O_WRONLY);
  off_t in = 0;
  off_t out = 500;
  const std::int64_t n = copy_file_range(from.fd(), &in, to.fd(), &out, life.size(), 0);
  from.did_read(n);
  to.wrote(n, 500);
  from.close();
  to.close();
}

void splice_in(Life& life) {
  int ends[2];
  must(pipe(ends), "pipe");
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  must(write(ends[1], some_bytes(), 3000), "write to a pipe");
  file.wrote(splice(ends[0], nullptr, file.fd(), nullptr, 3000, 0), 0);
  must(write(ends[1], some_bytes(), 1000), "write to a pipe");
  off_t offset = 8000;
  file.wrote(splice(ends[0], nullptr, file.fd(), &offset, 1000, 0), 8000);
  close(ends[0]);
  close(ends[1]);
  file.close();
}

void splice_out(Life& life) {
  int ends[2];
  must(pipe(ends), "pipe");
  Handle file(life, life.path(), O_CREAT | O_RDWR);
  file.write(4000);
  off_t offset = 0;
  file.did_read(splice(file.fd(), &offset, ends[1], nullptr, life.size(4000), 0));
  close(ends[0]);
  close(ends[1]);
  file.close();
}

void map_shared(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_RDWR);
  must(ftruncate(file.fd(), 8192), "ftruncate");
  void* memory = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd(), 0);
  if (memory == MAP_FAILED)
    fail("mmap");
  file.expect("mapped_writable", flag(true)).expect("truncated_to", number(std::int64_t{8192}));
  ::close(file.fd());
  std::memset(memory, 1, 8192);
  file.seal();
  const std::int64_t closing = wall_now();
  munmap(memory, 8192); // the last that holds the file
  file.finish(closing);
}

// Written through a mapping only: no write call ever tells of it.
void map_existing(Life& life) {
  const std::string path = life.path();
  make_file(life, path, 4096);
  Handle file(life, path, O_RDWR);
  void* memory = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file.fd(), 0);
  if (memory == MAP_FAILED)
    fail("mmap");
  must(mprotect(memory, 4096, PROT_READ | PROT_WRITE), "mprotect");
  std::memset(memory, 2, 4096);
  munmap(memory, 4096);
  file.expect("mapped_writable", flag(true));
  file.close();
}

void truncate_handle(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(1000);
  must(ftruncate(file.fd(), 10), "ftruncate");
  file.write(10);
  const std::size_t last = life.size();
  must(ftruncate(file.fd(), static_cast<off_t>(last)), "ftruncate");
  file.expect("truncated_to", number(std::uint64_t{last}));
  file.close();
}

void truncate_existing(Life& life) {
  const std::string path = life.path();
  make_file(life, path, 1000 + life.size());
  Handle file(life, path, O_WRONLY);
  must(ftruncate(file.fd(), 5), "ftruncate");
  file.expect("truncated_to", number(std::int64_t{5}));
  file.close();
}

void allocate_new(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  must(fallocate(file.fd(), 0, 0, 10000), "fallocate");
  file.close();
}

void allocate_existing(Life& life) {
  const std::string path = life.path();
  make_file(life, path, 100);
  Handle file(life, path, O_WRONLY);
  must(fallocate(file.fd(), 0, 0, 10000), "fallocate");
  file.close();
}

// The size stays, the content does not.
void punch_hole(Life& life) {
  const std::string path = life.path();
  make_file(life, path, 16384);
  Handle file(life, path, O_RDWR);
  must(fallocate(file.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096), "fallocate");
  file.close();
}

void sparse_large(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  const std::uint64_t offset = 5'000'000'000;
  file.wrote(pwrite(file.fd(), some_bytes(), 9, static_cast<off_t>(offset)), offset);
  file.close();
}

void many_small(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  for (int i = 0; i < 300; ++i)
    file.write(1 + life.size(50));
  file.close();
}

constexpr Kind kinds[] = {
    {"vectored", vectored},
    {"positioned", positioned},
    {"vectored_positioned", vectored_positioned},
    {"append_positioned", append_positioned},
    {"read_back", read_back},
    {"read_ahead_partial", read_ahead_partial},
    {"send_file", send_file},
    {"copy_range", copy_range},
    {"splice_in", splice_in},
    {"splice_out", splice_out},
    {"map_shared", map_shared},
    {"map_existing", map_existing},
    {"truncate_handle", truncate_handle},
    {"truncate_existing", truncate_existing},
    {"allocate_new", allocate_new},
    {"allocate_existing", allocate_existing},
    {"punch_hole", punch_hole},
    {"sparse_large", sparse_large},
    {"many_small", many_small},
};

} // namespace

std::span<const Kind> io_kinds() { return kinds; }

} // namespace monster::e2e
