// SPDX-License-Identifier: Apache-2.0
// Which container a process is in, by its control group.
#pragma once

#include <optional>
#include <string_view>

namespace monster {

// The last segment that is 64 lower-case hex digits after docker-, libpod-, crio- or cri-containerd-
// and .scope are taken off; a container's monitor (libpod-conmon-ID.scope) is not in it. A view into
// `path`; nothing when there is none.
[[nodiscard]] std::optional<std::string_view> container_id_of_path(std::string_view path);

// The path that speaks, of the text of /proc/PID/cgroup (cgroups(7)): the v2 one unless it is "/",
// else v1's memory, pids or systemd, the first of them that is not "/". A view into `text`.
[[nodiscard]] std::optional<std::string_view> cgroup_path(std::string_view text);

[[nodiscard]] std::optional<std::string_view> container_id_of_cgroup_text(std::string_view text);

} // namespace monster
