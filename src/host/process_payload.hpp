// SPDX-License-Identifier: Apache-2.0
// Fills 1500 and 1501 from what was seen and what the table knows.
#pragma once

#include "host/answers.hpp"
#include "host/processes.hpp"

#include <span>

namespace monster {

struct PayloadContext {
  const KeyMaker& keys;
  const ProcessTable& table;
  HostAnswers& answers;
  ClockOffset clock;
  std::span<const std::string> environment; // names of the variables to tell
};

// A process that runs an image, all but what the image's file is; texts are copied to `arena`.
[[nodiscard]] ProcessCreate make_process_create(const PayloadContext& context, const Process& process,
                                                const Observation& seen, const ProcessImage& image, Arena& arena);
// A fork that did something without an exec: what it inherited.
[[nodiscard]] ProcessCreate make_fork_only(const PayloadContext& context, const Process& process, const Actor& actor,
                                           Arena& arena);
void add_facts(ProcessCreate& create, const FileFacts& facts, Arena& arena);
[[nodiscard]] FileReference reference_to_image(const Observation& seen, const ProcessImage& image);
// Null where no script runs, or its file is not known.
[[nodiscard]] std::optional<FileReference> reference_to_script(const Observation& seen, const ProcessImage& image);

[[nodiscard]] ProcessExit make_process_exit(const Process& process, const Observation& seen,
                                            const ProcessExited& exited, ClockOffset clock);

} // namespace monster
