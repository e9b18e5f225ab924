// SPDX-License-Identifier: Apache-2.0
// One life of a process: what 1500 must say of each image it ran, and 1501 of its end.
#pragma once

#include "life.hpp"

#include <sys/resource.h>

#include <functional>
#include <string>
#include <vector>

namespace monster::e2e {

using Arguments = std::vector<std::string>;

// The program file_life's children exec: itself, by its real path.
[[nodiscard]] const std::string& own_image();
// execve of own_image() with these arguments after its name; returns only when it failed.
void exec_self(const Arguments& arguments);
[[nodiscard]] std::vector<char*> pointers(const Arguments& arguments);

// One image of one process, as its 1500 row must be.
struct Image {
  pid_t pid = 0;
  std::string path;
  Arguments arguments;
  std::string source = "exec";
  Object more = {}; // further columns, or other values for those above
  bool optional = false;
};
// An image of own_image() with these arguments.
[[nodiscard]] Image self_image(pid_t pid, const Arguments& arguments);
// A fork that ran no image of its own yet.
[[nodiscard]] Image forked_image(pid_t pid);

void print_image(const Life& life, const Image& image);
// No 1500 with source exec may exist for the process.
void print_no_exec(const Life& life, pid_t pid);

struct End {
  int status = 0;
  rusage usage{};
};
[[nodiscard]] End wait_end(pid_t pid);
void print_end(const Life& life, pid_t pid, const End& end, const Object& more = {}, bool optional = false);
// A process that this one cannot wait for.
void print_end_of_stranger(const Life& life, pid_t pid, int code);

// Runs `child` in a fork (it execs or exits) and waits for its end.
struct Lived {
  pid_t pid = 0;
  End end;
};
[[nodiscard]] Lived live(const std::function<void()>& child);

[[nodiscard]] int some_code(Life& life);
void write_executable(const std::string& path, std::string_view content);

[[nodiscard]] std::span<const Kind> fork_kinds();
[[nodiscard]] std::span<const Kind> exec_kinds();
[[nodiscard]] std::span<const Kind> image_kinds();
[[nodiscard]] std::span<const Kind> script_kinds();
[[nodiscard]] std::span<const Kind> limit_kinds();
[[nodiscard]] std::span<const Kind> argument_kinds();

} // namespace monster::e2e
