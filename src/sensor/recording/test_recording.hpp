// SPDX-License-Identifier: Apache-2.0
// What the tests of the writer and of the reader share: a directory of their own, inputs, whole files.
#pragma once

#include "sensor/recording/reader.hpp"
#include "sensor/recording/writer.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

namespace monster::recording_test {

constexpr std::uint32_t wire = 7;

class TemporaryDirectory {
public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "recording-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      ADD_FAILURE() << system_error("make directory", pattern).message();
    path_ = pattern;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

struct OwnedInput {
  InputKind kind;
  std::vector<std::byte> bytes;
  friend bool operator==(const OwnedInput&, const OwnedInput&) = default;
  [[nodiscard]] Input view() const { return {kind, bytes}; }
};

// Neither all equal nor compressible to nothing, and another for each `seed`.
inline OwnedInput input_of(std::size_t size, std::uint32_t seed, InputKind kind = InputKind::record) {
  std::vector<std::byte> bytes(size);
  std::uint32_t state = seed * 2654435761U + 1;
  for (std::byte& b : bytes) {
    state = state * 1664525U + 1013904223U;
    b = static_cast<std::byte>(state >> 24);
  }
  return {kind, std::move(bytes)};
}

inline std::vector<std::byte> contents_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// All that a recording gives, and how it ended: cleanly, torn (a reason), or with an error.
struct Reading {
  std::vector<OwnedInput> inputs;
  bool clean = false;
  std::string torn;
  std::string error;
};

inline Reading read_all(Result<RecordingReader> reader) {
  Reading all;
  if (!reader) {
    all.error = reader.error().message();
    return all;
  }
  for (;;) {
    auto next = reader->next();
    if (!next) {
      all.error = next.error().message();
      return all;
    }
    if (!*next)
      break;
    const Input& input = **next;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(input.bytes.data()) % recording::alignment, 0U);
    all.inputs.push_back({input.kind, {input.bytes.begin(), input.bytes.end()}});
  }
  all.clean = reader->ended_cleanly();
  all.torn = reader->torn_reason();
  return all;
}

} // namespace monster::recording_test
