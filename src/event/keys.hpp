// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/key.hpp"

namespace monster {

// Makes the keys of one agent run on one host.
struct KeyMaker {
  HostId host;
  Bytes16 boot_id{};
  RunId run;

  [[nodiscard]] ProcessKey of(const ProcessIdentity& process) const { return process_key(host, boot_id, process); }
  [[nodiscard]] FileKey of(const FileIdentity& file) const { return file_key(host, file); }
  [[nodiscard]] BlockKey block(std::uint64_t object) const { return block_key(run, object); }
};

} // namespace monster
