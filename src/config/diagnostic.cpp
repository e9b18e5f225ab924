// SPDX-License-Identifier: Apache-2.0
#include "config/diagnostic.hpp"

#include <fmt/format.h>
#include <utility>

namespace monster {

std::string format_diagnostic(const Diagnostic& d) {
  std::string text = fmt::format("{}:{}:{}: ", d.file, d.line, d.column);
  if (d.severity == Severity::warning)
    text += "warning: ";
  if (!d.path.empty())
    text += d.path + ": ";
  std::string_view between;
  if (!d.found.empty()) {
    text += "found " + d.found;
    between = ", ";
  }
  if (!d.allowed.empty()) {
    text += fmt::format("{}allowed: {}", between, d.allowed);
    between = "; ";
  }
  if (!d.message.empty())
    text += fmt::format("{}{}", between.empty() ? between : "; ", d.message);
  return text;
}

void Diagnostics::add(Position at, std::string_view path, Complaint complaint) {
  const bool none_unlisted = errors_ <= most && warnings_ <= most;
  std::size_t& count = complaint.severity == Severity::error ? errors_ : warnings_;
  if (++count > most) {
    if (none_unlisted)
      first_unlisted_ = at;
    return;
  }
  list_.push_back({complaint.severity, file_, at.line, at.column, printable(path), std::move(complaint.found),
                   std::move(complaint.allowed), std::move(complaint.message)});
}

std::vector<Diagnostic> Diagnostics::close() {
  const std::size_t unlisted = errors_ + warnings_ - list_.size();
  if (unlisted != 0) {
    const Severity severity = errors_ > most ? Severity::error : Severity::warning;
    list_.push_back({severity, file_, first_unlisted_.line, first_unlisted_.column, "", "", "",
                     fmt::format("{} more complaints from here on are not listed", unlisted)});
  }
  return std::move(list_);
}

} // namespace monster
