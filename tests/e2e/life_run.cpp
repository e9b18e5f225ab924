// SPDX-License-Identifier: Apache-2.0
#include "life_run.hpp"

#include <linux/io_uring.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <cstdlib>

namespace monster::e2e {

namespace {

struct Options {
  std::string directory;
  std::string kinds = "all";
  std::string truth = "-";
  unsigned rounds = 1;
  unsigned jobs = 1;
  std::uint64_t seed = 1;
  bool list = false;
};

std::vector<Kind> chosen_kinds(const Program& program, const std::string& names) {
  const std::vector<Kind>& all = program.kinds;
  if (names == "all")
    return all;
  std::vector<Kind> chosen;
  for (std::size_t from = 0; from <= names.size();) {
    const std::size_t comma = std::min(names.find(',', from), names.size());
    const std::string_view name = std::string_view(names).substr(from, comma - from);
    const auto found = std::ranges::find(all, name, &Kind::name);
    if (found == all.end()) {
      std::fprintf(stderr, "no kind is called '%.*s'; see --list\n", static_cast<int>(name.size()), name.data());
      std::exit(2);
    }
    chosen.push_back(*found);
    from = comma + 1;
  }
  return chosen;
}

bool io_uring_works() {
  io_uring_params parameters{};
  const auto fd = static_cast<int>(syscall(SYS_io_uring_setup, 4, &parameters));
  if (fd < 0)
    return false;
  close(fd);
  return true;
}

bool mount_works() {
  const int status = in_child([] {
    const bool own = unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    _exit(own ? 0 : 1);
  });
  return status == 0;
}

// Why a kind cannot run here, or empty.
std::string_view missing(Needs needs, const Place& place) {
  static const bool uring = io_uring_works();
  static const bool mounts = geteuid() == 0 && mount_works();
  switch (needs) {
  case Needs::nothing:
    return {};
  case Needs::root:
    return geteuid() == 0 ? "" : "needs root";
  case Needs::ext4:
    return place.ext4 ? "" : "needs ext4";
  case Needs::io_uring:
    return uring ? "" : "needs io_uring";
  case Needs::root_uring:
    return uring && geteuid() == 0 ? "" : "needs io_uring and root";
  case Needs::mount:
    return mounts ? "" : "needs a mount namespace";
  }
  return {};
}

// Every kind once a round, in an order of the worker's own.
void work(const Options& options, std::vector<Kind> kinds, const Place& base, unsigned worker) {
  std::mt19937_64 random(options.seed * 1000 + worker);
  Place place = base;
  place.directory += "/worker" + std::to_string(worker);
  place.tallies = static_cast<LifeTallies*>(shared_memory(sizeof(LifeTallies)));
  Life first(place, "worker", worker, random);
  make_directory(first, place.directory);
  std::uint64_t number = 0;
  for (unsigned round = 0; round < options.rounds; ++round) {
    std::ranges::shuffle(kinds, random);
    for (const Kind& kind : kinds) {
      Life life(place, kind.name, number++, random);
      const std::string_view reason = missing(kind.needs, place);
      if (reason.empty())
        kind.run(life);
      else if (round == 0)
        life.skip(reason);
    }
  }
}

int run(const Program& program, const Options& options) {
  const std::vector<Kind> kinds = chosen_kinds(program, options.kinds);
  std::array<char, PATH_MAX> real;
  if (realpath(options.directory.c_str(), real.data()) == nullptr)
    fail("realpath " + options.directory);
  const int out = options.truth == "-"
                      ? STDOUT_FILENO
                      : must_fd(open(options.truth.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600),
                                "open " + options.truth);
  Sink sink(out);
  struct statfs info{};
  must(statfs(real.data(), &info), "statfs");
  const Place place{sink, real.data(), "", info.f_type == EXT4_SUPER_MAGIC, nullptr, mount_namespace()};
  Object root;
  root.set("type", text("root")).set("directory", text(place.directory)).set("program", text(program.name));
  sink.line(root.set("complete", flag(program.complete)).set("seed", number(options.seed)));
  static_cast<void>(missing(Needs::io_uring, place)); // asked once, before there are workers
  umask(0);
  std::vector<pid_t> workers;
  for (unsigned worker = 0; worker < options.jobs; ++worker) {
    const pid_t pid = fork_or_fail();
    if (pid == 0) {
      work(options, kinds, place, worker);
      _exit(0);
    }
    workers.push_back(pid);
  }
  const bool good = std::ranges::count_if(workers, [](pid_t pid) { return wait_for(pid) == 0; }) == std::ssize(workers);
  return good ? 0 : 1;
}

[[noreturn]] void usage(const Program& program) {
  std::fprintf(stderr,
               "usage: %s --dir DIR [--rounds N] [--jobs J] [--seed S] [--kinds a,b|all] [--truth FILE] | --list\n",
               std::string(program.name).c_str());
  std::exit(2);
}

Options parse(const Program& program, std::span<char*> arguments) {
  Options options;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--list") {
      options.list = true;
      continue;
    }
    if (i + 1 == arguments.size())
      usage(program);
    const char* value = arguments[++i];
    if (name == "--dir")
      options.directory = value;
    else if (name == "--kinds")
      options.kinds = value;
    else if (name == "--truth")
      options.truth = value;
    else if (name == "--rounds")
      options.rounds = static_cast<unsigned>(std::atoi(value));
    else if (name == "--jobs")
      options.jobs = static_cast<unsigned>(std::atoi(value));
    else if (name == "--seed")
      options.seed = std::strtoull(value, nullptr, 10);
    else
      usage(program);
  }
  if (options.directory.empty() && !options.list)
    usage(program);
  return options;
}

} // namespace

int run_program(const Program& program, std::span<char*> arguments) {
  const Options options = parse(program, arguments);
  if (options.list) {
    for (const Kind& kind : program.kinds)
      std::printf("%.*s\n", static_cast<int>(kind.name.size()), kind.name.data());
    return 0;
  }
  return run(program, options);
}

} // namespace monster::e2e
