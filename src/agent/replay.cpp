// SPDX-License-Identifier: Apache-2.0
#include "agent/replay.hpp"

#include <cstring>

namespace monster {
namespace {

// Answers with what the recording holds at this place. After the first answer that is not there, or is one
// to another question, all is unknown and failed() says so.
class ReplayHost final : public HostAnswers {
public:
  explicit ReplayHost(RecordingReader& reader) : reader_(reader) {}

  Text user_name(std::uint32_t, BootTime) override { return name(AnswerKind::user_name); }
  Text group_name(std::uint32_t, BootTime) override { return name(AnswerKind::group_name); }
  Asked identity(std::uint64_t, const FileReference&, FileFacts& facts) override {
    ByteReader from = answer(AnswerKind::identity);
    const auto asked = from.u8();
    facts = read_file_facts(from);
    return from.ok() && asked <= static_cast<std::uint8_t>(Asked::refused) ? static_cast<Asked>(asked) : Asked::refused;
  }
  std::optional<Directory> directory(Pid, const std::string&) override {
    ByteReader from = answer(AnswerKind::directory);
    if (!from.flag())
      return std::nullopt;
    Directory found;
    found.path = from.text();
    found.device = from.u64();
    found.inode = from.u64();
    found.stacked = from.flag();
    return from.ok() ? std::optional(found) : std::nullopt;
  }
  void changed(const FileIdentity&) override {}

  [[nodiscard]] const std::optional<Error>& failed() const { return failed_; }

private:
  Text name(AnswerKind kind) {
    ByteReader from = answer(kind);
    return from.nullable_text();
  }
  ByteReader answer(AnswerKind kind) {
    if (failed_)
      return ByteReader({});
    const auto input = reader_.next();
    if (!input) {
      failed_ = input.error();
      return ByteReader({});
    }
    const bool fits = *input && (*input)->kind == InputKind::answer;
    ByteReader from(fits ? (*input)->bytes : std::span<const std::byte>{});
    if (from.u8() == static_cast<std::uint8_t>(kind))
      return from;
    failed_ = Error{"replay", "the recording", "it has no answer where the pipeline asked one",
                    "replay it with the version that made it"};
    return ByteReader({});
  }

  RecordingReader& reader_;
  std::optional<Error> failed_;
};

Result<RunFacts> first_input(RecordingReader& reader) {
  const auto input = reader.next();
  if (!input)
    return fail(input.error());
  if (!*input || (*input)->kind != InputKind::host)
    return fail({"replay", "the recording", "it does not begin with the facts of the host"});
  return read_run_facts((*input)->bytes);
}

} // namespace

Result<ReplayResult> replay(RecordingReader& reader, const BeforeReplay& before, const TakeBatch& take) {
  auto facts = first_input(reader);
  if (!facts)
    return fail(facts.error());
  if (auto ready = before(*facts); !ready)
    return fail(ready.error());
  ReplayHost host(reader);
  auto pipeline = Pipeline::make(std::move(*facts), host, take);
  if (!pipeline)
    return fail(pipeline.error());
  std::vector<std::uint64_t> copy; // an answer read in between makes the reader forget the input
  for (;;) {
    const auto input = reader.next();
    if (!input)
      return fail(input.error());
    if (!*input)
      break;
    copy.resize(((*input)->bytes.size() + 7) / 8);
    std::memcpy(copy.data(), (*input)->bytes.data(), (*input)->bytes.size());
    const Input same{(*input)->kind, std::as_bytes(std::span(copy)).first((*input)->bytes.size())};
    if (auto fed = (*pipeline)->feed(same); !fed)
      return fail(fed.error());
    if (host.failed())
      return fail(*host.failed());
  }
  ReplayResult result{reader.inputs(), (*pipeline)->last_seq(), (*pipeline)->ledger(), reader.ended_cleanly(), {}};
  result.torn_reason = reader.torn_reason();
  return result;
}

} // namespace monster
