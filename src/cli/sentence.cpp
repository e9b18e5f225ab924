// SPDX-License-Identifier: Apache-2.0
#include "cli/sentence.hpp"

#include <fmt/format.h>
#include <vector>

namespace monster {
namespace {

std::string_view shown(Text text) { return text.is_null() ? std::string_view("?") : text.bytes(); }

std::string describe(const ProcessCreate& e) {
  const std::string_view verb = e.source == ProcessSource::fork_only  ? "forked"
                                : e.source == ProcessSource::snapshot ? "runs"
                                                                      : "exec";
  return fmt::format("{} {}", verb, shown(e.command_line));
}

std::string describe(const ProcessExit& e) {
  if (e.signal)
    return fmt::format("ended by signal {}", *e.signal);
  return fmt::format("exit {}", e.exit_code.value_or(0));
}

std::string describe_act(const FileBlock& e) {
  if (!e.link_target.is_null())
    return fmt::format("{} {} -> {}", shown(e.operation), shown(e.path), shown(e.link_target));
  if (!e.final_path.is_null())
    return fmt::format("{} {} -> {}", shown(e.operation), shown(e.path), shown(e.final_path));
  return fmt::format("{} {}", shown(e.operation), shown(e.path));
}

std::string describe(const FileBlock& e) {
  if (e.source == BlockSource::path)
    return describe_act(e);
  std::string text;
  if (e.bytes_written != 0 || e.created)
    text = fmt::format("{} {}  {} written in {} calls", e.created ? "created" : "wrote", shown(e.path),
                       size_text(e.bytes_written), e.write_count);
  else if (e.bytes_read != 0)
    text = fmt::format("read {}  {} in {} calls", shown(e.path), size_text(e.bytes_read), e.read_count);
  else
    text = fmt::format("changed {}", shown(e.path));
  if (e.renamed)
    text += fmt::format(", now {}", shown(e.final_path));
  if (e.deleted)
    text += ", deleted";
  if (e.made_executable)
    text += ", made executable";
  if (e.state == BlockState::open)
    text += ", still open";
  return text;
}

std::string describe(const AgentLoss& e) {
  return fmt::format("LOST {} of {}: {}", e.count, shown(e.family), shown(e.reason));
}

std::string describe(const auto&) { return {}; }

} // namespace

std::string sentence(const Event& event) {
  return std::visit([](const auto& payload) { return describe(payload); }, event.payload);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kib = 1024;
  if (bytes < kib)
    return fmt::format("{} B", bytes);
  static constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (size /= 1024; size >= 1024 && unit + 1 < std::size(units); ++unit)
    size /= 1024;
  return fmt::format("{:.1f} {}", size, units[unit]);
}

} // namespace monster
