// SPDX-License-Identifier: Apache-2.0
#include "agent/run_state.hpp"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace monster {
namespace {

constexpr int private_file = O_CREAT | O_NOFOLLOW | O_CLOEXEC;

Error no_directory(std::string_view tried, const std::string& path, int error) {
  Error e = system_error(tried, path, error);
  if (error == EACCES && ::geteuid() != 0) {
    e.advice = "run as root";
    e.kind = ErrorKind::privilege;
  }
  return e;
}

Result<> make_directories(const std::string& path) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty())
    std::filesystem::create_directories(parent, error);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(no_directory("make", path, errno));
  return {};
}

// What is planted there by others would be opened as root: a link to elsewhere, or names of ours.
Result<> check_ours(int directory, const std::string& path) {
  struct stat status{};
  if (::fstat(directory, &status) != 0)
    return fail(system_error("look at", path));
  if (status.st_uid != ::geteuid())
    return fail({"use", path, "it belongs to another user", "name another directory with --data-dir"});
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return fail({"use", path, "others may write to it", "look at what is in it, then chmod go-w it"});
  return {};
}

Result<> write_whole(int fd, std::string_view text, const std::string& path) {
  if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return fail(system_error("write", path));
  if (::fdatasync(fd) != 0)
    return fail(system_error("sync", path));
  return {};
}

template <class T> bool parse_number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// "run_id clean last_seq time_ns" and a newline; anything else is no state of ours.
std::optional<RunState> parse_state(std::string_view text) {
  if (!text.ends_with('\n'))
    return std::nullopt;
  text.remove_suffix(1);
  std::array<std::string_view, 4> words;
  for (std::string_view& word : words) {
    const std::size_t space = text.find(' ');
    word = text.substr(0, space);
    text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
  }
  RunState state;
  state.run_id = words[0];
  state.clean = words[1] == "clean";
  const bool whole = text.empty() && words[0].size() == 32 && (state.clean || words[1] == "running") &&
                     words[0].find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!whole || !parse_number(words[2], state.last_seq) || !parse_number(words[3], state.time.ns))
    return std::nullopt;
  return state;
}

} // namespace

Result<DataDirectory> DataDirectory::open(const std::string& given) {
  std::string path = given; // with a slash at its end, a link would be followed
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  if (auto made = make_directories(path); !made)
    return fail(made.error());
  DataDirectory data;
  data.path_ = path;
  data.directory_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!data.directory_) {
    const int error = errno;
    std::error_code ignored;
    if (std::filesystem::is_symlink(std::filesystem::path(path), ignored))
      return fail({"use", path, "it is a symbolic link", "name the directory itself with --data-dir"});
    return fail(no_directory("open", path, error));
  }
  if (auto ours = check_ours(data.directory_.get(), path); !ours)
    return fail(ours.error());
  data.lock_ = UniqueFd(::openat(data.directory_.get(), "lock", O_RDWR | private_file, 0600));
  if (!data.lock_)
    return fail(system_error("open", path + "/lock"));
  if (::flock(data.lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return fail(
        {"use", path, "another agent uses it", "stop it, or name another directory with --data-dir", ErrorKind::taken});
  return data;
}

std::optional<RunState> DataDirectory::read_state() const {
  const UniqueFd file(::openat(directory_.get(), "state", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  char text[256];
  const ssize_t size = file ? ::read(file.get(), text, sizeof text) : -1;
  return size > 0 ? parse_state({text, static_cast<std::size_t>(size)}) : std::nullopt;
}

Result<> DataDirectory::write_state(const RunState& state) const {
  const std::string path = path_ + "/state";
  ::unlinkat(directory_.get(), "state.part", 0);
  const UniqueFd file(::openat(directory_.get(), "state.part", O_WRONLY | O_EXCL | private_file, 0600));
  if (!file)
    return fail(system_error("make", path + ".part"));
  const std::string text =
      fmt::format("{} {} {} {}\n", state.run_id, state.clean ? "clean" : "running", state.last_seq, state.time.ns);
  if (auto written = write_whole(file.get(), text, path); !written)
    return written;
  if (::renameat(directory_.get(), "state.part", directory_.get(), "state") != 0)
    return fail(system_error("rename", path + ".part"));
  return {};
}

Result<> DataDirectory::mark_ready() const {
  const UniqueFd file(::openat(directory_.get(), "ready", O_WRONLY | private_file, 0600));
  return file ? Result<>{} : Result<>(fail(system_error("make", path_ + "/ready")));
}

void DataDirectory::unmark_ready() const { ::unlinkat(directory_.get(), "ready", 0); }

} // namespace monster
