// SPDX-License-Identifier: Apache-2.0
// Text as the host gave it (any bytes) and the memory in which a batch keeps it.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace monster {

// Bytes that someone else owns; null is "unknown" and differs from empty. Not necessarily UTF-8.
class Text {
public:
  constexpr Text() = default;
  constexpr Text(std::string_view bytes) : bytes_(bytes), known_(true) {}
  constexpr Text(const char* literal) : Text(std::string_view(literal)) {}

  [[nodiscard]] constexpr bool is_null() const { return !known_; }
  [[nodiscard]] constexpr std::string_view bytes() const { return bytes_; }

private:
  std::string_view bytes_;
  bool known_ = false;
};

// Grow-only memory for the texts and lists of one batch; freed, or reused, all at once.
class Arena {
public:
  Arena() = default;
  explicit Arena(std::size_t first_chunk) : chunk_size_(first_chunk) {}
  [[nodiscard]] Text copy(Text text) { return text.is_null() ? text : Text(copy(text.bytes())); }
  [[nodiscard]] std::string_view copy(std::string_view bytes) {
    char* to = static_cast<char*>(allocate(bytes.size(), 1));
    if (!bytes.empty())
      std::memcpy(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
  }
  template <class T> [[nodiscard]] std::span<T> array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }
  // Forgets what was handed out and keeps the memory for the next batch.
  void clear() {
    if (chunks_.size() > most_kept)
      chunks_.resize(most_kept);
    current_ = used_ = 0;
  }
  // Memory in use; what is kept for reuse beyond it is not counted.
  [[nodiscard]] std::size_t bytes_used() const {
    std::size_t sum = used_;
    for (std::size_t i = 0; i < current_; ++i)
      sum += chunks_[i].size;
    return sum;
  }

private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
  };
  void* allocate(std::size_t size, std::size_t alignment) {
    used_ = (used_ + alignment - 1) & ~(alignment - 1);
    if (chunks_.empty() || used_ + size > chunks_[current_].size)
      next_chunk(size);
    void* place = chunks_[current_].memory.get() + used_;
    used_ += size;
    return place;
  }
  // The next one that was kept and is large enough, else a new one.
  void next_chunk(std::size_t size) {
    used_ = 0;
    while (current_ + 1 < chunks_.size())
      if (chunks_[++current_].size >= size)
        return;
    const std::size_t want = size > chunk_size_ ? size : chunk_size_;
    chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(want), want});
    current_ = chunks_.size() - 1;
  }

  static constexpr std::size_t most_kept = 16;

  std::size_t chunk_size_ = 64 * 1024;
  std::vector<Chunk> chunks_;
  std::size_t current_ = 0; // chunk that is being filled
  std::size_t used_ = 0;    // of it
};

} // namespace monster
