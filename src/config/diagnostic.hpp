// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/source_text.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace monster {

enum class Severity : std::uint8_t { error, warning };

// One complaint about a configuration. Every text is printable as it stands: what came from the
// file or its name is escaped before it gets here.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string file;
  std::uint32_t line = 1;
  std::uint32_t column = 1; // in bytes
  std::string path;         // "export.kafka.acks"; empty when it is about the file
  std::string found;        // what stands there, as JSON; may be empty
  std::string allowed;      // may be empty
  std::string message;      // may be empty when found and allowed say it all
};

// agent.json:12:15: export.kafka.acks: found "maybe", allowed: "0", "1", "all"
// A warning has "warning: " before the path.
[[nodiscard]] std::string format_diagnostic(const Diagnostic& diagnostic);

// What a complaint says apart from where; the parts of Diagnostic.
struct Complaint {
  Severity severity = Severity::error;
  std::string found = {};
  std::string allowed = {};
  std::string message = {};
};

// Collects complaints about one file. Behind the first 100 errors and the first 100 warnings they
// are only counted, and close() adds one that says how many (an error if one of them was).
class Diagnostics {
public:
  static constexpr std::size_t most = 100;

  explicit Diagnostics(std::string_view file) : file_(printable(file, 4096)) {}
  void add(Position at, std::string_view path, Complaint complaint);
  [[nodiscard]] std::vector<Diagnostic> close();
  [[nodiscard]] bool has_error() const { return errors_ != 0; }

private:
  std::string file_;
  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  Position first_unlisted_;
};

} // namespace monster
