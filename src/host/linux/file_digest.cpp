// SPDX-License-Identifier: Apache-2.0
#include "host/linux/file_digest.hpp"

#include <openssl/evp.h>
#include <unistd.h>

namespace monster {
namespace {

constexpr std::size_t buffer_size = std::size_t{256} << 10;

} // namespace

void FileDigester::ContextFree::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

FileDigester::FileDigester(Options options)
    : options_(std::move(options)), buffer_(std::make_unique_for_overwrite<std::byte[]>(buffer_size)),
      sha256_(EVP_MD_CTX_new()), md5_(EVP_MD_CTX_new()) {}

// A host whose OpenSSL refuses MD5 (FIPS) still gets its SHA-256.
bool FileDigester::begin(bool with_md5) {
  with_md5_ = with_md5 && md5_ && EVP_DigestInit_ex(md5_.get(), EVP_md5(), nullptr) == 1;
  return sha256_ && EVP_DigestInit_ex(sha256_.get(), EVP_sha256(), nullptr) == 1;
}

std::optional<FileDigests> FileDigester::finish() {
  FileDigests digests;
  if (EVP_DigestFinal_ex(sha256_.get(), digests.sha256.bytes.data(), nullptr) != 1)
    return std::nullopt;
  if (Md5 md5; with_md5_ && EVP_DigestFinal_ex(md5_.get(), md5.bytes.data(), nullptr) == 1)
    digests.md5 = md5;
  return digests;
}

// Reads exactly `size` bytes; a file that is shorter or longer by now is unreadable in this form.
HashStatus FileDigester::read_all(int fd, std::uint64_t size, const std::atomic<bool>& stop) {
  std::uint64_t total = 0;
  while (true) {
    if (stop.load(std::memory_order_relaxed))
      return HashStatus::pending;
    const ssize_t got = ::read(fd, buffer_.get(), buffer_size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return HashStatus::unreadable;
    if (got == 0)
      return total == size ? HashStatus::ok : HashStatus::unreadable;
    const auto count = static_cast<std::size_t>(got);
    total += count;
    if (total > size || EVP_DigestUpdate(sha256_.get(), buffer_.get(), count) != 1)
      return HashStatus::unreadable;
    if (with_md5_ && EVP_DigestUpdate(md5_.get(), buffer_.get(), count) != 1)
      with_md5_ = false;
  }
}

DigestOutcome FileDigester::read_located(const FileReference& file, const LocatedFile& found,
                                         const std::atomic<bool>& stop) {
  DigestOutcome outcome{HashStatus::unreadable, std::nullopt, found.on_host_path,
                        found.version.ctime_ns != file.ctime_ns};
  const Result<UniqueFd> fd = open_for_reading(file, found, options_.roots);
  if (!fd || !begin(found.on_host_path))
    return outcome;
  outcome.status = read_all(fd->get(), found.version.size, stop);
  if (outcome.status != HashStatus::ok)
    return outcome;
  const Result<FileVersion> after = version_of(fd->get());
  if (after && *after == found.version)
    outcome.digests = finish();
  if (!outcome.digests)
    outcome.status = HashStatus::unreadable;
  return outcome;
}

DigestOutcome FileDigester::digest(const FileReference& file, const std::atomic<bool>& stop) {
  DigestOutcome outcome;
  // Once more when it changed under the first reading: a chmod is harmless, and after a write the
  // version that was meant is gone.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (file.size > options_.max_size && file_system_kind(file.fs_magic) == FileSystemKind::local)
      return {HashStatus::too_large};
    const LocateOutcome found = locate(file, options_.roots);
    if (!found.file && file.known)
      return {HashStatus::ok, file.known};
    if (!found.file)
      return {found.status};
    if (file.known && (file.known->md5 || !found.file->on_host_path))
      return {HashStatus::ok, file.known, found.file->on_host_path, found.file->version.ctime_ns != file.ctime_ns};
    outcome = read_located(file, *found.file, stop);
    if (outcome.status != HashStatus::unreadable)
      return outcome;
  }
  return outcome;
}

} // namespace monster
