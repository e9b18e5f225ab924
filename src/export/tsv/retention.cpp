// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/retention.hpp"

#include "export/tsv/file_name.hpp"

#include <algorithm>
#include <ranges>
#include <span>
#include <tuple>

namespace monster {
namespace {

bool is_ours(std::string_view name) {
  return parse_finished_name(name).has_value() || parse_part_name(name).has_value();
}

constexpr std::uint16_t process_create = Describe<ProcessCreate>::info.id;

struct Kept {
  TsvFileName name;
  ListedFile file;
  bool finished = false;
  std::string age; // what is less goes first; as the start of a file
};

// A 1500 file ends where the next begins.
void set_ages(std::vector<Kept>& files) {
  std::string next = "~";
  for (Kept& file : files | std::views::reverse) {
    file.age = file.name.event_id == process_create ? next : file.name.start;
    if (file.name.event_id == process_create)
      next = file.name.start;
  }
}

std::vector<Kept> oldest_first(const std::vector<ListedFile>& files) {
  std::vector<Kept> kept;
  for (const ListedFile& file : files) {
    const bool finished = parse_finished_name(file.name).has_value();
    if (auto name = finished ? parse_finished_name(file.name) : parse_part_name(file.name))
      kept.push_back({*std::move(name), file, finished, {}});
  }
  const auto begun = [](const Kept& f) { return std::tie(f.name.start, f.name.number, f.file.name); };
  std::ranges::sort(kept, {}, begun);
  set_ages(kept);
  std::ranges::sort(kept, {}, [](const Kept& f) { return std::tie(f.age, f.name.start, f.name.number, f.file.name); });
  return kept;
}

std::string oldest_start(std::span<const Kept> files) {
  std::string oldest = "~";
  for (const Kept& file : files)
    oldest = std::min(oldest, file.name.start);
  return oldest;
}

} // namespace

std::uint64_t Retention::enforce(std::uint64_t grown, const SaveProcesses& save) {
  if (grown < read_at_)
    return 0;
  const OsResult<std::vector<ListedFile>> files = files_->list(directory_, &is_ours);
  // Unreadable for the moment, or unfinished files alone above the limit: look again after some growth.
  const std::uint64_t step = std::max<std::uint64_t>(keep_bytes_ / 256, 1);
  read_at_ = grown + step;
  if (!files)
    return 0;
  std::uint64_t total = 0;
  for (const ListedFile& file : *files)
    total += file.size;
  std::uint64_t deleted = 0;
  const std::vector<Kept> kept = oldest_first(*files);
  for (std::size_t i = 0; i < kept.size() && total > keep_bytes_; ++i) {
    const Kept& old = kept[i];
    if (!old.finished)
      continue;
    if (old.name.event_id == process_create)
      save(old.name, oldest_start(std::span(kept).subspan(i + 1)));
    if (!files_->remove(directory_, old.file.name))
      continue;
    total -= old.file.size;
    ++deleted;
  }
  if (total <= keep_bytes_)
    read_at_ = grown + std::max(keep_bytes_ - total, step);
  return deleted;
}

} // namespace monster
