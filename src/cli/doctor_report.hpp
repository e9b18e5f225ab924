// SPDX-License-Identifier: Apache-2.0
// What `doctor` finds, judged; doctor_text and doctor_json print it.
#pragma once

#include "base/result.hpp"
#include "cli/exit_codes.hpp"
#include "cli/linux/doctor_host.hpp"
#include "config/load.hpp"
#include "sensor/linux/bpf/sensor.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace monster {

// note: worth knowing, nothing to do. warning: something is lost. problem: the agent cannot run.
enum class Finding : std::uint8_t { ok, note, warning, problem };
[[nodiscard]] std::string_view name_of(Finding finding);

struct Check {
  std::string_view name; // "kernel"
  Finding finding = Finding::ok;
  std::string value;        // what was found
  std::string meaning = {}; // what follows from it; empty when nothing does
  std::string advice = {};
};

// The configuration as far as `doctor` got with it.
struct ConfigState {
  std::string path;
  bool exists = false;
  std::optional<LoadedConfig> loaded = {}; // null with `error`, or when there is no file
  std::string error = {};                  // why it cannot be read, or its policy not be made

  // The defaults when there is no usable file.
  [[nodiscard]] Config effective() const { return loaded && loaded->ok() ? loaded->config : Config{}; }
};

struct HookTrial {
  std::vector<Hook> hooks;
  bool attached = false;      // whether attaching was tried
  std::optional<Error> error; // why the programs did not load or a needed one not attach
};

enum class HookState : std::uint8_t { in_use, offered, missing, untried };
[[nodiscard]] std::string_view name_of(HookState state);
[[nodiscard]] HookState state_of(const Hook& hook, const HookTrial& trial);
// Empty when nothing is to be done.
[[nodiscard]] std::string advice_for(const Hook& hook);

struct DoctorReport {
  DoctorHost host;
  HookTrial trial;
  std::vector<Check> checks;
  ExitCode exit = exit_ok;
  std::string verdict; // one sentence
};

// CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN which stands for both, and root.
[[nodiscard]] bool may_load(const DoctorHost& host);
[[nodiscard]] DoctorReport make_report(DoctorHost host, HookTrial trial, const ConfigState& config);

// "6.1.0-25-amd64" is {6, 1}; {0, 0} when it is no version.
struct KernelVersion {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const KernelVersion&, const KernelVersion&) = default;
};
[[nodiscard]] KernelVersion kernel_version(std::string_view release);

// For people, at most about 120 columns where paths allow; and as one JSON object.
[[nodiscard]] std::string doctor_text(const DoctorReport& report, bool colored);
[[nodiscard]] std::string doctor_json(const DoctorReport& report);

} // namespace monster
