// SPDX-License-Identifier: Apache-2.0
#include "export/losses.hpp"

#include <algorithm>

namespace monster {

void LossTally::add(const LossByFamily& losses) {
  for (std::size_t family = 0; family < family_count; ++family) {
    const LossSpan& loss = losses[family];
    if (loss.count == 0)
      continue;
    Cell& cell = cells_[family];
    cell.from.store(std::min(cell.from.load(), loss.from.ns));
    cell.to.store(std::max(cell.to.load(), loss.to.ns));
    cell.count.fetch_add(loss.count);
  }
}

void LossTally::take(std::string_view exporter, std::string_view stage, std::string_view reason,
                     std::vector<LossReport>& out) {
  for (std::size_t family = 0; family < family_count; ++family) {
    Cell& cell = cells_[family];
    LossSpan taken;
    taken.count = cell.count.exchange(0);
    if (taken.count == 0)
      continue;
    taken.from = {cell.from.exchange(std::numeric_limits<std::int64_t>::max())};
    taken.to = {cell.to.exchange(std::numeric_limits<std::int64_t>::min())};
    if (taken.from > taken.to) {
      taken.from = cell.last.from;
      taken.to = cell.last.to;
    }
    cell.last = taken;
    out.push_back({std::string(exporter), static_cast<Family>(family), std::string(stage), std::string(reason),
                   taken.count, taken.from, taken.to});
  }
}

void merge_loss(std::vector<LossReport>& reports, const LossReport& loss) {
  const auto same = [&](const LossReport& r) {
    return r.exporter == loss.exporter && r.family == loss.family && r.stage == loss.stage && r.reason == loss.reason;
  };
  const auto found = std::find_if(reports.begin(), reports.end(), same);
  if (found == reports.end()) {
    reports.push_back(loss);
    return;
  }
  found->count += loss.count;
  found->from = std::min(found->from, loss.from);
  found->to = std::max(found->to, loss.to);
}

} // namespace monster
