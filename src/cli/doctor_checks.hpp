// SPDX-License-Identifier: Apache-2.0
// One function for each thing of the host that `doctor` judges.
#pragma once

#include "cli/doctor_report.hpp"

namespace monster {

[[nodiscard]] Check check_kernel(const DoctorHost& host);
[[nodiscard]] Check check_privilege(const DoctorHost& host);
[[nodiscard]] Check check_type_information(const DoctorHost& host);
[[nodiscard]] Check check_lockdown(const DoctorHost& host);
[[nodiscard]] Check check_security_modules(const DoctorHost& host);
[[nodiscard]] Check check_unprivileged_bpf(const DoctorHost& host);
[[nodiscard]] Check check_bpf_stats(const DoctorHost& host);
[[nodiscard]] Check check_io_uring(const DoctorHost& host, const HookTrial& trial);
[[nodiscard]] Check check_pid_namespace(const DoctorHost& host);
[[nodiscard]] Check check_disk(const DoctorHost& host, const Config& config);
[[nodiscard]] Check check_configuration(const ConfigState& config);
[[nodiscard]] Check check_excludes(const Config& config);

} // namespace monster
