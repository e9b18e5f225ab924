// SPDX-License-Identifier: Apache-2.0
// The same acts through io_uring, where no system call shows them.
#include "life.hpp"

#include <liburing.h>
#include <unistd.h>

#include <cerrno>

namespace monster::e2e {

namespace {

class Ring {
public:
  explicit Ring(unsigned flags = 0) {
    io_uring_params parameters{};
    parameters.flags = flags;
    parameters.sq_thread_idle = 50;
    check(io_uring_queue_init_params(8, &ring_, &parameters), "io_uring_queue_init");
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() { io_uring_queue_exit(&ring_); }

  [[nodiscard]] io_uring* get() { return &ring_; }
  [[nodiscard]] io_uring_sqe* next() { return io_uring_get_sqe(&ring_); }
  // Submits what `next` gave and returns its result.
  int run() {
    io_uring_cqe* done = nullptr;
    check(io_uring_submit(&ring_), "io_uring_submit");
    check(io_uring_wait_cqe(&ring_, &done), "io_uring_wait_cqe");
    const int result = done->res;
    io_uring_cqe_seen(&ring_, done);
    return check(result, "an io_uring request");
  }
  static int check(int result, std::string_view what) {
    if (result < 0) {
      errno = -result;
      fail(what);
    }
    return result;
  }

private:
  io_uring ring_{};
};

void write_with(Life& life, Ring& ring, Handle& file, int writes) {
  std::uint64_t offset = 0;
  for (int i = 0; i < writes; ++i) {
    const auto size = static_cast<unsigned>(life.size());
    io_uring_prep_write(ring.next(), file.fd(), some_bytes(), size, offset);
    const int n = ring.run();
    file.wrote(n, offset);
    offset += static_cast<std::uint64_t>(n);
  }
}

void uring_write(Life& life) {
  Ring ring;
  Handle file(life, life.path(), O_CREAT | O_RDWR);
  write_with(life, ring, file, 3);
  std::array<char, 500> into;
  io_uring_prep_read(ring.next(), file.fd(), into.data(), 500, 0);
  file.did_read(ring.run());
  file.close();
}

void uring_at_position(Life& life) {
  Ring ring;
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(100);
  iovec parts[2] = {{const_cast<char*>(some_bytes()), 300}, {const_cast<char*>(some_bytes()), life.size()}};
  io_uring_prep_writev(ring.next(), file.fd(), parts, 2, static_cast<std::uint64_t>(-1));
  file.wrote(ring.run(), 100);
  file.close();
}

void uring_sqpoll(Life& life) {
  Ring ring(IORING_SETUP_SQPOLL);
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  write_with(life, ring, file, 3);
  // The kernel's polling thread lets go of the file when it gets the processor, so the end is not ours to time.
  const std::int64_t closing = wall_now();
  file.seal();
  must(::close(file.fd()), "close");
  file.finish_whenever(closing);
}

void uring_workers(Life& life) {
  Ring ring;
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  io_uring_sqe* request = ring.next();
  io_uring_prep_write(request, file.fd(), some_bytes(), 7777, 5);
  request->flags |= IOSQE_ASYNC; // a kernel worker does it
  file.wrote(ring.run(), 5);
  file.close();
}

void uring_open_close(Life& life) {
  Ring ring;
  const Opening before = opening(life.path(), O_CREAT | O_RDWR);
  io_uring_prep_openat(ring.next(), AT_FDCWD, before.path.c_str(), O_CREAT | O_RDWR, 0600);
  Handle file(life, before, ring.run());
  file.write(life.size());
  file.seal();
  const std::int64_t closing = wall_now();
  io_uring_prep_close(ring.next(), file.fd());
  ring.run();
  file.finish(closing);
}

// The descriptor lies in the ring's own table: this process has no fd, so the truth is put together by hand.
void uring_direct(Life& life) {
  Ring ring;
  const std::string path = life.path();
  const auto size = static_cast<unsigned>(life.size());
  const std::int64_t before = wall_now();
  Ring::check(io_uring_register_files_sparse(ring.get(), 4), "io_uring_register_files_sparse");
  io_uring_prep_openat_direct(ring.next(), AT_FDCWD, path.c_str(), O_CREAT | O_WRONLY, 0600, 1);
  ring.run();
  io_uring_sqe* request = ring.next();
  io_uring_prep_write(request, 1, some_bytes(), size, 0);
  request->flags |= IOSQE_FIXED_FILE;
  const int n = ring.run();
  const std::int64_t after = wall_now();
  io_uring_prep_close_direct(ring.next(), 1);
  ring.run();
  Object expect;
  life.expect_process(expect);
  expect.set("path", text(path))
      .set("created", flag(true))
      .set("access", text("write"))
      .set("write_count", number(std::int64_t{1}));
  expect.set("bytes_written", number(std::int64_t{n}))
      .set("size_at_close", number(std::int64_t{n}))
      .set("final_path", null());
  expect.set("lowest_offset", number(std::int64_t{0}))
      .set("highest_end", number(std::int64_t{n}))
      .set("deleted", flag(false));
  expect.set("source", any_of({text("open"), text("lazy")})).set("state", text("final")).set("complete", flag(true));
  Object line = life.line("file");
  line.set("path", text(path))
      .set("optional", flag(false))
      .set("file", identity_of(path, life.place().ext4))
      .set("expect", expect.value());
  line.set("opened", list(std::array<Value, 2>{number(before), number(after)})).set("lazy", flag(true));
  line.set("closed", list(std::array<Value, 2>{number(after), null()}));
  life.emit(line);
}

// A secret read through the ring's own table: no descriptor, no system call but io_uring_enter.
void uring_direct_secret(Life& life) {
  Ring ring;
  std::array<char, 4096> into;
  const std::string path = "/etc/shadow";
  Ring::check(io_uring_register_files_sparse(ring.get(), 4), "io_uring_register_files_sparse");
  for (const unsigned slot : {2U, IORING_FILE_INDEX_ALLOC - 1}) { // the latter: any that is free
    const std::int64_t before = wall_now();
    io_uring_prep_openat_direct(ring.next(), AT_FDCWD, path.c_str(), O_RDONLY, 0, slot);
    const int given = ring.run();
    io_uring_sqe* request = ring.next();
    io_uring_prep_read(request, slot == 2 ? 2 : given, into.data(), 100, 0);
    request->flags |= IOSQE_FIXED_FILE;
    const int n = ring.run();
    const std::int64_t after = wall_now();
    io_uring_prep_close_direct(ring.next(), slot == 2 ? 2 : static_cast<unsigned>(given));
    ring.run();
    Object expect;
    life.expect_process(expect);
    expect.set("path", text(path)).set("access", text("read")).set("bytes_read", number(std::int64_t{n}));
    expect.set("read_count", number(std::int64_t{1})).set("bytes_written", number(std::int64_t{0}));
    expect.set("lowest_offset", null()).set("state", text("final")).set("complete", flag(true));
    expect.set("source", text("open")).set("created", flag(false)).set("deleted", flag(false));
    Object line = life.line("file").set("path", text(path)).set("optional", flag(false)).set("file", null());
    line.set("expect", expect.value()).set("opened", list(std::array<Value, 2>{number(before), number(after)}));
    life.emit(line.set("closed", list(std::array<Value, 2>{number(after), null()})));
  }
}

// No completion, so no count: the block must say so, and the size shows the growth.
void uring_silent_completion(Life& life) {
  Ring ring;
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  const std::uint64_t size = life.size();
  io_uring_sqe* hidden = ring.next();
  io_uring_prep_write(hidden, file.fd(), some_bytes(), static_cast<unsigned>(size), 0);
  hidden->flags |= IOSQE_CQE_SKIP_SUCCESS | IOSQE_IO_LINK;
  io_uring_prep_nop(ring.next());
  ring.run();
  file.expect("completions_suppressed", flag(true)).expect("complete", anything());
  file.expect("bytes_written", between(0, size)).expect("write_count", between(0, 1));
  file.expect("lowest_offset", any_of({null(), number(std::int64_t{0})}))
      .expect("highest_end", any_of({null(), number(size)}));
  file.close();
}

void uring_rename_unlink(Life& life) {
  Ring ring;
  const std::string path = life.path();
  const std::string to = life.path("renamed");
  make_file(life, path, life.size());
  Act act(life, "rename", path);
  io_uring_prep_rename(ring.next(), path.c_str(), to.c_str());
  ring.run();
  act.moved_to(to);
  act.expect("tid", anything()).done();
  life.renamed(path, to, act.identity());
  Act removal(life, "unlink", to);
  io_uring_prep_unlink(ring.next(), to.c_str(), 0);
  ring.run();
  removal.deleted();
  removal.expect("tid", anything()).done();
}

void uring_make_directory(Life& life) {
  Ring ring;
  const std::string path = life.path("d");
  Act act(life, "mkdir", path);
  io_uring_prep_mkdir(ring.next(), path.c_str(), 0700);
  ring.run();
  act.created();
  act.expect("tid", anything()).done();
}

// No completion, so nobody can say whether it worked, nor on which file: it is told as the request names it.
void uring_silent_directory(Life& life) {
  Ring ring;
  const std::string path = life.path("d");
  Act act(life, "mkdir", path);
  io_uring_sqe* hidden = ring.next();
  io_uring_prep_mkdir(hidden, path.c_str(), 0700);
  hidden->flags |= IOSQE_CQE_SKIP_SUCCESS | IOSQE_IO_LINK;
  io_uring_prep_nop(ring.next());
  ring.run();
  act.created();
  act.no_identity().expect("tid", anything()).expect("file_kind", null()).expect("nlink", null());
  act.expect("completions_suppressed", flag(true)).expect("complete", flag(false));
  act.done();
}

constexpr Kind kinds[] = {
    {"uring_write", uring_write, Needs::io_uring},
    {"uring_at_position", uring_at_position, Needs::io_uring},
    {"uring_sqpoll", uring_sqpoll, Needs::io_uring},
    {"uring_workers", uring_workers, Needs::io_uring},
    {"uring_open_close", uring_open_close, Needs::io_uring},
    {"uring_direct", uring_direct, Needs::io_uring},
    {"uring_direct_secret", uring_direct_secret, Needs::root_uring},
    {"uring_silent_completion", uring_silent_completion, Needs::io_uring},
    {"uring_rename_unlink", uring_rename_unlink, Needs::io_uring},
    {"uring_make_directory", uring_make_directory, Needs::io_uring},
    {"uring_silent_directory", uring_silent_directory, Needs::io_uring},
};

} // namespace

std::span<const Kind> uring_kinds() { return kinds; }

} // namespace monster::e2e
