// SPDX-License-Identifier: Apache-2.0
#include "agent/linux/self.hpp"

#include <charconv>
#include <fstream>
#include <string>
#include <sys/resource.h>

namespace monster {
namespace {

std::uint64_t to_ns(const timeval& t) {
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_usec) * 1000;
}

std::uint64_t read_rss_anon() {
  constexpr std::string_view name = "RssAnon:";
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(name))
      continue;
    const std::size_t digits = line.find_first_of("0123456789");
    std::uint64_t kib = 0;
    if (digits != std::string::npos)
      std::from_chars(line.data() + digits, line.data() + line.size(), kib);
    return kib * 1024;
  }
  return 0;
}

} // namespace

SelfUse self_use() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return {to_ns(usage.ru_utime), to_ns(usage.ru_stime), read_rss_anon()};
}

} // namespace monster
