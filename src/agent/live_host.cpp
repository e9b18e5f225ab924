// SPDX-License-Identifier: Apache-2.0
#include "agent/live_host.hpp"

#include "agent/inputs.hpp"

namespace monster {

void LiveHost::tap_name(std::uint8_t kind, Text name) {
  if (!tap_)
    return;
  ByteWriter bytes;
  bytes.u8(kind).nullable_text(name);
  tap_({InputKind::answer, bytes.view()});
}

Text LiveHost::user_name(std::uint32_t uid, BootTime now) {
  const Text name = users_.user(Uid{uid}, now);
  tap_name(static_cast<std::uint8_t>(AnswerKind::user_name), name);
  return name;
}

Text LiveHost::group_name(std::uint32_t gid, BootTime now) {
  const Text name = users_.group(Gid{gid}, now);
  tap_name(static_cast<std::uint8_t>(AnswerKind::group_name), name);
  return name;
}

HostAnswers::Asked LiveHost::identity(std::uint64_t ticket, const FileReference& file, FileFacts& facts) {
  Asked asked = Asked::known;
  if (const FileFacts* known = cache_.find(file, workers_.packages_generation())) {
    facts = *known;
  } else {
    FileReference reference = file;
    reference.known = cache_.known_digests(file);
    asked = workers_.request(ticket, reference) ? Asked::asked : Asked::refused;
    if (asked == Asked::asked) {
      ++asked_files_[file.identity].questions;
      asked_.emplace(ticket, std::move(reference));
    }
  }
  if (tap_) {
    ByteWriter bytes;
    bytes.u8(static_cast<std::uint8_t>(AnswerKind::identity)).u8(static_cast<std::uint8_t>(asked));
    write(bytes, facts);
    tap_({InputKind::answer, bytes.view()});
  }
  return asked;
}

std::optional<HostAnswers::Directory> LiveHost::directory(Pid process, const std::string& path) {
  const std::optional<Directory>& found = directories_.find(process, path);
  if (tap_) {
    ByteWriter bytes;
    bytes.u8(static_cast<std::uint8_t>(AnswerKind::directory)).flag(found.has_value());
    if (found)
      bytes.text(found->path).u64(found->device).u64(found->inode).flag(found->stacked);
    tap_({InputKind::answer, bytes.view()});
  }
  return found;
}

void LiveHost::changed(const FileIdentity& file) {
  cache_.invalidate(file);
  if (const auto asked = asked_files_.find(file); asked != asked_files_.end())
    asked->second.changed = true;
}

void LiveHost::collect(const std::function<void(const Input&)>& feed) {
  directories_.forget();
  answers_.clear();
  workers_.collect(answers_);
  for (const IdentityAnswer& answer : answers_) {
    if (const auto asked = asked_.find(answer.ticket); asked != asked_.end()) {
      const auto of_file = asked_files_.find(asked->second.identity);
      if (!of_file->second.changed)
        cache_.insert(asked->second, answer.facts);
      if (--of_file->second.questions == 0)
        asked_files_.erase(of_file);
      asked_.erase(asked);
    }
    ByteWriter bytes;
    bytes.u8(static_cast<std::uint8_t>(AnswerKind::identity_later)).u64(answer.ticket);
    write(bytes, answer.facts);
    feed({InputKind::answer, bytes.view()});
  }
}

} // namespace monster
