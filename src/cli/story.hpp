// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "event/batch.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace monster {

// The story of one command: its processes as a tree, and under each what it did, in order. It holds a bounded part
// of what happened, the first of each process; all of it is in the files.
class Story {
public:
  struct Bounds {
    std::size_t acts_of_process = 200;
    std::size_t processes = 10'000;
    std::size_t text_bytes = 16U << 20;
    std::size_t json_bytes = 64U << 20;
  };

  Story() = default;
  explicit Story(const Bounds& bounds) : bounds_(bounds) {}

  void add(const Batch& batch, const Origin& origin);
  // Safe for a terminal; ends with a newline. Empty when nothing was seen. At the end of the recording.
  [[nodiscard]] std::string text(bool colored) const;
  // One JSON line for each event, in the order of seq.
  [[nodiscard]] const std::string& json() const { return json_; }
  void keep_json() { keeps_json_ = true; }
  // What the bounds left out, as a sentence; empty when nothing.
  [[nodiscard]] std::string left_out() const;

private:
  struct Act {
    WallTime time;
    std::int64_t seq = 0;
    std::string words;
    std::string file; // first digits of the file_key, to see which acts are about one file
    [[nodiscard]] std::pair<WallTime, std::int64_t> when() const { return {time, seq}; }
  };
  struct Person {
    std::optional<ProcessKey> parent;
    std::optional<ProcessKey> previous; // the same process before its exec
    WallTime time;
    Pid pid;
    std::string words;
    std::string end;
    bool told = false;
    std::vector<Act> acts; // a heap, the latest first
    std::size_t more_acts = 0;
  };
  using Tree = std::map<const Person*, std::vector<const Person*>>; // by parent; null: the roots

  void add_event(const Event& event);
  void add_json(const Event& event, const Origin& origin);
  void add_act(Person& person, Act act);
  [[nodiscard]] Person* person_of(const ProcessKey& key);
  [[nodiscard]] bool take_room(std::size_t bytes);
  [[nodiscard]] Tree tree() const;
  void print(std::string& out, const Person& person, const std::string& indent, bool has_next, bool colored) const;

  Bounds bounds_;
  std::map<ProcessKey, Person> people_;
  std::size_t text_bytes_ = 0;
  std::size_t left_out_acts_ = 0;      // for want of room, beyond those of a process that has many
  std::size_t left_out_processes_ = 0; // events of them
  std::size_t left_out_json_ = 0;
  std::string json_;
  bool keeps_json_ = false;
};

} // namespace monster
