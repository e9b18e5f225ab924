// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/answers.hpp"
#include "host/identity_cache.hpp"
#include "host/identity_workers.hpp"
#include "host/linux/cached_directory.hpp"
#include "host/linux/users.hpp"
#include "sensor/recording/input.hpp"

#include <functional>
#include <unordered_map>

namespace monster {

// Answers from the running host. What is answered at once goes to `tap` too, so that a recording has it.
class LiveHost final : public HostAnswers {
public:
  using Tap = std::function<void(const Input&)>;

  LiveHost(IdentityWorkers::Options options, Tap tap) : workers_(std::move(options)), tap_(std::move(tap)) {}

  Text user_name(std::uint32_t uid, BootTime now) override;
  Text group_name(std::uint32_t gid, BootTime now) override;
  Asked identity(std::uint64_t ticket, const FileReference& file, FileFacts& facts) override;
  std::optional<Directory> directory(Pid process, const std::string& path) override;
  void changed(const FileIdentity& file) override;

  // Once a turn: gives the answers that came in since the last call, as inputs.
  void collect(const std::function<void(const Input&)>& feed);
  [[nodiscard]] std::size_t asked() const { return asked_.size(); }
  void stop() { workers_.stop(); }

private:
  struct AskedFile {
    std::size_t questions = 0;
    bool changed = false; // since the first of them: their answers are not for the cache
  };
  void tap_name(std::uint8_t kind, Text name);

  UserNames users_;
  RecentDirectories directories_; // of this turn
  IdentityCache cache_;
  IdentityWorkers workers_;
  Tap tap_;
  std::unordered_map<std::uint64_t, FileReference> asked_; // by ticket
  std::unordered_map<FileIdentity, AskedFile> asked_files_;
  std::vector<IdentityAnswer> answers_;
};

} // namespace monster
