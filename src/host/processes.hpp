// SPDX-License-Identifier: Apache-2.0
// The process table: who is behind a pid, when, and in which image. Kept a while after the end, so that
// what comes late still finds its process.
#pragma once

#include "event/keys.hpp"
#include "event/observation.hpp"
#include "event/process_events.hpp"

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

namespace monster {

// What a process and the forks it made have in common until one of them runs another image.
struct ImageText {
  std::string image;
  std::string command_line;
  std::string container_id; // empty: none
};

struct ProcessTotals {
  std::uint64_t files_created = 0;
  std::uint64_t files_written = 0;
  std::uint64_t files_renamed = 0;
  std::uint64_t files_deleted = 0;
  std::uint64_t children = 0;
  std::uint64_t lost = 0;
};

struct Process {
  ProcessIdentity identity;
  ProcessKey key;
  std::optional<ProcessIdentity> parent;
  std::shared_ptr<const ImageText> text; // null: not known
  std::uint32_t mnt_ns = 0;
  // What a fork inherited; told if it acts without an exec.
  std::string cwd;
  bool cwd_truncated = false;
  std::uint32_t gid = 0;
  std::optional<std::uint32_t> user_uid; // whose name `user` is
  std::string user;                      // empty: that uid has no name
  bool told = false;                     // its 1500 was emitted
  bool excluded = false;                 // policy leaves out what it does
  bool traced = false;                   // descends from the command that `trace` runs
  bool ended = false;
  std::optional<BootTime> leaving_since; // when it ended or was replaced, or was met without being known
  ProcessTotals totals;
};

class ProcessTable {
public:
  static constexpr std::size_t max_processes = 131'072;
  static constexpr Duration keep_after_end = seconds(10);
  static constexpr int max_ancestors = 8;

  explicit ProcessTable(const KeyMaker& keys) : keys_(keys) {}

  // References stay valid until forget_before() or, for a new process, until the table is full.
  Process& forked(const Actor& parent, const ProcessForked& fork, BootTime now);
  // The process that now runs this image: a new entry, the one before stays for what comes late.
  Process& runs_image(const Actor& actor, const ProcessImage& image, BootTime now);
  void ended(const ProcessIdentity& process, BootTime now);
  // The entry of an actor; one is made when nothing is known of it. Such a process counts as told when it
  // started so long before `now` that it must have been told and forgotten.
  Process& of(const Actor& actor, BootTime now);
  [[nodiscard]] Process* find(const ProcessIdentity& process);
  [[nodiscard]] const Process* find(const ProcessIdentity& process) const;
  // Drops what ended long enough ago.
  void forget_before(BootTime now);

  [[nodiscard]] std::size_t size() const { return processes_.size(); }
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }

private:
  struct Leaving {
    ProcessIdentity process;
    BootTime since;
  };
  Process& add(const ProcessIdentity& identity);
  void erase(std::unordered_map<ProcessIdentity, Process>::iterator gone);
  void leave(Process& process, BootTime now);
  // What was met unknown and is known since is not on its way out any more.
  static void stay(Process& process);
  // Whether an entry went: none does that stayed, or left anew.
  bool forget(const Leaving& leaving);

  KeyMaker keys_;
  std::unordered_map<ProcessIdentity, Process> processes_;
  Process* last_found_ = nullptr; // a process acts many times in a row
  std::deque<Leaving> leaving_;   // those of leaving_since, and some that stay since; oldest first
  std::uint64_t evicted_ = 0;
  std::optional<BootTime> watching_since_; // the first time that it was given
};

} // namespace monster
