// SPDX-License-Identifier: Apache-2.0
// Addresses and ports as a filter names them: one, a range, or (addresses) a CIDR block.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace monster {

// Both ends belong to the range; first <= last.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  friend auto operator<=>(const PortRange&, const PortRange&) = default;
};

// Both ends belong to the range. Network byte order; of IPv4 only the first four bytes count.
struct IpRange {
  bool v6 = false;
  std::array<std::uint8_t, 16> first{};
  std::array<std::uint8_t, 16> last{};
  friend auto operator<=>(const IpRange&, const IpRange&) = default;
};

// "443", "8000-8100"; port 0 is none.
[[nodiscard]] std::optional<PortRange> parse_port_range(std::string_view text);
// "10.0.0.1", "10.0.0.0/8" (bits behind the prefix must be 0), "10.0.0.1-10.0.0.9", and so for IPv6.
[[nodiscard]] std::optional<IpRange> parse_ip_range(std::string_view text);

} // namespace monster
