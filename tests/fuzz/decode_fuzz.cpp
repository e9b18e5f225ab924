// SPDX-License-Identifier: Apache-2.0
// rooms: sensor
// decode() against records that an enemy wrote into a recording. As most inputs would fail at the size in the
// header, each is read as it is and with its size made right.

#include "sensor/linux/bpf/decode.hpp"

#include "../../bpf/wire.h"

#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>

namespace monster {
namespace {

using Record = std::span<const std::byte>;

void require(bool promise) {
  if (!promise)
    std::abort();
}

// Texts point into the record and nowhere else; unknown is null, never empty.
class Holder {
public:
  explicit Holder(Record record) : record_(record) {}

  void operator()(Text text) const {
    if (text.is_null())
      return;
    const auto* const begin = reinterpret_cast<const std::byte*>(text.bytes().data());
    require(!text.bytes().empty());
    require(std::less_equal{}(record_.data(), begin));
    require(std::less_equal{}(begin + text.bytes().size(), record_.data() + record_.size()));
  }
  void operator()(const OpenFile& file) const { (*this)(file.path); }

private:
  Record record_;
};

struct Checks {
  Holder inside;

  void operator()(const ProcessForked& forked) const { inside(forked.cwd); }
  void operator()(const ProcessImage& image) const {
    for (const Text text : {image.image, image.filename, image.interpreter, image.cwd, image.cgroup, image.arguments,
                            image.environment, image.tty})
      inside(text);
    require(image.groups.size() <= wire::WIRE_GROUPS_MAX);
  }
  void operator()(const ProcessExited&) const {}
  void operator()(const FileOpened& opened) const { inside(opened.file); }
  void operator()(const FileBlockTold& told) const {
    inside(told.file);
    inside(told.final_path);
    require(told.users.size() <= wire::WIRE_WRITERS_MAX);
  }
  void operator()(const PathAct& act) const {
    for (const Text text : {act.argument1, act.argument2, act.base1, act.base2, act.name})
      inside(text);
    require(act.touched.size() <= wire::WIRE_TOUCHED_MAX && act.kind <= PathActKind::setflags);
    for (const TouchedFile& touched : act.touched) {
      inside(touched.path_before);
      inside(touched.path_after);
    }
  }
  void operator()(const OpenRefused& refused) const {
    inside(refused.argument);
    inside(refused.base);
    require(refused.error > 0);
  }
  void operator()(const LongPath& path) const { inside(path.path); }
  void operator()(const AttributeNamed& named) const { inside(named.name); }
  void operator()(const HandleUsed&) const {}
};

void check(Record record) {
  DecodeMemory memory;
  const std::optional<BootTime> time = record_time(record);
  require(time.has_value() == (record.size() >= sizeof(wire::wire_header)));
  const Result<Observation> seen = decode(record, memory);
  if (!seen) {
    require(!seen.error().reason.empty());
    return;
  }
  require(time == seen->time && seen->time.ns >= 0 && seen->actor.process.start.ns >= 0);
  std::visit(Checks{Holder(record)}, seen->what);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Exactly as large as the record, so that a read behind it is seen; 8-aligned as decode() asks.
  const std::unique_ptr<std::byte[]> memory = std::make_unique<std::byte[]>(size);
  std::memcpy(memory.get(), data, size);
  check({memory.get(), size});
  if (size >= sizeof(wire::wire_header)) {
    const auto whole = static_cast<std::uint32_t>(size);
    std::memcpy(memory.get(), &whole, sizeof whole);
    check({memory.get(), size});
  }
  return 0;
}

} // namespace monster
