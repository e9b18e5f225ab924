// SPDX-License-Identifier: Apache-2.0
// Open handles and acts on paths: 2500 and its details.
#pragma once

#include "agent/process_stage.hpp"
#include "base/named_count.hpp"
#include "block/file_blocks.hpp"

namespace monster {

class FileStage final : private FileJudge {
public:
  static constexpr std::string_view not_remembered = "file_blocks_not_remembered"; // among counters()

  // `processes` must outlive it.
  FileStage(const StageContext& context, ProcessStage& processes)
      : context_(context), processes_(processes), blocks_(context.facts.keys, *this) {}

  void seen(const Observation& seen);
  // What the kernel had open at that time: blocks that it has no more are forgotten.
  void living(const LivingNotice& notice);
  [[nodiscard]] std::vector<NamedCount> counters() const;
  // Whether a sensitive file may have been replaced since the last call.
  [[nodiscard]] bool take_sensitive_changed() { return std::exchange(sensitive_changed_, false); }

private:
  [[nodiscard]] bool keeps(const Actor& actor, std::string_view path, std::string_view final_path,
                           std::uint32_t fs_magic) const override;
  [[nodiscard]] bool is_sensitive(std::string_view path) const override;
  [[nodiscard]] std::optional<SeenDirectory> directory(const Actor& actor, const std::string& path) override;

  void count_totals(const Observation& seen);
  void block_ended(const FileBlockTold& told, BootTime time);
  void emit(MadeEvent& made, const Observation& seen);

  StageContext context_;
  ProcessStage& processes_;
  FileBlocks blocks_;
  std::vector<MadeEvent> made_;
  bool sensitive_changed_ = false;
};

} // namespace monster
