// SPDX-License-Identifier: Apache-2.0
#include "config/entry.hpp"

#include "config/address.hpp"

#include <algorithm>

namespace monster {
namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";
constexpr std::size_t longest_path = 4095; // PATH_MAX without its NUL, include/uapi/linux/limits.h
constexpr std::size_t longest_host = 253;  // RFC 1035 section 2.3.4, as text
constexpr std::size_t longest_topic = 249; // Kafka, org.apache.kafka.common.internals.Topic
constexpr std::size_t longest_variable = 255;

bool only(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text, [more](char c) {
    return letters.find(c) != std::string_view::npos || digits.find(c) != std::string_view::npos ||
           more.find(c) != std::string_view::npos;
  });
}

bool is_host(std::string_view text) {
  if (text.find(':') != std::string_view::npos)
    return text.find('-') == std::string_view::npos && text.find('/') == std::string_view::npos &&
           parse_ip_range(text).has_value();
  return !text.empty() && text.size() <= longest_host && text.front() != '-' && text.front() != '.' &&
         only(text, ".-_");
}

bool is_one_port(std::string_view text) { return parse_port_range(text) && text.find('-') == std::string_view::npos; }

// "host", "host:port", "[v6]", "[v6]:port"
bool is_server(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || text.find(':') > close || !is_host(text.substr(1, close - 1)))
      return false;
    const std::string_view rest = text.substr(close + 1);
    return rest.empty() || (rest.front() == ':' && is_one_port(rest.substr(1)));
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return is_host(text);
  return is_host(text.substr(0, colon)) && is_one_port(text.substr(colon + 1));
}

bool are_servers(std::string_view text) {
  for (;;) {
    const std::size_t comma = text.find(',');
    if (!is_server(text.substr(0, comma)))
      return false;
    if (comma == std::string_view::npos)
      return true;
    text.remove_prefix(comma + 1);
  }
}

bool is_path_pattern(std::string_view text) {
  return std::string_view("/*?").find(text.front()) != std::string_view::npos;
}

bool is_image_name(std::string_view text) { return text.find('/') == std::string_view::npos || is_path_pattern(text); }

bool is_extension(std::string_view text) { return text.front() != '.' && text.find('/') == std::string_view::npos; }

bool is_variable(std::string_view text) {
  return text.size() <= longest_variable && digits.find(text.front()) == std::string_view::npos && only(text, "_");
}

bool is_topic(std::string_view text) {
  return text.size() <= longest_topic && text != "." && text != ".." && only(text, "._-");
}

} // namespace

bool has_form(TextForm form, std::string_view text) {
  if (text.empty() || text.size() > longest_path || text.find('\0') != std::string_view::npos)
    return false;
  switch (form) {
  case TextForm::image_name:
    return is_image_name(text);
  case TextForm::path_pattern:
    return is_path_pattern(text);
  case TextForm::extension:
    return is_extension(text);
  case TextForm::registry_key:
    return true;
  case TextForm::variable:
    return is_variable(text);
  case TextForm::absolute_path:
    return text.front() == '/';
  case TextForm::host:
    return is_host(text);
  case TextForm::kafka_servers:
    return are_servers(text);
  case TextForm::kafka_topic:
    return is_topic(text);
  }
  return false;
}

std::string_view describe(TextForm form) {
  switch (form) {
  case TextForm::image_name:
    return "the name of a program, or its full path, with * and ?";
  case TextForm::path_pattern:
    return "a full path with * and ?";
  case TextForm::extension:
    return "a file name extension without its dot, with * and ?";
  case TextForm::registry_key:
    return "a registry key with * and ?";
  case TextForm::variable:
    return "the name of an environment variable";
  case TextForm::absolute_path:
    return "a path that starts with /";
  case TextForm::host:
    return "the name or address of a host";
  case TextForm::kafka_servers:
    return "host or host:port, several separated by commas";
  case TextForm::kafka_topic:
    return "a topic of letters, digits, \".\", \"_\" and \"-\", at most 249";
  }
  return "";
}

bool matches_everything(std::string_view pattern) { return pattern.find_first_not_of('*') == std::string_view::npos; }

} // namespace monster
