// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "event/batch.hpp"

#include <map>
#include <string>
#include <vector>

namespace monster {

// The story of one command: its processes as a tree, and under each what it did, in order.
class Story {
public:
  void add(const Batch& batch, const Origin& origin);
  // Safe for a terminal; ends with a newline. Empty when nothing was seen.
  [[nodiscard]] std::string text(bool colored) const;
  // One JSON line for each event, in the order of seq.
  [[nodiscard]] const std::string& json() const { return json_; }
  void keep_json() { keeps_json_ = true; }

private:
  struct Act {
    WallTime time;
    std::int64_t seq = 0;
    std::string words;
    std::string file; // first digits of the file_key, to see which acts are about one file
  };
  struct Person {
    std::optional<ProcessKey> parent;
    std::optional<ProcessKey> previous; // the same process before its exec
    WallTime time;
    Pid pid;
    std::string words;
    std::string end;
    bool told = false;
    std::vector<Act> acts;
  };
  void add_event(const Event& event);
  void print(std::string& out, const ProcessKey& key, const std::string& indent, bool colored) const;
  [[nodiscard]] std::vector<ProcessKey> children_of(const ProcessKey* key) const;

  std::map<ProcessKey, Person> people_;
  std::string json_;
  bool keeps_json_ = false;
};

} // namespace monster
