// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace monster {

// Collects one row on the stack and appends it to the caller's string: values are written through a
// pointer with one bounds check each. flush() before the string is read.
class RowBuffer {
public:
  explicit RowBuffer(std::string& out) : out_(out) {}
  RowBuffer(const RowBuffer&) = delete;
  RowBuffer& operator=(const RowBuffer&) = delete;

  // A place for `size` bytes, at most `capacity`; end_at() says how many were used.
  [[nodiscard]] char* room(std::size_t size) {
    if (size > left()) [[unlikely]]
      flush();
    return at_;
  }
  void end_at(char* end) { at_ = end; }

  void put(char byte) {
    *room(1) = byte;
    ++at_;
  }
  // Always inlined: most are constants, whose copy is then a store or two.
  [[gnu::always_inline]] void put(std::string_view bytes) {
    if (bytes.size() > left()) [[unlikely]]
      return put_after_flush(bytes);
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }

  // Where in the caller's string the next byte will stand.
  [[nodiscard]] std::size_t position() const { return out_.size() + static_cast<std::size_t>(at_ - buffer_); }

  void flush() {
    out_.append(buffer_, static_cast<std::size_t>(at_ - buffer_));
    at_ = buffer_;
  }

  static constexpr std::size_t capacity = 4096;

private:
  [[gnu::noinline]] void put_after_flush(std::string_view bytes) {
    flush();
    if (bytes.size() > capacity) {
      out_.append(bytes);
      return;
    }
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(buffer_ + capacity - at_); }

  std::string& out_;
  char* at_ = buffer_;
  char buffer_[capacity];
};

} // namespace monster
