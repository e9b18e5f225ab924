// SPDX-License-Identifier: Apache-2.0
#include "host/linux/cgroup.hpp"

#include <algorithm>
#include <array>

namespace monster {
namespace {

constexpr std::string_view removed_mark = " (deleted)"; // kernel/cgroup/cgroup.c proc_cgroup_show

bool is_container_id(std::string_view word) {
  return word.size() == 64 &&
         std::ranges::all_of(word, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string_view strip(std::string_view segment) {
  for (const std::string_view prefix : {"docker-", "libpod-", "crio-", "cri-containerd-"}) {
    if (segment.starts_with(prefix)) {
      segment.remove_prefix(prefix.size());
      break;
    }
  }
  constexpr std::string_view scope = ".scope";
  if (segment.ends_with(scope))
    segment.remove_suffix(scope.size());
  return segment;
}

// One of a comma-separated list, such as cpu,cpuacct.
bool has_controller(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == wanted)
      return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

} // namespace

std::optional<std::string_view> container_id_of_path(std::string_view path) {
  if (path.ends_with(removed_mark))
    path.remove_suffix(removed_mark.size());
  while (!path.empty()) {
    const std::size_t slash = path.rfind('/');
    const std::string_view segment = strip(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
    if (is_container_id(segment))
      return segment;
    path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
  return std::nullopt;
}

std::optional<std::string_view> cgroup_path(std::string_view text) {
  constexpr std::array<std::string_view, 3> v1{"memory", "pids", "name=systemd"};
  std::array<std::string_view, v1.size() + 1> found;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    // HIERARCHY:CONTROLLERS:PATH; the path may hold colons of its own.
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos)
      continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view path = line.substr(second + 1);
    if (line.substr(0, second + 1) == "0::" && found[0].empty())
      found[0] = path;
    for (std::size_t i = 0; i < v1.size(); ++i)
      if (has_controller(controllers, v1[i]) && found[i + 1].empty())
        found[i + 1] = path;
  }
  const auto* place =
      std::ranges::find_if(found, [](std::string_view path) { return path.starts_with('/') && path != "/"; });
  return place == found.end() ? std::nullopt : std::optional(*place);
}

std::optional<std::string_view> container_id_of_cgroup_text(std::string_view text) {
  const std::optional<std::string_view> path = cgroup_path(text);
  return path ? container_id_of_path(*path) : std::nullopt;
}

} // namespace monster
