// SPDX-License-Identifier: Apache-2.0
// rooms: host
// What the identity of a file of 1 MiB costs: read, SHA-256 and MD5; and when its digests are known already.
#include "host/linux/file_digest.hpp"

#include <benchmark/benchmark.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace monster {
namespace {

constexpr std::uint64_t size = std::uint64_t{1} << 20;

// A file in memory, by the name under which /proc/PID/root shows it; gone with its descriptor.
class MadeFile {
public:
  MadeFile() : path_("/dev/shm/monster-hash-bench-" + std::to_string(::getpid())) {
    fd_ = UniqueFd(::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    const std::string content(size, 'x');
    whole_ = fd_ && ::write(fd_.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size());
  }
  ~MadeFile() { ::unlink(path_.c_str()); }
  MadeFile(const MadeFile&) = delete;
  MadeFile& operator=(const MadeFile&) = delete;

  // As an event would speak of it; nullopt when it could not be made.
  [[nodiscard]] std::optional<FileReference> reference() const {
    const Result<FileVersion> version = version_of(fd_.get());
    struct stat mounts{};
    if (!whole_ || !version || ::stat("/proc/self/ns/mnt", &mounts) != 0)
      return std::nullopt;
    FileReference file;
    file.identity = {version->device, version->inode, 0};
    file.size = version->size;
    file.mtime_ns = version->mtime_ns;
    file.ctime_ns = version->ctime_ns;
    file.mnt_ns = static_cast<std::uint32_t>(mounts.st_ino);
    file.pid = {static_cast<std::uint32_t>(::getpid())};
    file.path = path_;
    return file;
  }

private:
  std::string path_;
  UniqueFd fd_;
  bool whole_ = false;
};

void digest(benchmark::State& state, bool known) {
  const MadeFile made;
  std::optional<FileReference> file = made.reference();
  if (!file) {
    state.SkipWithError("no file in /dev/shm could be made");
    return;
  }
  FileDigester digester{{}};
  const std::atomic<bool> stop = false;
  if (known)
    file->known = digester.digest(*file, stop).digests;
  for (auto _ : state) {
    DigestOutcome outcome = digester.digest(*file, stop);
    if (outcome.status != HashStatus::ok) {
      state.SkipWithError("the file was not found again");
      break;
    }
    benchmark::DoNotOptimize(outcome);
  }
  if (!known)
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

BENCHMARK_CAPTURE(digest, one_mib, false);
BENCHMARK_CAPTURE(digest, known_already, true);

} // namespace
} // namespace monster
