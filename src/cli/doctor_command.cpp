// SPDX-License-Identifier: Apache-2.0
#include "cli/check_config_command.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/doctor_report.hpp"
#include "cli/terminal.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace monster {
namespace {

struct DoctorOptions {
  std::string config{default_config_path};
  std::string data_directory{default_data_directory};
  bool json = false;
};

ConfigState read_config(const std::string& path) {
  ConfigState state{path, false, {}, {}};
  std::error_code error;
  state.exists = std::filesystem::exists(path, error) || error;
  if (!state.exists)
    return state;
  auto loaded = load_config(path, false);
  if (!loaded) {
    state.error = loaded.error().message();
    return state;
  }
  if (const auto policy = loaded->ok() ? check_policy(loaded->config) : Result<>(); !policy)
    state.error = policy.error().message();
  state.loaded = std::move(*loaded);
  return state;
}

// Small, for it lives a moment and reads nothing of what it is told.
SensorSettings trial_settings() {
  SensorSettings settings;
  settings.ring_bytes = 256U << 10;
  settings.open_blocks = 1024;
  return settings;
}

// Loads, attaches and runs every program once; whatever is attached goes with `sensor`.
HookTrial try_hooks() {
  HookTrial trial{probe_hooks(), false, {}};
  auto sensor = BpfSensor::load(trial_settings());
  if (!sensor) {
    trial.error = std::move(sensor.error());
    return trial;
  }
  trial.attached = true;
  Result<> done = (*sensor)->attach();
  if (done)
    done = (*sensor)->snapshot();
  if (done)
    (*sensor)->tell_interim_blocks();
  else
    trial.error = std::move(done.error());
  const auto hooks = (*sensor)->hooks();
  trial.hooks.assign(hooks.begin(), hooks.end());
  return trial;
}

int diagnose(const DoctorOptions& options) {
  const ConfigState config = read_config(options.config);
  const std::string events =
      fmt::format("{}/events", config.effective().exporters.tsv.directory.value_or(options.data_directory));
  DoctorHost host = read_doctor_host("", events);
  HookTrial trial = may_load(host) ? try_hooks() : HookTrial{probe_hooks(), false, {}};
  const DoctorReport report = make_report(std::move(host), std::move(trial), config);
  const std::string text = options.json ? doctor_json(report) : doctor_text(report, wants_color(stdout));
  if (const auto written = write_output(text); !written) {
    print_error(written.error().message());
    return exit_failure;
  }
  return report.exit;
}

} // namespace

std::function<int()> add_doctor(CLI::App& app) {
  const auto options = std::make_shared<DoctorOptions>();
  app.add_option("--config", options->config,
                 fmt::format("The configuration to judge (default: {})", default_config_path))
      ->option_text("FILE");
  app.add_option("--data-dir", options->data_directory,
                 fmt::format("Where the agent keeps its data (default: {})", default_data_directory))
      ->option_text("DIR");
  app.add_flag("--json", options->json, "Print one JSON object");
  set_examples(
      app,
      {{"doctor", "as root: loads and attaches every hook for a moment"},
       {"doctor --json | jq '.hooks[] | select(.state == \"missing\")'", "what this kernel does not give"}},
      "As root it attaches the hooks beside whatever runs and takes them off again; else it only looks\n"
      "at what the kernel offers.\n"
      "Exit status: 0 the agent can run, 3 the configuration has errors, 4 not root, 5 a needed hook is missing.");
  return [options] { return diagnose(*options); };
}

} // namespace monster
