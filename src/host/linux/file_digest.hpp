// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/linux/file_locate.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

struct evp_md_ctx_st; // OpenSSL's EVP_MD_CTX

namespace monster {

struct DigestOutcome {
  HashStatus status = HashStatus::gone;
  std::optional<FileDigests> digests = std::nullopt; // with status ok only
  bool on_host_path = false;                         // see LocatedFile
  bool touched_since = false;                        // see FileFacts
};

// SHA-256 and MD5 of what an event spoke of, in one pass. One per thread: it owns a buffer.
class FileDigester {
public:
  struct Options {
    std::uint64_t max_size = std::uint64_t{256} << 20; // bytes; larger files are too_large
    FileRoots roots = {};
  };
  explicit FileDigester(Options options);

  // too_large and remote are told without a read; gone when no name leads to this version any more;
  // unreadable also when it kept changing; pending when `stop` rose meanwhile. With `known` digests
  // that suffice, only the names are looked at.
  [[nodiscard]] DigestOutcome digest(const FileReference& file, const std::atomic<bool>& stop);

private:
  struct ContextFree {
    void operator()(evp_md_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_md_ctx_st, ContextFree>;

  [[nodiscard]] DigestOutcome read_located(const FileReference& file, const LocatedFile& found,
                                           const std::atomic<bool>& stop);
  [[nodiscard]] HashStatus read_all(int fd, std::uint64_t size, const std::atomic<bool>& stop);
  [[nodiscard]] bool begin(bool with_md5);
  [[nodiscard]] std::optional<FileDigests> finish();

  Options options_;
  std::unique_ptr<std::byte[]> buffer_;
  Context sha256_;
  Context md5_;
  bool with_md5_ = false;
};

} // namespace monster
