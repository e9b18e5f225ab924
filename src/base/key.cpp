// SPDX-License-Identifier: Apache-2.0
#include "base/key.hpp"

#include <bit>
#include <cstring>
#include <string_view>
#include <sys/random.h>
#include <xxhash.h>

namespace monster {
namespace {

// The bytes a key is hashed from: a tag with its NUL, then fields in little-endian order.
class KeyBytes {
public:
  explicit KeyBytes(std::string_view tag) {
    append(tag.data(), tag.size());
    const char nul = 0;
    append(&nul, 1);
  }
  KeyBytes& raw(const Bytes16& bytes) {
    append(bytes.data(), bytes.size());
    return *this;
  }
  KeyBytes& u32(std::uint32_t v) { return word(v); }
  KeyBytes& u64(std::uint64_t v) { return word(v); }
  // A key that goes into another one stands as its 16 bytes, big-endian, as its hex text reads.
  template <class Tag> KeyBytes& key(const Key<Tag>& k) {
    return word(std::byteswap(k.high)).word(std::byteswap(k.low));
  }
  template <class K> [[nodiscard]] K hash() const {
    const XXH128_hash_t h = XXH3_128bits(bytes_, size_);
    return K{h.high64, h.low64};
  }

private:
  static_assert(std::endian::native == std::endian::little);
  template <class Word> KeyBytes& word(Word v) {
    append(&v, sizeof v);
    return *this;
  }
  void append(const void* data, std::size_t size) {
    std::memcpy(bytes_ + size_, data, size);
    size_ += size;
  }

  std::uint8_t bytes_[128];
  std::size_t size_ = 0;
};

} // namespace

HostId host_id_from_machine_id(const Bytes16& machine_id) {
  return KeyBytes("monster-agent host 1").raw(machine_id).hash<HostId>();
}

RunId random_run_id() {
  RunId id;
  // Blocks only before the kernel's pool is ready at early boot; cannot fail for 16 bytes after that.
  while (::getrandom(&id, sizeof id, 0) != static_cast<ssize_t>(sizeof id)) {
  }
  return id;
}

ProcessKey process_key(HostId host, const Bytes16& boot_id, const ProcessIdentity& process) {
  return KeyBytes("process")
      .key(host)
      .raw(boot_id)
      .u32(process.pid.value)
      .u64(static_cast<std::uint64_t>(process.start.ns))
      .u64(process.exec_id)
      .hash<ProcessKey>();
}

FileKey file_key(HostId host, const FileIdentity& file) {
  return KeyBytes("file").key(host).u64(file.device).u64(file.inode).u32(file.generation).hash<FileKey>();
}

BlockKey block_key(RunId run, std::uint64_t object) { return KeyBytes("block").key(run).u64(object).hash<BlockKey>(); }

} // namespace monster
