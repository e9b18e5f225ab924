// SPDX-License-Identifier: Apache-2.0
#include "config/address.hpp"

#include "config/unit.hpp"

#include <arpa/inet.h>
#include <string>

namespace monster {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_whole_number(text);
  if (!number || *number < 1 || *number > 65535)
    return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

struct Address {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};
};

std::optional<Address> parse_address(std::string_view text) {
  // inet_pton reads a C string: bytes behind a NUL would be believed unseen.
  if (text.empty() || text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos)
    return std::nullopt;
  const std::string copy(text);
  Address address;
  address.v6 = text.find(':') != std::string_view::npos;
  if (::inet_pton(address.v6 ? AF_INET6 : AF_INET, copy.c_str(), address.bytes.data()) != 1)
    return std::nullopt;
  return address;
}

std::optional<IpRange> parse_block(std::string_view network, std::string_view prefix_text) {
  const auto address = parse_address(network);
  const auto prefix = parse_whole_number(prefix_text);
  if (!address || !prefix)
    return std::nullopt;
  const std::int64_t width = address->v6 ? 128 : 32;
  if (*prefix < 0 || *prefix > width)
    return std::nullopt;
  IpRange range{address->v6, address->bytes, address->bytes};
  for (std::int64_t bit = *prefix; bit < width; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    if ((range.first[byte] & mask) != 0)
      return std::nullopt;
    range.last[byte] = static_cast<std::uint8_t>(range.last[byte] | mask);
  }
  return range;
}

} // namespace

std::optional<PortRange> parse_port_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_port(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_port(text.substr(dash + 1));
  if (!first || !last || *first > *last)
    return std::nullopt;
  return PortRange{*first, *last};
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos)
    return parse_block(text.substr(0, slash), text.substr(slash + 1));
  const std::size_t dash = text.find('-');
  const auto first = parse_address(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_address(text.substr(dash + 1));
  if (!first || !last || first->v6 != last->v6 || first->bytes > last->bytes)
    return std::nullopt;
  return IpRange{first->v6, first->bytes, last->bytes};
}

} // namespace monster
