// SPDX-License-Identifier: Apache-2.0
// What is longer, deeper or more than a recorder keeps: it must be told whole, or say that it was cut.
#include "life.hpp"

#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

namespace monster::e2e {

namespace {

constexpr std::size_t longest_told = 32768; // bytes of a path; of what is longer, the last whole parts are told

// More parts than fit in any small number of steps, in a path that is short enough to be named.
void many_parts(Life& life) {
  std::string path = life.path("parts");
  make_directory(life, path);
  for (int level = 0; level < 520; ++level) {
    path += "/p";
    make_directory(life, path);
  }
  Handle file(life, path + "/file", O_CREAT | O_WRONLY);
  file.write(life.size());
  file.close();
}

// A chain of directories that can still be named from its top.
std::string make_chain(Life& life, const std::string& top) {
  std::string path = top;
  make_directory(life, path);
  while (path.size() < 3600) {
    path += '/' + std::string(200, 'q');
    make_directory(life, path);
  }
  return path;
}

// The longest end of `path` that is told, which begins with a slash.
std::string told_end(const std::string& path) {
  return path.substr(path.find('/', path.size() <= longest_told ? 0 : path.size() - longest_told));
}

struct Deep {
  int directory; // the innermost
  std::string path;
};

// Chains moved into each other: the innermost directory has a path that no call takes.
Deep nest_chains(Life& life, int chains) {
  std::string top = life.path("chain");
  const std::string innermost = make_chain(life, top);
  const int directory = must_fd(open(innermost.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open the innermost");
  std::string below = innermost.substr(top.size());
  for (int i = 1; i < chains; ++i) {
    const std::string outer = life.path("outer" + std::to_string(i));
    const std::string to = make_chain(life, outer) + "/c";
    Act act(life, "rename", top);
    must(rename(top.c_str(), to.c_str()), "rename");
    act.moved_to(to);
    act.done();
    life.renamed(top, to, act.identity());
    below = to.substr(outer.size()) + below;
    top = outer;
  }
  return {directory, top + below};
}

Object told_by(std::string_view path, bool cut) {
  return Object().set("path", text(path)).set("path_truncated", flag(cut));
}

Value detail_line(std::int64_t id, const Object& expect) {
  return Object().set("id", number(id)).set("expect", expect.value()).value();
}

void expect_written(Object& expect, std::uint64_t bytes) {
  expect.set("bytes_written", number(bytes)).set("write_count", number(std::int64_t{1}));
  expect.set("lowest_offset", number(std::int64_t{0})).set("highest_end", number(bytes));
  expect.set("size_at_close", number(bytes)).set("truncated_to", null()).set("created", flag(true));
  expect.set("deleted", flag(false)).set("operation", null()).set("source", text("open"));
}

// The truth is put together by hand: no call gives the whole path.
void cut_path(Life& life) {
  const Deep deep = nest_chains(life, 10);
  const std::string path = told_end(deep.path + "/f"), final_path = told_end(deep.path + "/g");
  const std::size_t size = life.size();
  const std::int64_t before = wall_now();
  const int fd = must_fd(openat(deep.directory, "f", O_CREAT | O_WRONLY, 0600), "openat");
  const std::int64_t opened = wall_now();
  must(write(fd, some_bytes(), size), "write");
  must(renameat(deep.directory, "f", deep.directory, "g"), "renameat");
  const Value identity = identity_of_fd(fd, life.place().ext4);
  Object renamed = told_by(told_end(deep.path) + "/f", true);
  renamed.set("new_path", text(final_path)).set("new_path_truncated", flag(true)).set("exchange", flag(false));
  Object detail = life.line("detail").set("id", number(std::int64_t{2027})).set("expect", renamed.value());
  life.emit(detail.set("file", identity).set("replaced", null()));
  const std::int64_t closing = wall_now();
  must(close(fd), "close");
  Object expect = told_by(path, true);
  life.expect_process(expect);
  expect_written(expect, size);
  expect.set("final_path", text(final_path)).set("final_path_truncated", flag(true)).set("renamed", flag(true));
  expect.set("state", text("final")).set("complete", flag(false));
  Object line = life.line("file").set("path", text(path)).set("optional", flag(false)).set("file", identity);
  line.set("expect", expect.value()).set("opened", list(std::array<Value, 2>{number(before), number(opened)}));
  line.set("closed", list(std::array<Value, 2>{number(closing), number(wall_now())}));
  const std::array<Value, 3> details{detail_line(2012, told_by(path, true)), detail_line(2030, told_by(path, true)),
                                     detail_line(2014, told_by(final_path, true))};
  life.emit(line.set("details", list(details)));
  close(deep.directory);
}

// More names than a block keeps, in the order in which they were given.
void many_attributes(Life& life) {
  Handle file(life, life.path(), O_CREAT | O_WRONLY);
  const bool user = fsetxattr(file.fd(), "user.n10", "", 0, 0) == 0 || errno != EOPNOTSUPP;
  std::vector<Value> named;
  for (int i = 0; i < 40; ++i) {
    const std::string name = (user ? "user.n" : "trusted.n") + std::to_string(10 + i);
    must(fsetxattr(file.fd(), name.c_str(), "", 0, 0), "fsetxattr");
    if (named.size() < 32)
      named.push_back(text(name));
  }
  file.expect("attributes_changed", flag(true)).expect("xattrs_changed", list(named));
  file.expect("xattrs_truncated", flag(true));
  file.close();
}

constexpr Kind kinds[] = {
    {"many_parts", many_parts},
    {"cut_path", cut_path},
    {"many_attributes", many_attributes},
};

} // namespace

std::span<const Kind> limit_kinds() { return kinds; }

} // namespace monster::e2e
