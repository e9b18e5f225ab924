// SPDX-License-Identifier: Apache-2.0
// Errors as values: what was tried, on what, and why it failed, in words a user can act on.
#pragma once

#include <cerrno>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace monster {

// Whose matter it is: chooses the exit status (cli/exit_codes.hpp).
enum class ErrorKind : std::uint8_t {
  other,
  io,            // a system call failed: disk, memory, descriptors
  input,         // a file that was given is not what it should be
  configuration, // the configuration, or a file that it names
  privilege,     // the user may not; root may
  kernel,        // this kernel lacks what is needed
  taken,         // another agent has it
};

struct Error {
  std::string tried;       // "open", "parse", "attach": the act, as a verb
  std::string object;      // the path, key, program or address it was tried on
  std::string reason;      // why it failed
  std::string advice = {}; // what the user can do; empty when nothing helps
  ErrorKind kind = ErrorKind::other;

  // "cannot open /etc/x: Permission denied; run as root"
  [[nodiscard]] std::string message() const;
};

template <class T = void> using Result = std::expected<T, Error>;

// An Error from an errno value, of kind io; the reason is the C library's text for it.
[[nodiscard]] Error system_error(std::string_view tried, std::string_view object, int error = errno);

[[nodiscard]] inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

} // namespace monster
