// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_report.hpp"
#include "cli/version.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace monster {
namespace {

class JsonWriter {
public:
  JsonWriter() { json_.SetIndent(' ', 2); }

  std::string write(const DoctorReport& report) {
    json_.StartObject();
    text("version", agent_version());
    text("kernel", report.host.kernel_release);
    key("exit_status");
    json_.Int(report.exit);
    text("verdict", report.verdict);
    flag("attached", report.trial.attached);
    key("checks");
    json_.StartArray();
    for (const Check& check : report.checks)
      write_check(check);
    json_.EndArray();
    key("hooks");
    json_.StartArray();
    for (const Hook& hook : report.trial.hooks)
      write_hook(hook, report.trial);
    json_.EndArray();
    json_.EndObject();
    return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n";
  }

private:
  void write_check(const Check& check) {
    json_.StartObject();
    text("name", check.name);
    text("finding", name_of(check.finding));
    text("value", check.value);
    text("meaning", check.meaning);
    text("advice", check.advice);
    json_.EndObject();
  }

  void write_hook(const Hook& hook, const HookTrial& trial) {
    json_.StartObject();
    text("fact", hook.fact);
    text("program", hook.program);
    text("hook", hook.attaches);
    text("state", name_of(state_of(hook, trial)));
    flag("needed", hook.needed);
    text("lost_without", hook.lost_without);
    text("problem", hook.problem);
    text("advice", advice_for(hook));
    json_.EndObject();
  }

  void key(std::string_view name) { json_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void flag(std::string_view name, bool value) {
    key(name);
    json_.Bool(value);
  }
  // Paths and system texts may be any bytes, a JSON text may not.
  void text(std::string_view name, std::string_view value) {
    key(name);
    const std::string whole = is_utf8(value) ? std::string(value) : printable(value, value.size());
    json_.String(whole.data(), static_cast<rapidjson::SizeType>(whole.size()));
  }

  rapidjson::StringBuffer buffer_;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> json_{buffer_};
};

} // namespace

std::string doctor_json(const DoctorReport& report) { return JsonWriter().write(report); }

} // namespace monster
