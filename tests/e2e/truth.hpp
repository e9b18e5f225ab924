// SPDX-License-Identifier: Apache-2.0
// What a trigger program knows to be true, as one JSON object a line. The names inside `expect` are the
// columns of the agent's events, so that the comparison needs no list of its own.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monster::e2e {

// A JSON value that a column must have, or a condition on it: {"any": [...]}, {"min": n}, ...
struct Value {
  std::string json;
};

[[nodiscard]] Value number(std::int64_t value);
[[nodiscard]] Value number(std::uint64_t value);
// Any bytes: a JSON string where they are printable ASCII, else {"hex": "..."}.
[[nodiscard]] Value text(std::string_view bytes);
[[nodiscard]] Value flag(bool value);
[[nodiscard]] Value null();
[[nodiscard]] Value list(std::span<const Value> values);
[[nodiscard]] Value any_of(std::initializer_list<Value> values);
[[nodiscard]] Value between(std::uint64_t lowest, std::uint64_t highest);
[[nodiscard]] Value contains(const Value& member);
[[nodiscard]] Value anything();
[[nodiscard]] Value sha256_of(std::string_view content);

// Members in the order they were first set; setting one again replaces it.
class Object {
public:
  Object& set(std::string_view name, const Value& value);
  [[nodiscard]] Value value() const;

private:
  std::vector<std::pair<std::string, std::string>> members_;
};

// Nanoseconds since 1970.
[[nodiscard]] std::int64_t wall_now();

inline constexpr int failed_status = 2;
// Ends the process with failed_status and errno's text when a step that must work did not.
[[noreturn]] void fail(std::string_view what);
std::int64_t must(std::int64_t result, std::string_view what);
int must_fd(std::int64_t result, std::string_view what);

// Memory that stays shared with forked children.
void* shared_memory(std::size_t size);

// Runs `work` in that many children at once, with the number of each, and waits for all; 0, or 1 when one failed.
[[nodiscard]] int in_children(int count, const std::function<void(int)>& work);

// Whole lines to one fd from many processes.
class Sink {
public:
  explicit Sink(int fd);
  void line(const Object& object);

private:
  int fd_;
  pthread_mutex_t* lock_;
};

} // namespace monster::e2e
