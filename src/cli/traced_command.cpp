// SPDX-License-Identifier: Apache-2.0
#include "cli/traced_command.hpp"

#include "cli/exit_codes.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>

namespace monster {
namespace {

void write_error(const char* what, int error) {
  const std::string text = "monster-agent: " + system_error("run", what, error).message() + "\n";
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

[[noreturn]] void wait_and_exec(int gate, char* const* argv) {
  char go = 0;
  if (::read(gate, &go, 1) != 1)
    ::_exit(exit_trace_failure);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  struct sigaction normal{};
  normal.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &normal, nullptr);
  ::sigaction(SIGXFSZ, &normal, nullptr);
  ::execvp(argv[0], argv);
  const int error = errno;
  write_error(argv[0], error);
  ::_exit(error == ENOENT ? exit_not_found : exit_not_executable);
}

} // namespace

Result<TracedCommand> TracedCommand::prepare(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(system_error("make", "a pipe"));
  UniqueFd read_end(ends[0]);
  TracedCommand command;
  command.gate_ = UniqueFd(ends[1]);
  command.pid_ = ::fork();
  if (command.pid_ < 0)
    return fail(system_error("fork", arguments.front()));
  if (command.pid_ == 0) {
    command.gate_.reset();
    wait_and_exec(read_end.get(), argv.data());
  }
  return command;
}

Result<> TracedCommand::let_go() {
  if (::write(gate_.get(), "g", 1) != 1)
    return fail(system_error("start", "the command"));
  gate_.reset();
  return {};
}

std::optional<int> TracedCommand::status() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return status_;
}

// Its process id is its own until its status was taken.
void TracedCommand::pass_on(int signal) const {
  if (!status_)
    ::kill(pid_, signal);
}

} // namespace monster
