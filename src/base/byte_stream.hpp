// SPDX-License-Identifier: Apache-2.0
// Little-endian bytes written and read back with every bound checked: host answers, file headers.
#pragma once

#include "base/text.hpp"

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace monster {

template <std::unsigned_integral T> void store_little_endian(std::byte* to, T value) {
  if constexpr (std::endian::native == std::endian::big)
    value = std::byteswap(value);
  std::memcpy(to, &value, sizeof value);
}

template <std::unsigned_integral T> [[nodiscard]] T load_little_endian(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::big)
    value = std::byteswap(value);
  return value;
}

// Appends to memory of its own. Texts and byte strings carry a u32 length; one that does not fit it
// is left out whole and ok() turns false for good.
class ByteWriter {
public:
  ByteWriter& u8(std::uint8_t value) { return integer(value); }
  ByteWriter& u32(std::uint32_t value) { return integer(value); }
  ByteWriter& u64(std::uint64_t value) { return integer(value); }
  ByteWriter& i64(std::int64_t value) { return integer(static_cast<std::uint64_t>(value)); }
  // One byte, 0 or 1; ahead of a value it says whether the value follows.
  ByteWriter& flag(bool value) { return u8(value ? 1 : 0); }
  ByteWriter& bytes(std::span<const std::byte> value) {
    if (value.size() > std::numeric_limits<std::uint32_t>::max()) {
      ok_ = false;
      return *this;
    }
    u32(static_cast<std::uint32_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  ByteWriter& text(std::string_view value) { return bytes(std::as_bytes(std::span(value))); }
  // A flag, then the text unless it is null: null and empty stay different.
  ByteWriter& nullable_text(Text value) {
    flag(!value.is_null());
    return value.is_null() ? *this : text(value.bytes());
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::span<const std::byte> view() const { return bytes_; }
  // Hands over what was written and starts again, empty and ok.
  [[nodiscard]] std::vector<std::byte> take() {
    ok_ = true;
    return std::exchange(bytes_, {});
  }
  // Forgets what was written and keeps the memory.
  void clear() {
    ok_ = true;
    bytes_.clear();
  }

private:
  template <std::unsigned_integral T> ByteWriter& integer(T value) {
    std::byte raw[sizeof value];
    store_little_endian(raw, value);
    bytes_.insert(bytes_.end(), raw, raw + sizeof value);
    return *this;
  }

  std::vector<std::byte> bytes_;
  bool ok_ = true;
};

// Reads what ByteWriter wrote, out of memory that must outlive the texts handed out. The first read
// that does not fit makes ok() false; that read and all after it give zeros and empties.
class ByteReader {
public:
  explicit ByteReader(std::span<const std::byte> bytes) : left_(bytes) {}

  [[nodiscard]] std::uint8_t u8() { return integer<std::uint8_t>(); }
  [[nodiscard]] std::uint32_t u32() { return integer<std::uint32_t>(); }
  [[nodiscard]] std::uint64_t u64() { return integer<std::uint64_t>(); }
  [[nodiscard]] std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
  [[nodiscard]] bool flag() {
    const std::uint8_t value = u8();
    if (value > 1)
      refuse();
    return value == 1;
  }
  // The number of an enumerator, of which `last` is the last.
  [[nodiscard]] std::uint8_t u8_up_to(std::uint8_t last) {
    const std::uint8_t value = u8();
    if (value <= last)
      return value;
    refuse();
    return 0;
  }
  [[nodiscard]] std::span<const std::byte> bytes() { return take(u32()); }
  [[nodiscard]] std::string_view text() {
    const std::span<const std::byte> raw = bytes();
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
  }
  [[nodiscard]] Text nullable_text() {
    if (!flag())
      return {};
    const std::string_view value = text();
    return ok_ ? Text(value) : Text();
  }
  // A u32 that counts items of at least `least_size` bytes each: one that promises more than is left
  // is refused here, so that no loop or reservation runs on a hostile count.
  [[nodiscard]] std::uint32_t count(std::size_t least_size) {
    const std::uint32_t value = u32();
    if (least_size != 0 && value > left_.size() / least_size) {
      refuse();
      return 0;
    }
    return value;
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t left() const { return left_.size(); }
  // Every read fitted and nothing is left over.
  [[nodiscard]] bool finished() const { return ok_ && left_.empty(); }

private:
  std::span<const std::byte> take(std::size_t size) {
    if (size > left_.size()) {
      refuse();
      return {};
    }
    const std::span<const std::byte> taken = left_.first(size);
    left_ = left_.subspan(size);
    return taken;
  }
  template <std::unsigned_integral T> T integer() {
    const std::span<const std::byte> raw = take(sizeof(T));
    return raw.empty() ? T{0} : load_little_endian<T>(raw.data());
  }
  void refuse() {
    ok_ = false;
    left_ = {};
  }

  std::span<const std::byte> left_;
  bool ok_ = true;
};

} // namespace monster
