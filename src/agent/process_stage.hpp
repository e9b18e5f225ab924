// SPDX-License-Identifier: Apache-2.0
// Forks, images and exits: 1500 and 1501.
#pragma once

#include "agent/stage.hpp"

#include <deque>

namespace monster {

class ProcessStage {
public:
  explicit ProcessStage(const StageContext& context) : context_(context) {}

  void seen(const Observation& seen);
  // The process behind an actor that did something; from here on it has a 1500.
  Process& acted(const Actor& actor, BootTime time);
  // Exits wait a moment for the files that they close; those up to `due` are told.
  void tell_exits(BootTime due);

private:
  struct Exit {
    Observation seen;
    BootTime due;
  };
  void image_seen(const Observation& seen, const ProcessImage& image);
  void tell_fork(Process& process, const Actor& actor, BootTime time);
  void tell_exit(const Exit& exit);

  StageContext context_;
  std::deque<Exit> exits_;
};

} // namespace monster
