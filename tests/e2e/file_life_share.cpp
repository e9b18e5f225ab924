// SPDX-License-Identifier: Apache-2.0
// One open file description with several descriptors, threads or processes, and the ways it ends.
#include "life.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

namespace monster::e2e {

namespace {

void duplicates(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  const int second = must_fd(dup(file.fd()), "dup");
  close(file.fd());
  file.write(life.size(), second);
  const int third = must_fd(fcntl(second, F_DUPFD_CLOEXEC, 100), "F_DUPFD_CLOEXEC");
  file.seal();
  close(second);
  file.write(life.size(), third);
  file.expect("size_at_close", number(file.bytes_written()));
  const std::int64_t closing = wall_now();
  close(third);
  file.finish(closing);
}

void dup2_replaces(Life& life) {
  Handle first(life, life.path("first"), O_CREAT | O_WRONLY);
  Handle second(life, life.path("second"), O_CREAT | O_WRONLY);
  first.write(life.size());
  second.write(life.size());
  first.seal();
  const std::int64_t closing = wall_now();
  must(dup2(second.fd(), first.fd()), "dup2"); // closes the first file
  first.finish(closing);
  second.write(life.size(), first.fd());
  close(first.fd());
  second.close();
}

void fork_shared(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  const std::size_t size = life.size();
  in_child([&] {
    for (int i = 0; i < 5; ++i)
      file.write(size);
  });
  file.write(life.size());
  file.close();
}

void child_closes_last(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  const std::size_t size = life.size();
  file.write(size);
  int go[2];
  must(pipe(go), "pipe");
  const pid_t pid = fork_or_fail();
  if (pid == 0) {
    char byte = 0;
    must(read(go[0], &byte, 1), "read");
    file.write(size);
    _exit(0);
  }
  close(file.fd());
  const std::int64_t closing = wall_now();
  must(write(go[1], "", 1), "write");
  wait_for(pid);
  close(go[0]);
  close(go[1]);
  file.finish(closing);
}

void many_writers(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY | O_APPEND);
  file.write(life.size());
  const std::size_t size = life.size(2000);
  for (int child = 0; child < 10; ++child)
    in_child([&] { file.write(size); });
  file.close();
}

void send_descriptor(int socket, int fd) {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  must(sendmsg(socket, &message, 0), "sendmsg");
}

int receive_descriptor(int socket) {
  char byte = 0;
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  must(recvmsg(socket, &message, 0), "recvmsg");
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return fd;
}

void passed_by_socket(Life& life) {
  int sockets[2];
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), "socketpair");
  const pid_t pid = fork_or_fail(); // before the open: the child can only have it from the socket
  const std::size_t size = life.size();
  if (pid == 0) {
    const int fd = receive_descriptor(sockets[1]);
    must(write(fd, some_bytes(), size), "write");
    _exit(0);
  }
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(100);
  send_descriptor(sockets[0], file.fd());
  const std::int64_t closing = wall_now();
  close(file.fd());
  expect_exit(pid, 0);
  file.add_writer(pid, size, 1, 100);
  close(sockets[0]);
  close(sockets[1]);
  file.finish(closing);
}

void stolen_by_pidfd(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  const pid_t owner = getpid();
  const std::size_t size = life.size();
  const int status = in_child([&] {
    close(file.fd());
    const int pidfd = must_fd(syscall(SYS_pidfd_open, owner, 0), "pidfd_open");
    const int fd = static_cast<int>(syscall(SYS_pidfd_getfd, pidfd, file.fd(), 0));
    if (fd < 0)
      _exit(1);
    file.write(size, fd);
  });
  static_cast<void>(status); // refused where ptrace is: then the child wrote nothing, and the truth says so
  file.close();
}

// Opened, written and left open by a child, whose end closes it.
template <class End> void in_child_to_the_end(Life& life, int flags, End&& end) {
  const std::size_t size = life.size();
  in_child([&] {
    Handle file(life, life.path(), O_CREAT | O_WRONLY | flags);
    file.write(size);
    file.leave_open();
    end(file);
    _exit(1);
  });
}

void exit_without_close(Life& life) {
  in_child_to_the_end(life, 0, [](Handle&) { _exit(0); });
}

void killed_while_open(Life& life) {
  in_child_to_the_end(life, 0, [](Handle& file) {
    static_cast<void>(dup(file.fd()));
    kill(getpid(), SIGKILL);
  });
}

void closed_by_exec(Life& life) {
  in_child_to_the_end(life, O_CLOEXEC, [](Handle&) { execl("/bin/true", "true", static_cast<char*>(nullptr)); });
}

void inherited_by_exec(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  const std::string fd = std::to_string(file.fd());
  const std::int64_t closing = wall_now();
  const pid_t pid = fork_or_fail();
  if (pid == 0) {
    file.write(66);
    execl("/proc/self/exe", "file_life", "--inherited", fd.c_str(), static_cast<char*>(nullptr));
    _exit(1);
  }
  close(file.fd());
  expect_exit(pid, 0);
  file.add_writer(pid, 300, 3, 66); // what --inherited writes
  file.finish(closing);
}

void closed_by_range(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  file.write(life.size());
  const int high = must_fd(fcntl(file.fd(), F_DUPFD, 500), "F_DUPFD");
  must(syscall(SYS_close_range, file.fd(), file.fd(), 0), "close_range");
  const std::int64_t closing = wall_now();
  must(syscall(SYS_close_range, high, high + 100, 0), "close_range");
  file.finish(closing);
}

// The position is shared: whose write came first is open, where they end is not.
void two_threads(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  const std::size_t size = life.size(2000);
  const auto work = [&file, size] {
    for (int i = 0; i < 20; ++i)
      file.wrote(::write(file.fd(), some_bytes(), size), 0);
  };
  std::jthread other(work);
  work();
  other.join();
  file.expect("lowest_offset", between(0, 40 * size)).expect("highest_end", number(std::uint64_t{40 * size}));
  file.close();
}

void append_by_two(Life& life) {
  Handle first(life, life.path(), O_CREAT | O_WRONLY | O_APPEND);
  const std::size_t size = life.size(2000);
  Handle second(life, life.path(), O_WRONLY | O_APPEND);
  const pid_t pid = fork_or_fail();
  if (pid == 0) {
    for (int i = 0; i < 10; ++i)
      second.write(size);
    _exit(0);
  }
  for (int i = 0; i < 10; ++i)
    first.write(size);
  expect_exit(pid, 0);
  second.close();
  first.close();
}

constexpr Kind kinds[] = {
    {"duplicates", duplicates},
    {"dup2_replaces", dup2_replaces},
    {"fork_shared", fork_shared},
    {"child_closes_last", child_closes_last},
    {"many_writers", many_writers},
    {"passed_by_socket", passed_by_socket},
    {"stolen_by_pidfd", stolen_by_pidfd},
    {"exit_without_close", exit_without_close},
    {"killed_while_open", killed_while_open},
    {"closed_by_exec", closed_by_exec},
    {"inherited_by_exec", inherited_by_exec},
    {"closed_by_range", closed_by_range},
    {"two_threads", two_threads},
    {"append_by_two", append_by_two},
};

} // namespace

std::span<const Kind> share_kinds() { return kinds; }

} // namespace monster::e2e
