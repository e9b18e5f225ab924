// SPDX-License-Identifier: Apache-2.0
#include "truth.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace monster::e2e {

namespace {

std::string joined(std::span<const Value> values) {
  std::string out = "[";
  for (const Value& value : values) {
    if (out.size() > 1)
      out += ',';
    out += value.json;
  }
  return out + ']';
}

} // namespace

Value number(std::int64_t value) { return {std::to_string(value)}; }
Value number(std::uint64_t value) { return {std::to_string(value)}; }
Value flag(bool value) { return {value ? "true" : "false"}; }
Value null() { return {"null"}; }
Value list(std::span<const Value> values) { return {joined(values)}; }
Value any_of(std::initializer_list<Value> values) {
  return {"{\"any\":" + joined(std::span<const Value>(values.begin(), values.size())) + "}"};
}
Value between(std::uint64_t lowest, std::uint64_t highest) {
  return {"{\"min\":" + std::to_string(lowest) + ",\"max\":" + std::to_string(highest) + "}"};
}
Value contains(const Value& member) { return {"{\"contains\":" + member.json + "}"}; }
Value anything() { return {"{\"anything\":true}"}; }
Value sha256_of(std::string_view content) { return {"{\"sha256_of\":" + text(content).json + "}"}; }

Value text(std::string_view bytes) {
  const bool printable = std::ranges::all_of(bytes, [](char c) { return c >= 0x20 && c < 0x7f; });
  std::string out;
  if (printable) {
    out = '"';
    for (const char c : bytes) {
      if (c == '"' || c == '\\')
        out += '\\';
      out += c;
    }
    return {out + '"'};
  }
  constexpr std::string_view digits = "0123456789abcdef";
  out = "{\"hex\":\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return {out + "\"}"};
}

Object& Object::set(std::string_view name, const Value& value) {
  const auto found =
      std::ranges::find(members_, name, [](const auto& member) { return std::string_view(member.first); });
  if (found != members_.end())
    found->second = value.json;
  else
    members_.emplace_back(name, value.json);
  return *this;
}

Value Object::value() const {
  std::string out = "{";
  for (const auto& [name, json] : members_) {
    if (out.size() > 1)
      out += ',';
    out += '"' + name + "\":" + json;
  }
  return {out + '}'};
}

std::int64_t wall_now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

void fail(std::string_view what) {
  const int error = errno;
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(), std::strerror(error));
  std::_Exit(failed_status);
}

std::int64_t must(std::int64_t result, std::string_view what) {
  if (result < 0)
    fail(what);
  return result;
}

int must_fd(std::int64_t result, std::string_view what) { return static_cast<int>(must(result, what)); }

void* shared_memory(std::size_t size) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    fail("mmap of shared memory");
  return memory;
}

int in_children(int count, const std::function<void(int)>& work) {
  for (int number = 0; number < count; ++number) {
    if (must(fork(), "fork") == 0) {
      work(number);
      _exit(0);
    }
  }
  int failures = 0;
  for (int status = 0; wait(&status) > 0;)
    failures += status != 0 ? 1 : 0;
  return failures == 0 ? 0 : 1;
}

Sink::Sink(int fd) : fd_(fd), lock_(static_cast<pthread_mutex_t*>(shared_memory(sizeof(pthread_mutex_t)))) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(lock_, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

void Sink::line(const Object& object) {
  const std::string out = object.value().json + '\n';
  pthread_mutex_lock(lock_);
  for (std::size_t done = 0; done < out.size();) {
    const ssize_t n = ::write(fd_, out.data() + done, out.size() - done);
    if (n < 0 && errno != EINTR)
      fail("write of the truth");
    done += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  pthread_mutex_unlock(lock_);
}

} // namespace monster::e2e
