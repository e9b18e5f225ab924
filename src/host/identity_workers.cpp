// SPDX-License-Identifier: Apache-2.0
#include "host/identity_workers.hpp"

#include "base/clock.hpp"
#include "host/linux/package_signature.hpp"

#include <chrono>
#include <condition_variable>

namespace monster {

struct IdentityWorkers::Shared {
  explicit Shared(const Options& from)
      : host_mnt_ns(from.host_mnt_ns), digester(from.digester), packages(from.packages) {}

  const std::uint32_t host_mnt_ns;
  const FileDigester::Options digester;
  const std::shared_ptr<DpkgDatabase> packages;
  std::atomic<bool> stopping = false;

  // Held to move a request or an answer in or out, never while a file is touched.
  // allow(mutex): the reader only ever tries it, and goes on when a worker has it
  std::mutex mutex;
  std::condition_variable work_or_stop;
  std::condition_variable thread_ended;
  std::deque<FileReference> requests;
  std::vector<std::pair<FileReference, FileFacts>> answers;
  std::size_t running = 0;
};

std::size_t IdentityWorkers::VersionHash::operator()(const FileReference& file) const {
  return mix(std::hash<FileIdentity>{}(file.identity), static_cast<std::uint64_t>(file.ctime_ns) ^ file.size);
}

// Not the pid: whichever process leads to it, it must be this version of this file.
bool IdentityWorkers::VersionEqual::operator()(const FileReference& a, const FileReference& b) const {
  return a.identity == b.identity && a.size == b.size && a.mtime_ns == b.mtime_ns && a.ctime_ns == b.ctime_ns &&
         a.path == b.path && a.mnt_ns == b.mnt_ns;
}

IdentityWorkers::IdentityWorkers(Options options)
    : packages_(options.packages), max_requests_(options.max_requests), max_tickets_(options.max_tickets),
      shared_(std::make_shared<Shared>(options)) {
  shared_->running = options.threads;
  for (std::size_t i = 0; i < options.threads; ++i)
    threads_.emplace_back([shared = shared_] { work(shared); });
}

void IdentityWorkers::work(const std::shared_ptr<Shared>& shared) {
  FileDigester digester(shared->digester);
  const SystemClock clock;
  shared->packages->refresh(clock.boot_now());
  std::unique_lock lock(shared->mutex);
  while (!shared->stopping) {
    if (shared->requests.empty()) {
      const bool idle = shared->work_or_stop.wait_for(lock, std::chrono::seconds(2)) == std::cv_status::timeout;
      if (idle && shared->requests.empty() && !shared->stopping) {
        lock.unlock();
        // Cached answers go stale only by a newer generation, so somebody has to look for one.
        shared->packages->refresh(clock.boot_now());
        lock.lock();
      }
      continue;
    }
    FileReference file = std::move(shared->requests.front());
    shared->requests.pop_front();
    lock.unlock();
    const DigestOutcome outcome = digester.digest(file, shared->stopping);
    FileFacts facts = judge_signature(file, outcome, shared->host_mnt_ns, *shared->packages, clock.boot_now());
    lock.lock();
    shared->answers.emplace_back(std::move(file), std::move(facts));
  }
  --shared->running;
  shared->thread_ended.notify_all();
}

void IdentityWorkers::hand_on(std::unique_lock<std::mutex>& lock) {
  if (!lock.owns_lock() || to_hand_on_.empty())
    return;
  const bool several = to_hand_on_.size() > 1;
  while (!to_hand_on_.empty()) {
    shared_->requests.push_back(std::move(to_hand_on_.front()));
    to_hand_on_.pop_front();
  }
  lock.unlock();
  if (several)
    shared_->work_or_stop.notify_all();
  else
    shared_->work_or_stop.notify_one();
}

bool IdentityWorkers::request(std::uint64_t ticket, FileReference file) {
  ++counters_.requested;
  const auto place = waiting_.find(file);
  const bool is_new = place == waiting_.end();
  if (tickets_ >= max_tickets_ || threads_.empty() || (is_new && waiting_.size() >= max_requests_)) {
    ++counters_.refused;
    return false;
  }
  ++tickets_;
  (is_new ? waiting_[file] : place->second).questions.push_back({ticket, file.pid, file.use_exe, file.descriptor});
  if (!is_new) {
    ++counters_.coalesced;
    return true;
  }
  to_hand_on_.push_back(std::move(file));
  std::unique_lock lock(shared_->mutex, std::try_to_lock);
  hand_on(lock);
  return true;
}

// The process that led to a file may be gone while another one that asked still leads to it.
bool IdentityWorkers::try_next(const FileReference& file, Waiting& waiting) {
  const std::vector<Question>& questions = waiting.questions;
  while (waiting.tried < questions.size() && questions[waiting.tried].pid == file.pid)
    ++waiting.tried;
  if (waiting.tried == questions.size())
    return false;
  FileReference again = file;
  again.pid = questions[waiting.tried].pid;
  again.use_exe = questions[waiting.tried].use_exe;
  again.descriptor = questions[waiting.tried].descriptor;
  to_hand_on_.push_back(std::move(again));
  return true;
}

void IdentityWorkers::collect(std::vector<IdentityAnswer>& answers) {
  std::vector<std::pair<FileReference, FileFacts>> done;
  {
    std::unique_lock lock(shared_->mutex, std::try_to_lock);
    if (lock.owns_lock())
      done.swap(shared_->answers);
    hand_on(lock);
  }
  for (const auto& [file, facts] : done) {
    const auto place = waiting_.find(file);
    if (place == waiting_.end() || (facts.status == HashStatus::gone && try_next(file, place->second)))
      continue;
    const std::vector<Question>& questions = place->second.questions;
    for (const Question& question : questions)
      answers.push_back({question.ticket, facts});
    counters_.answered += questions.size();
    tickets_ -= questions.size();
    waiting_.erase(place);
  }
  if (to_hand_on_.empty())
    return;
  std::unique_lock lock(shared_->mutex, std::try_to_lock);
  hand_on(lock);
}

void IdentityWorkers::stop() {
  if (threads_.empty())
    return;
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->work_or_stop.notify_all();
  const bool all =
      shared_->thread_ended.wait_for(lock, std::chrono::seconds(3), [this] { return shared_->running == 0; });
  if (!all)
    counters_.abandoned = shared_->running;
  lock.unlock();
  for (std::jthread& thread : threads_) {
    if (all)
      thread.join();
    else // allow(detach): a file system that never answers holds it; it owns all that it reads
      thread.detach();
  }
  threads_.clear();
}

} // namespace monster
