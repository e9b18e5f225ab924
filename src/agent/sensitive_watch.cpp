// SPDX-License-Identifier: Apache-2.0
#include "agent/sensitive_watch.hpp"

#include <fmt/format.h>

namespace monster {
namespace {

enum Gap : std::size_t { files, look_ups, directories, kernel };

} // namespace

void SensitiveWatch::saw(const SensitiveFiles& found, const Result<>& taken) {
  watched_ = found.files.size();
  found_ = found;
  found_.files.clear();
  if (found.files_cut != 0)
    note(files, fmt::format("reads of {} sensitive files are not told: {} of them are watched, more cannot be",
                            found.files_cut, watched_));
  if (found.globs_cut != 0)
    note(look_ups,
         fmt::format("sensitive files were not looked for to the end ({} patterns of the policy): their reads "
                     "may not be told",
                     found.globs_cut));
  if (found.directories_cut != 0)
    note(directories, fmt::format("{} directories have too many entries to look for sensitive files in all of them",
                                  found.directories_cut));
  if (!taken) {
    ++refused_by_kernel_;
    note(kernel, fmt::format("reads of some sensitive files are not told: {}", taken.error().message()));
  }
}

void SensitiveWatch::note(std::size_t gap, std::string words) {
  if (!std::exchange(noted_[gap], true))
    notes_.push_back(std::move(words));
}

std::vector<NamedCount> SensitiveWatch::counters() const {
  return {{"files_watched", watched_},
          {"files_cut", found_.files_cut},
          {"directories_cut", found_.directories_cut},
          {"patterns_cut", found_.globs_cut},
          {"patterns_refused", found_.globs_refused},
          {"links_not_followed", found_.links_not_followed},
          {"waits_avoided", found_.waits_avoided},
          {"unreadable", found_.unreadable},
          {"refused_by_kernel", refused_by_kernel_}};
}

std::vector<std::string> SensitiveWatch::take_notes() { return std::exchange(notes_, {}); }

} // namespace monster
