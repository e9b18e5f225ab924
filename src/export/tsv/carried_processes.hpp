// SPDX-License-Identifier: Apache-2.0
// Which 1500 rows must outlive their file: those of processes that rows in younger files still name.
#pragma once

#include "event/event.hpp"
#include "export/file_api.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace monster {

class CarriedProcesses {
public:
  static constexpr std::size_t max_followed = 262'144;
  static constexpr Duration rows_come_late = seconds(5); // after the end of their process, at the latest

  // A row was written, of which `file` is the number of the 1500 file that is written now.
  void wrote(const Event& event, std::uint32_t file);

  // Gives each row of the 1500 file `name` that is still needed, without its newline, its source set to
  // `carried` and its stream_seq left out (the row begins with the tab behind it); false when the file could
  // not be read to its end. `oldest_kept`: when the oldest file that stays was begun, as in its name.
  using TakeRow = std::function<void(std::string_view)>;
  [[nodiscard]] bool carry(FileApi& files, int directory, const std::string& name, const std::string& oldest_kept,
                           const TakeRow& take);

  [[nodiscard]] std::size_t followed() const { return followed_.size(); }
  // Processes whose row will not be carried, because too many are followed.
  [[nodiscard]] std::uint64_t not_followed() const { return not_followed_; }

private:
  struct Followed {
    std::uint32_t file = 0; // their row is in this one or in a later
    std::optional<WallTime> ended;
  };
  struct Columns {
    std::size_t key = 0, source = 0, count = 0;
  };
  [[nodiscard]] static std::optional<Columns> find_columns(std::string_view header);
  [[nodiscard]] std::optional<std::string> carried(std::string_view row, const Columns& columns) const;
  void forget_short_lived(WallTime now, std::uint32_t file);
  void forget_ended_before(const std::string& oldest_kept);

  std::unordered_map<ProcessKey, Followed> followed_;
  std::deque<std::pair<ProcessKey, WallTime>> just_ended_;
  std::uint64_t not_followed_ = 0;
};

} // namespace monster
