// SPDX-License-Identifier: Apache-2.0
#include "agent/file_stage.hpp"

namespace monster {
namespace {

// The file to hash when its block ends: one that is or became executable, while it still has a name.
std::optional<FileReference> file_to_hash(const FileBlock& block, const Observation& seen) {
  constexpr std::uint32_t execute_bits = 0111;
  const auto* told = std::get_if<FileBlockTold>(&seen.what);
  if (told == nullptr || told->interim || block.deleted || told->after.nlink == 0)
    return std::nullopt;
  if ((told->after.mode & execute_bits) == 0 ||
      (told->write_count == 0 && !told->file.created && !block.made_executable))
    return std::nullopt;
  FileReference file;
  file.identity = told->file.file;
  file.size = told->after.size;
  file.mtime_ns = told->after.mtime.ns;
  file.ctime_ns = told->after.ctime.ns;
  file.mnt_ns = seen.actor.mnt_ns;
  file.pid = seen.actor.process.pid;
  file.path = (block.final_path.is_null() ? block.path : block.final_path).bytes();
  file.fs_magic = told->file.fs_magic;
  return file;
}

} // namespace

bool FileStage::keeps(const Actor& actor, std::string_view path, std::string_view final_path,
                      std::uint32_t fs_magic) const {
  const Process* process = context_.processes.find(actor.process);
  if (process != nullptr && !context_.wants(*process, false))
    return false;
  return context_.policy.judge_file({path, final_path, fs_magic}).keep;
}

bool FileStage::is_sensitive(std::string_view path) const { return context_.policy.is_sensitive_path(path); }

std::optional<SeenDirectory> FileStage::directory(const Actor& actor, const std::string& path) {
  const auto found = context_.answers.directory(actor.process.pid, path);
  return found ? std::optional(SeenDirectory{found->path, found->device, found->inode, found->stacked}) : std::nullopt;
}

void FileStage::seen(const Observation& seen) {
  made_.clear();
  BlockOutput out{context_.writer.arena(), made_};
  const ClockOffset clock = context_.facts.clock;
  std::visit(Overloaded{[&](const FileOpened& opened) { blocks_.opened(seen, opened, clock, out); },
                        [&](const FileBlockTold& told) { blocks_.told(seen, told, clock, out); },
                        [&](const PathAct& act) { blocks_.path_act(seen, act, clock, out); },
                        [&](const OpenRefused& refused) { blocks_.refused(seen, refused, clock, out); },
                        [&](const LongPath& path) { blocks_.long_path(seen, path); },
                        [&](const AttributeNamed& named) { blocks_.attribute_named(seen, named); },
                        // The block will name it as a user of the handle.
                        [&](const HandleUsed&) { processes_.acted(seen.actor, seen.time); }, [](const auto&) {}},
             seen.what);
  count_totals(seen);
  context_.ledger.row(Family::file, made_.size() + out.filtered);
  context_.ledger.filtered(Family::file, out.filtered);
  for (MadeEvent& made : made_)
    emit(made, seen);
}

void FileStage::living(const LivingNotice& notice) {
  blocks_.open().still_open(notice.objects, notice.time);
  if (notice.last)
    blocks_.open().end_sweep(notice.time);
}

std::vector<NamedCount> FileStage::counters() const {
  const OpenBlocks::Counts& counts = blocks_.open().counts();
  return {{not_remembered, counts.not_remembered},
          {"file_texts_not_remembered", counts.texts_not_remembered},
          {"file_blocks_swept", counts.swept}};
}

void FileStage::count_totals(const Observation& seen) {
  if (const auto* told = std::get_if<FileBlockTold>(&seen.what); told != nullptr && !told->interim && told->kept)
    block_ended(*told, seen.time);
  if (const auto* act = std::get_if<PathAct>(&seen.what)) {
    ProcessTotals& totals = context_.processes.of(seen.actor, seen.time).totals;
    totals.files_renamed += act->kind == PathActKind::rename ? 1U : 0U;
    totals.files_deleted += act->kind == PathActKind::unlink || act->kind == PathActKind::rmdir ? 1U : 0U;
  }
}

void FileStage::block_ended(const FileBlockTold& told, BootTime time) {
  ProcessTotals& opener = context_.processes.of(told.file.opener, time).totals;
  opener.files_created += told.file.created ? 1U : 0U;
  const bool changed = told.write_count != 0 || told.truncated_to.has_value();
  if (told.users.empty())
    opener.files_written += changed ? 1U : 0U;
  for (const HandleUser& user : told.users)
    if (Process* writer = user.bytes_written != 0 ? context_.processes.find(user.process) : nullptr)
      ++writer->totals.files_written;
  if (changed || told.mapped_writable)
    context_.answers.changed(told.file.file);
}

void FileStage::emit(MadeEvent& made, const Observation& seen) {
  Process& process = processes_.acted(made.actor, made.time);
  Common common = context_.writer.common(process, made.actor, made.time);
  common.block_key = made.block;
  if (const auto* block = std::get_if<FileBlock>(&made.payload)) {
    for (const Text path : {block->path, block->final_path}) // a new file may have come under a sensitive name
      sensitive_changed_ = sensitive_changed_ || (!path.is_null() && is_sensitive(path.bytes()));
    if (auto file = file_to_hash(*block, seen)) {
      const FileQuestion question[1] = {{std::move(*file), FileRole::written}};
      context_.hashes.emit(Family::file, {common, std::move(made.payload)}, question, seen.time);
      return;
    }
  }
  context_.writer.emit(Family::file, common, made.payload);
}

} // namespace monster
