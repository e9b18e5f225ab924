// SPDX-License-Identifier: Apache-2.0
// Threads that hash files and check them against the package database, so that the reader never waits.
#pragma once

#include "host/linux/dpkg.hpp"
#include "host/linux/file_digest.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace monster {

struct IdentityAnswer {
  std::uint64_t ticket = 0;
  FileFacts facts;
};

// request, collect and stop belong to one thread, the reader.
class IdentityWorkers {
public:
  struct Options {
    std::size_t threads = 2;
    std::size_t max_requests = 4096;  // files waiting or being read
    std::size_t max_tickets = 65'536; // questions about them that wait for an answer
    std::uint32_t host_mnt_ns = 0;
    FileDigester::Options digester = {};
    std::shared_ptr<DpkgDatabase> packages = std::make_shared<DpkgDatabase>();
  };
  struct Counters {
    std::uint64_t requested = 0; // all that request() was called for
    std::uint64_t coalesced = 0; // joined a request for the same version and path
    std::uint64_t refused = 0;   // a bound was reached
    std::uint64_t answered = 0;
    std::uint64_t abandoned = 0; // threads that stop() left behind inside a file system that does not answer
  };

  explicit IdentityWorkers(Options options);
  IdentityWorkers(const IdentityWorkers&) = delete;
  IdentityWorkers& operator=(const IdentityWorkers&) = delete;
  ~IdentityWorkers() { stop(); }

  // Asks for the facts of a file; the answer comes with this ticket. False when a bound is reached:
  // no answer will come, and the event goes with HashStatus::pending.
  [[nodiscard]] bool request(std::uint64_t ticket, FileReference file);
  // Appends the answers that are there, and hands on what request() could not: to be called in every
  // turn of the reader's loop. Waits for nothing, not even for the workers' lock.
  void collect(std::vector<IdentityAnswer>& answers);
  // Ends the threads; questions that were not answered never are. A thread looks at the stop flag
  // between reads of 256 KiB; one that a file system holds for more than 3 s is left to itself.
  void stop();

  [[nodiscard]] std::uint64_t packages_generation() const { return packages_->generation(); }
  [[nodiscard]] const Counters& counters() const { return counters_; }

private:
  struct Shared; // with the threads, for as long as one of them lives
  struct VersionHash {
    std::size_t operator()(const FileReference& file) const;
  };
  struct VersionEqual {
    bool operator()(const FileReference& a, const FileReference& b) const;
  };

  struct Question {
    std::uint64_t ticket = 0;
    Pid pid;
    bool use_exe = false;
    std::optional<std::uint32_t> descriptor;
  };
  struct Waiting {
    std::vector<Question> questions;
    std::size_t tried = 0; // whose pids led nowhere any more
  };

  static void work(const std::shared_ptr<Shared>& shared);
  void hand_on(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] bool try_next(const FileReference& file, Waiting& waiting);

  std::shared_ptr<DpkgDatabase> packages_;
  std::size_t max_requests_;
  std::size_t max_tickets_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::jthread> threads_;
  // Only the reader's: what is under way, and who waits for it.
  std::unordered_map<FileReference, Waiting, VersionHash, VersionEqual> waiting_;
  std::deque<FileReference> to_hand_on_; // not handed on yet, because a worker held the lock
  std::size_t tickets_ = 0;
  Counters counters_;
};

} // namespace monster
