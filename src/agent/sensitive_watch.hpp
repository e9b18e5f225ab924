// SPDX-License-Identifier: Apache-2.0
// What the search for sensitive files could not do, and what the kernel did not take: each is a gap in what is
// told of reads.
#pragma once

#include "export/exporter.hpp"
#include "policy/linux/sensitive_files.hpp"

#include <string>
#include <vector>

namespace monster {

class SensitiveWatch {
public:
  // The latest search, and whether the kernel took all that it found.
  void saw(const SensitiveFiles& found, const Result<>& taken);
  [[nodiscard]] std::vector<NamedCount> counters() const;
  // In words, for a person; each gap once in a run.
  [[nodiscard]] std::vector<std::string> take_notes();

private:
  void note(std::size_t gap, std::string words);

  SensitiveFiles found_; // without its files
  std::size_t watched_ = 0;
  std::uint64_t refused_by_kernel_ = 0;
  bool noted_[4] = {};
  std::vector<std::string> notes_;
};

} // namespace monster
