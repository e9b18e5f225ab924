// SPDX-License-Identifier: Apache-2.0
#include "cli/story.hpp"

#include "cli/sentence.hpp"
#include "cli/terminal.hpp"
#include "event/json.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace monster {
namespace {

constexpr std::size_t key_digits = 8;
constexpr std::size_t deepest_indent = 40; // a chain of a thousand processes is still read

std::string short_key(const std::optional<FileKey>& key) {
  return key ? key->hex().substr(0, key_digits) : std::string();
}

} // namespace

void Story::add(const Batch& batch, const Origin& origin) {
  for (const Event& event : batch.events) {
    add_event(event);
    if (keeps_json_)
      add_json(event, origin);
  }
}

void Story::add_json(const Event& event, const Origin& origin) {
  const std::size_t before = json_.size();
  append_json(json_, event, origin, event.common.seq);
  json_ += '\n';
  if (json_.size() <= bounds_.json_bytes && left_out_json_ == 0)
    return;
  json_.resize(before);
  ++left_out_json_;
}

bool Story::take_room(std::size_t bytes) {
  if (bytes > bounds_.text_bytes - text_bytes_)
    return false;
  text_bytes_ += bytes;
  return true;
}

Story::Person* Story::person_of(const ProcessKey& key) {
  if (const auto known = people_.find(key); known != people_.end())
    return &known->second;
  if (people_.size() < bounds_.processes)
    return &people_[key];
  ++left_out_processes_;
  return nullptr;
}

void Story::add_act(Person& person, Act act) {
  if (person.acts.size() == bounds_.acts_of_process) {
    ++person.more_acts;
    if (person.acts.empty() || act.when() >= person.acts.front().when())
      return;
    std::ranges::pop_heap(person.acts, {}, &Act::when);
    text_bytes_ -= person.acts.back().words.size();
    person.acts.pop_back();
  }
  if (!take_room(act.words.size())) {
    ++left_out_acts_;
    return;
  }
  person.acts.push_back(std::move(act));
  std::ranges::push_heap(person.acts, {}, &Act::when);
}

void Story::add_event(const Event& event) {
  const Common& c = event.common;
  std::string words = c.process_key ? sentence(event) : std::string();
  if (words.empty())
    return;
  Person* person = person_of(*c.process_key);
  if (person == nullptr)
    return;
  person->pid = c.pid.value_or(Pid{});
  if (const auto* create = std::get_if<ProcessCreate>(&event.payload)) {
    person->parent = create->parent_process_key;
    person->previous = create->previous_process_key;
    person->time = c.time;
    person->words = take_room(words.size()) ? std::move(words) : "…";
    person->told = true;
  } else if (std::holds_alternative<ProcessExit>(event.payload)) {
    person->end = std::move(words);
  } else {
    const auto* block = std::get_if<FileBlock>(&event.payload);
    add_act(*person, {c.time, c.seq, std::move(words), block == nullptr ? std::string() : short_key(block->file_key)});
  }
}

Story::Tree Story::tree() const {
  Tree tree;
  for (const auto& [key, person] : people_) {
    if (!person.told)
      continue;
    const std::optional<ProcessKey>& above = person.previous ? person.previous : person.parent;
    const auto known = above ? people_.find(*above) : people_.end();
    tree[known != people_.end() && known->second.told ? &known->second : nullptr].push_back(&person);
  }
  for (auto& [parent, children] : tree)
    std::ranges::sort(children, {}, &Person::time);
  return tree;
}

void Story::print(std::string& out, const Person& person, const std::string& indent, bool has_next,
                  bool colored) const {
  std::string end = person.end;
  if (end.empty() && !has_next)
    end = "still runs";
  out += fmt::format("{}{} {}{}\n", indent, paint(Color::bold, fmt::format("[{}]", person.pid.value), colored),
                     terminal_text(person.words),
                     end.empty() ? end : paint(Color::dim, fmt::format("  ({})", end), colored));
  std::vector<Act> acts = person.acts;
  std::ranges::sort(acts, {}, &Act::when);
  for (const Act& act : acts)
    out +=
        fmt::format("{}    {}{}\n", indent, terminal_text(act.words),
                    act.file.empty() ? std::string() : paint(Color::dim, fmt::format("  file {}", act.file), colored));
  if (person.more_acts != 0)
    out += fmt::format("{}    … and {} more acts, in the files\n", indent, person.more_acts);
}

std::string Story::text(bool colored) const {
  const Tree tree = this->tree();
  struct Step {
    const Person* person;
    std::size_t depth;
  };
  std::vector<Step> left; // the next last
  const auto add_children = [&](const Person* parent, std::size_t depth) {
    if (const auto children = tree.find(parent); children != tree.end())
      for (auto child = children->second.rbegin(); child != children->second.rend(); ++child)
        left.push_back({*child, depth});
  };
  std::set<const Person*> followed; // by another image of the same process
  for (const auto& [key, person] : people_)
    if (const auto before = person.previous ? people_.find(*person.previous) : people_.end(); before != people_.end())
      followed.insert(&before->second);
  std::string out;
  for (add_children(nullptr, 0); !left.empty();) {
    const Step step = left.back();
    left.pop_back();
    print(out, *step.person, std::string(2 * std::min(step.depth, deepest_indent), ' '), followed.contains(step.person),
          colored);
    add_children(step.person, step.depth + 1);
  }
  return out;
}

std::string Story::left_out() const {
  std::string what;
  const auto add = [&](std::size_t count, std::string_view of) {
    if (count != 0)
      what += fmt::format("{}{} {}", what.empty() ? "" : ", ", count, of);
  };
  add(left_out_acts_, "acts");
  add(left_out_processes_, "events of processes that have no place in it");
  add(left_out_json_, "JSON lines");
  return what.empty() ? what : fmt::format("left out above, and in the files: {}", what);
}

} // namespace monster
