// SPDX-License-Identifier: Apache-2.0
// rooms: config
// Any bytes as a configuration: no crash, every complaint inside the text and fit for a terminal,
// and what is accepted keeps its promises.
#include "config/load.hpp"
#include "config/source_text.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

std::vector<std::size_t> line_lengths(std::string_view text) {
  std::vector<std::size_t> lengths(1);
  for (const char c : text) {
    ++lengths.back();
    if (c == '\n')
      lengths.push_back(0);
  }
  return lengths;
}

void check_diagnostic(const monster::Diagnostic& d, const std::vector<std::size_t>& lengths) {
  require(d.line >= 1 && d.line <= lengths.size());
  // One past the last byte of the text is where it ends.
  const std::size_t end = d.line == lengths.size() ? 1 : 0;
  require(d.column >= 1 && d.column <= std::max<std::size_t>(lengths[d.line - 1] + end, 1));
  const std::string message = monster::format_diagnostic(d);
  require(monster::is_utf8(message));
  require(std::ranges::none_of(message, [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
  require(!d.message.empty() || !d.allowed.empty());
}

void check_config(const monster::Config& config) {
  require(std::has_single_bit(config.kernel.ring_bytes));
  require(config.exporters.tsv.keep >= config.exporters.tsv.rotate_size);
  require(config.hash.workers >= 1 && config.hash.workers <= 64);
  require(!config.exporters.kafka.enabled && !config.exporters.syslog.enabled);
  require(config.trace_policy.file_path.exclude.empty() && config.trace_policy.net_target_ip.include.empty());
  for (const std::string& entry : config.trace_policy.process_image_name.exclude)
    require(!entry.empty() && entry.find('\0') == std::string::npos && monster::is_utf8(entry));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const std::vector<std::size_t> lengths = line_lengths(text);
  const monster::LoadedConfig lenient = monster::parse_config(text, "fuzz.json", false);
  const monster::LoadedConfig strict = monster::parse_config(text, "fuzz.json", true);
  for (const monster::Diagnostic& d : lenient.diagnostics)
    check_diagnostic(d, lengths);
  require(lenient.diagnostics.size() <= 201);
  require(lenient.ok() || !strict.ok());
  if (lenient.ok())
    check_config(lenient.config);
  return 0;
}
