// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

#include <fmt/format.h>
#include <system_error>

namespace monster {

std::string Error::message() const {
  std::string text = fmt::format("cannot {} {}: {}", tried, object, reason);
  if (!advice.empty())
    text += "; " + advice;
  return text;
}

Error system_error(std::string_view tried, std::string_view object, int error) {
  return Error{std::string(tried), std::string(object), std::generic_category().message(error), {}, ErrorKind::io};
}

} // namespace monster
