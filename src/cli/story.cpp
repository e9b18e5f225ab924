// SPDX-License-Identifier: Apache-2.0
#include "cli/story.hpp"

#include "cli/sentence.hpp"
#include "cli/terminal.hpp"
#include "event/json.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace monster {
namespace {

constexpr std::size_t acts_shown = 200;
constexpr std::size_t key_digits = 8;

std::string short_key(const std::optional<FileKey>& key) {
  return key ? key->hex().substr(0, key_digits) : std::string();
}

} // namespace

void Story::add(const Batch& batch, const Origin& origin) {
  for (const Event& event : batch.events) {
    add_event(event);
    if (!keeps_json_)
      continue;
    append_json(json_, event, origin, event.common.seq);
    json_ += '\n';
  }
}

void Story::add_event(const Event& event) {
  const Common& c = event.common;
  if (!c.process_key)
    return;
  Person& person = people_[*c.process_key];
  person.pid = c.pid.value_or(Pid{});
  if (const auto* create = std::get_if<ProcessCreate>(&event.payload)) {
    person.parent = create->parent_process_key;
    person.previous = create->previous_process_key;
    person.time = c.time;
    person.words = sentence(event);
    person.told = true;
  } else if (std::holds_alternative<ProcessExit>(event.payload)) {
    person.end = sentence(event);
  } else if (std::string words = sentence(event); !words.empty()) {
    const auto* block = std::get_if<FileBlock>(&event.payload);
    person.acts.push_back(
        {c.time, c.seq, std::move(words), block == nullptr ? std::string() : short_key(block->file_key)});
  }
}

std::vector<ProcessKey> Story::children_of(const ProcessKey* key) const {
  std::vector<ProcessKey> children;
  for (const auto& [own, person] : people_) {
    const std::optional<ProcessKey>& above = person.previous ? person.previous : person.parent;
    const bool known = above && people_.contains(*above);
    if (person.told && (key == nullptr ? !known : known && *above == *key))
      children.push_back(own);
  }
  std::ranges::sort(children, {}, [&](const ProcessKey& k) { return people_.at(k).time; });
  return children;
}

void Story::print(std::string& out, const ProcessKey& key, const std::string& indent, bool colored) const {
  const Person& person = people_.at(key);
  const std::string end = person.end.empty() ? std::string() : fmt::format("  ({})", person.end);
  out += fmt::format("{}{} {}{}\n", indent, paint(Color::bold, fmt::format("[{}]", person.pid.value), colored),
                     terminal_text(person.words), paint(Color::dim, end, colored));
  std::vector<Act> acts = person.acts;
  std::ranges::sort(acts, {}, [](const Act& act) { return std::pair(act.time, act.seq); });
  for (const Act& act : std::span(acts).first(std::min(acts.size(), acts_shown)))
    out +=
        fmt::format("{}    {}{}\n", indent, terminal_text(act.words),
                    act.file.empty() ? std::string() : paint(Color::dim, fmt::format("  file {}", act.file), colored));
  if (acts.size() > acts_shown)
    out += fmt::format("{}    … and {} more acts, in the files\n", indent, acts.size() - acts_shown);
  for (const ProcessKey& child : children_of(&key))
    print(out, child, indent + "  ", colored);
}

std::string Story::text(bool colored) const {
  std::string out;
  for (const ProcessKey& root : children_of(nullptr))
    print(out, root, "", colored);
  return out;
}

} // namespace monster
