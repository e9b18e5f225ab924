// SPDX-License-Identifier: Apache-2.0
// Questions that only the host can answer. Live they go to the host; in a replay the recording answers.
#pragma once

#include "base/text.hpp"
#include "base/time.hpp"
#include "host/identity.hpp"

#include <cstdint>
#include <optional>

namespace monster {

class HostAnswers {
public:
  virtual ~HostAnswers() = default;
  // Null when nobody has this number. The text is valid until the next question.
  [[nodiscard]] virtual Text user_name(std::uint32_t uid, BootTime now) = 0;
  [[nodiscard]] virtual Text group_name(std::uint32_t gid, BootTime now) = 0;

  enum class Asked : std::uint8_t { known, asked, refused };
  // What a file is: `known` fills `facts` now; `asked` means that an answer with `ticket` will come as an
  // input, or never; `refused` that too much is being asked.
  [[nodiscard]] virtual Asked identity(std::uint64_t ticket, const FileReference& file, FileFacts& facts) = 0;
  struct Directory {
    std::string path;         // true, in the namespace of the process
    std::uint64_t device = 0; // as super_block::s_dev
    std::uint64_t inode = 0;
    bool stacked = false; // its file system lies upon others, whose files it shows as its own
  };
  // A directory by the path that a process used, if the kernel has it at hand; never waits for a disk.
  [[nodiscard]] virtual std::optional<Directory> directory(Pid process, const std::string& path) = 0;
  // The file was changed: what was known of it no longer holds.
  virtual void changed(const FileIdentity& file) = 0;
};

} // namespace monster
