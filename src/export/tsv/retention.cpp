// SPDX-License-Identifier: Apache-2.0
#include "export/tsv/retention.hpp"

#include "export/tsv/file_name.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace monster {
namespace {

bool is_ours(std::string_view name) {
  return parse_finished_name(name).has_value() || parse_part_name(name).has_value();
}

struct Finished {
  TsvFileName name;
  ListedFile file;
};

std::vector<Finished> oldest_first(const std::vector<ListedFile>& files) {
  std::vector<Finished> finished;
  for (const ListedFile& file : files)
    if (auto name = parse_finished_name(file.name))
      finished.push_back({*std::move(name), file});
  std::ranges::sort(finished, {}, [](const Finished& f) { return std::tie(f.name.start, f.name.number, f.file.name); });
  return finished;
}

} // namespace

std::uint64_t Retention::enforce(std::uint64_t grown) {
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
  for (const Finished& old : oldest_first(*files)) {
    if (total <= keep_bytes_)
      break;
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
