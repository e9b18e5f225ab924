// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/sensor.hpp"

#include "base/fd.hpp"
#include "sensor/linux/bpf/calls.hpp"
#include "sensor/linux/bpf/decode.hpp"
#include "sensor/linux/bpf/hook_list.hpp"
#include "sensor/linux/bpf/open_objects.hpp"
#include "sensor/linux/bpf/process_losses.hpp"
#include "sensor/linux/bpf/record_order.hpp"
#include "sensor/linux/bpf/ring_level.hpp"

#include "../../../../bpf/calls.h"
#include "../../../../bpf/wire.h"

#include <algorithm>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/types.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace monster {

// The names by which the skeleton's generated structs call the kernel's integer types.
using u8 = __u8;
using u32 = __u32;
using u64 = __u64;

} // namespace monster

namespace monster::kernel_programs {
#include "monster.skel.h"
} // namespace monster::kernel_programs

namespace monster {
namespace {

using Skeleton = kernel_programs::monster_bpf;

struct SkeletonDeleter {
  void operator()(Skeleton* s) const { kernel_programs::monster_bpf::destroy(s); }
};
struct LinkDeleter {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
struct RingDeleter {
  void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
struct BtfDeleter {
  void operator()(btf* b) const { btf__free(b); }
};
using KernelBtf = std::unique_ptr<btf, BtfDeleter>;

bool has_tracepoint(const btf& kernel, std::string_view tracepoint) {
  const std::string name = fmt::format("btf_trace_{}", tracepoint);
  return btf__find_by_name_kind(&kernel, name.c_str(), BTF_KIND_TYPEDEF) > 0;
}

bool has_iterator(const btf& kernel, std::string_view iterator) {
  const std::string name = fmt::format("bpf_iter_{}", iterator);
  return btf__find_by_name_kind(&kernel, name.c_str(), BTF_KIND_FUNC) > 0;
}

// From 6.15 on sched_process_exit has a second argument: include/trace/events/sched.h.
bool exit_tells_group_dead(const btf& kernel) {
  const int type = btf__find_by_name_kind(&kernel, "btf_trace_sched_process_exit", BTF_KIND_TYPEDEF);
  if (type <= 0)
    return false;
  const btf_type* pointer = btf__type_by_id(&kernel, btf__type_by_id(&kernel, static_cast<__u32>(type))->type);
  const btf_type* prototype = btf__type_by_id(&kernel, pointer->type);
  return btf_vlen(prototype) == 3; // the hook's own context comes first
}

Hook to_hook(const HookInfo& info) {
  Hook hook;
  hook.fact = info.fact;
  hook.program = info.program;
  hook.attaches =
      info.iterator.empty() ? fmt::format("tp_btf/{}", info.tracepoint) : fmt::format("iter/{}", info.iterator);
  hook.needed = info.needed;
  hook.lost_without = info.lost_without;
  return hook;
}

std::vector<Hook> hooks_offered(const btf* kernel) {
  std::vector<Hook> hooks;
  for (const HookInfo& info : hook_list()) {
    Hook hook = to_hook(info);
    if (kernel == nullptr)
      hook.problem = "the kernel has no type information (CONFIG_DEBUG_INFO_BTF)";
    else if (info.iterator.empty() ? !has_tracepoint(*kernel, info.tracepoint) : !has_iterator(*kernel, info.iterator))
      hook.problem = fmt::format("this kernel has no {}", hook.attaches);
    hooks.push_back(std::move(hook));
  }
  return hooks;
}

struct Ring {
  RingLevel level;
  std::unique_ptr<ring_buffer, RingDeleter> buffer;
  RecordOrder* order = nullptr;
  BootTime last;
  std::size_t taken = 0;
};

// A drain takes at most this much of one ring before it hands on: memory stays bounded in a flood, and the
// exporters get their turn.
constexpr std::size_t drain_bytes = 1U << 20;

int take_from_ring(void* context, void* data, std::size_t size) {
  auto& ring = *static_cast<Ring*>(context);
  const std::span record(static_cast<const std::byte*>(data), size);
  const std::optional<BootTime> time = record_time(record);
  if (!time)
    return 0;
  ring.order->add(*time, record);
  ring.last = *time;
  ring.taken += size;
  return ring.taken > drain_bytes ? -EAGAIN : 0;
}

} // namespace

struct BpfSensor::State {
  std::unique_ptr<Skeleton, SkeletonDeleter> skeleton;
  std::vector<std::unique_ptr<bpf_link, LinkDeleter>> links;
  std::unique_ptr<bpf_link, LinkDeleter> interim;
  std::vector<Hook> hooks;
  RecordOrder order;
  Ring blocks;
  Ring details;
  UniqueFd epoll;
  std::vector<SensitiveInode> sensitive;
  ProcessLosses losses;

  Hook* find_hook(std::string_view program) {
    for (Hook& hook : hooks)
      if (hook.program == program)
        return &hook;
    return nullptr;
  }
  [[nodiscard]] bpf_program* program(const Hook& hook) const {
    return bpf_object__find_program_by_name(skeleton->obj, hook.program.c_str());
  }
};

namespace {

void configure(Skeleton& s, const SensorSettings& settings, const btf& kernel) {
  const auto cpus = static_cast<__u32>(libbpf_num_possible_cpus());
  s.rodata->tell_details = settings.details;
  s.rodata->details_ring_bytes = settings.ring_bytes;
  s.rodata->open_blocks_per_process = settings.open_blocks_per_process;
  s.rodata->tell_reads = settings.all_reads;
  s.rodata->exit_tells_group_dead = exit_tells_group_dead(kernel);
  for (const WantedCall& call : wanted_calls()) {
    if (call.number_64 >= 0)
      s.rodata->call_kinds[ABI_64][call.number_64] = call.kind;
    if (call.number_32 >= 0)
      s.rodata->call_kinds[ABI_32][call.number_32] = call.kind;
    if (const int number = number_x32(call); number >= 0)
      s.rodata->call_kinds[ABI_X32][number] = call.kind;
  }
  bpf_map__set_max_entries(s.maps.blocks_ring, static_cast<__u32>(settings.ring_bytes));
  bpf_map__set_max_entries(s.maps.details_ring, static_cast<__u32>(settings.ring_bytes));
  bpf_map__set_max_entries(s.maps.open_files, settings.open_blocks);
  bpf_map__set_max_entries(s.maps.process_blocks, settings.open_blocks);
  bpf_map__set_max_entries(s.maps.scratches, cpus * bpf_map__max_entries(s.maps.scratches)); // so far for one CPU
}

Result<> open_ring(Ring& ring, RecordOrder& order, bpf_map* map, int epoll) {
  auto level = RingLevel::open(bpf_map__fd(map), bpf_map__max_entries(map));
  if (!level)
    return fail(level.error());
  ring.level = std::move(*level);
  ring.order = &order;
  ring.buffer.reset(ring_buffer__new(bpf_map__fd(map), take_from_ring, &ring, nullptr));
  if (!ring.buffer)
    return fail(system_error("open", "the ring of the kernel programs"));
  epoll_event event{};
  event.events = EPOLLIN;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, bpf_map__fd(map), &event) != 0)
    return fail(system_error("wait on", "the ring of the kernel programs"));
  return {};
}

// The programs learn who loads them, in the host's numbers.
Result<> tell_self(const Skeleton& s) {
  bpf_test_run_opts options{};
  options.sz = sizeof options;
  if (const int error = bpf_prog_test_run_opts(bpf_program__fd(s.progs.agent_self), &options); error != 0)
    return fail(system_error("run", "the program that learns the agent's own pid", -error));
  return {};
}

Error load_error(int error) {
  Error e = system_error("load", "the kernel programs", error);
  e.kind = error == EPERM ? ErrorKind::privilege : ErrorKind::kernel;
  e.advice =
      error == EPERM ? "run as root (CAP_BPF and CAP_PERFMON)" : "`monster-agent doctor` says what this kernel allows";
  return e;
}

} // namespace

const std::uint32_t BpfSensor::wire_version = wire::wire_version;

BpfSensor::BpfSensor(std::unique_ptr<State> state) : state_(std::move(state)) {}
BpfSensor::~BpfSensor() = default;

Result<std::unique_ptr<BpfSensor>> BpfSensor::load(const SensorSettings& settings) {
  libbpf_set_print([](libbpf_print_level, const char*, va_list) { return 0; });
  libbpf_set_strict_mode(static_cast<libbpf_strict_mode>(LIBBPF_STRICT_ALL & ~LIBBPF_STRICT_AUTO_RLIMIT_MEMLOCK));
  const KernelBtf kernel(btf__load_vmlinux_btf());
  if (!kernel)
    return fail({"read", "/sys/kernel/btf/vmlinux", "the kernel gives no type information",
                 "use a kernel built with CONFIG_DEBUG_INFO_BTF", ErrorKind::kernel});
  auto state = std::make_unique<State>();
  state->hooks = hooks_offered(kernel.get());
  state->skeleton.reset(Skeleton::open(nullptr));
  if (!state->skeleton)
    return fail(load_error(errno));
  configure(*state->skeleton, settings, *kernel);
  for (const Hook& hook : state->hooks)
    if (!hook.problem.empty())
      bpf_program__set_autoload(state->program(hook), false);
  if (const int error = Skeleton::load(state->skeleton.get()); error != 0)
    return fail(load_error(-error));
  if (auto told = tell_self(*state->skeleton); !told)
    return fail(told.error());
  state->losses = ProcessLosses(bpf_map__fd(state->skeleton->maps.process_losses));
  state->epoll = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
  if (auto opened = open_ring(state->blocks, state->order, state->skeleton->maps.blocks_ring, state->epoll.get());
      !opened)
    return fail(opened.error());
  if (auto opened = open_ring(state->details, state->order, state->skeleton->maps.details_ring, state->epoll.get());
      !opened)
    return fail(opened.error());
  // allow(new): the constructor is private, and make_unique cannot call it
  return std::unique_ptr<BpfSensor>(new BpfSensor(std::move(state)));
}

Result<> BpfSensor::attach() {
  for (Hook& hook : state_->hooks) {
    if (hook.attaches.starts_with("iter/"))
      continue;
    if (hook.problem.empty()) {
      bpf_link* link = bpf_program__attach(state_->program(hook));
      if (link != nullptr) {
        state_->links.emplace_back(link);
        hook.in_use = true;
        continue;
      }
      hook.problem = system_error("attach", hook.attaches).reason;
    }
    if (hook.needed)
      return fail({"attach", hook.attaches, hook.problem,
                   fmt::format("without it {} cannot be recorded", hook.lost_without), ErrorKind::kernel});
  }
  return {};
}

namespace {

// Runs an iterator once over all it has; its programs send records, the text it returns is empty.
Result<> run_iterator(bpf_link* link, std::string_view name) {
  const UniqueFd fd(bpf_iter_create(bpf_link__fd(link)));
  if (!fd)
    return fail(system_error("run", name));
  char nothing[64];
  for (;;) {
    const ssize_t size = ::read(fd.get(), nothing, sizeof nothing);
    if (size == 0)
      return {};
    // kernel/bpf/bpf_iter.c bpf_seq_read: EAGAIN after a million steps without a text, to go on with the next read.
    if (size < 0 && errno != EAGAIN && errno != EINTR)
      return fail(system_error("run", name));
  }
}

} // namespace

Result<> BpfSensor::snapshot() {
  for (const std::string_view name : {"process_snapshot", "file_snapshot"}) {
    Hook& hook = *state_->find_hook(name);
    if (!hook.problem.empty())
      continue;
    const std::unique_ptr<bpf_link, LinkDeleter> link(bpf_program__attach_iter(state_->program(hook), nullptr));
    if (!link) {
      hook.problem = system_error("attach", hook.attaches).reason;
      continue;
    }
    if (auto ran = run_iterator(link.get(), hook.attaches); !ran)
      return ran;
    hook.in_use = true;
  }
  return {};
}

void BpfSensor::tell_interim_blocks() {
  Hook& hook = *state_->find_hook("file_interim");
  if (!hook.problem.empty())
    return;
  if (!state_->interim) {
    bpf_iter_link_info info{};
    info.map.map_fd = static_cast<__u32>(bpf_map__fd(state_->skeleton->maps.open_files));
    bpf_iter_attach_opts options{};
    options.sz = sizeof options;
    options.link_info = &info;
    options.link_info_len = sizeof info;
    state_->interim.reset(bpf_program__attach_iter(state_->program(hook), &options));
    if (!state_->interim) {
      hook.problem = system_error("attach", hook.attaches).reason;
      return;
    }
    hook.in_use = true;
  }
  if (auto ran = run_iterator(state_->interim.get(), hook.attaches); !ran)
    hook.problem = ran.error().reason;
}

void BpfSensor::detach_hooks() { state_->links.clear(); }

void BpfSensor::wait(Duration timeout) {
  epoll_event events[2];
  ::epoll_wait(state_->epoll.get(), events, 2, static_cast<int>(timeout.ns / 1'000'000));
}

BootTime BpfSensor::drain(const Clock& clock, bool all, const TakeRecord& take) {
  BootTime until = clock.boot_now() - RecordOrder::slack;
  for (Ring* ring : {&state_->blocks, &state_->details}) {
    ring->taken = 0;
    ring_buffer__consume(ring->buffer.get());
    // The rest of a ring that was left in the middle is not earlier than what was taken from it.
    if (ring->taken > drain_bytes)
      until = std::min(until, ring->last - RecordOrder::slack);
  }
  state_->order.deliver(all && !has_more() ? BootTime{INT64_MAX} : until, take);
  return until;
}

bool BpfSensor::has_more() const { return state_->blocks.taken > drain_bytes || state_->details.taken > drain_bytes; }

bool BpfSensor::is_pressed() const {
  return state_->blocks.level.more_than_half() || state_->details.level.more_than_half();
}

KernelCounters BpfSensor::counters() const {
  std::vector<wire::wire_counters> per_cpu(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  const __u32 zero = 0;
  KernelCounters sum;
  if (bpf_map_lookup_elem(bpf_map__fd(state_->skeleton->maps.counters), &zero, per_cpu.data()) != 0)
    return sum;
  for (const wire::wire_counters& cpu : per_cpu) {
    for (std::size_t f = 0; f < wire::WIRE_FAMILIES; ++f) {
      const auto& v = cpu.value[f];
      KernelCounters::Family& to = sum.family[f];
      to.seen += v[wire::COUNT_SEEN];
      to.suppressed += v[wire::COUNT_SUPPRESSED];
      to.condensed += v[wire::COUNT_CONDENSED];
      to.sent += v[wire::COUNT_SENT];
      to.lost_ring += v[wire::COUNT_LOST_RING];
      to.lost_map += v[wire::COUNT_LOST_MAP];
      to.lost_scratch += v[wire::COUNT_LOST_SCRATCH];
      to.lost_end += v[wire::COUNT_LOST_END];
      to.unreadable += v[wire::COUNT_UNREADABLE];
      to.lost_blocks += v[wire::COUNT_LOST_BLOCKS];
      to.lost_share += v[wire::COUNT_LOST_SHARE];
    }
  }
  return sum;
}

Result<std::vector<std::uint64_t>> BpfSensor::open_objects() const {
  const bpf_map* map = state_->skeleton->maps.open_files;
  return read_open_objects(bpf_map__fd(map), bpf_map__value_size(map));
}

std::vector<ProcessLoss> BpfSensor::take_process_losses() { return state_->losses.take(); }

Result<> BpfSensor::set_sensitive(std::span<const SensitiveInode> inodes) {
  const int map = bpf_map__fd(state_->skeleton->maps.sensitive_inodes);
  const __u32 rule = 1;
  // The map has room for one list: what is no longer wanted goes first.
  for (const SensitiveInode& old : state_->sensitive) {
    if (std::ranges::find(inodes, old) != inodes.end())
      continue;
    const std::uint64_t key[2] = {old.inode, old.device};
    bpf_map_delete_elem(map, key);
  }
  state_->sensitive.clear();
  for (const SensitiveInode& inode : inodes) {
    const std::uint64_t key[2] = {inode.inode, inode.device};
    if (bpf_map_update_elem(map, key, &rule, BPF_ANY) != 0)
      return fail(system_error("add to", "the kernel's list of sensitive files"));
    state_->sensitive.push_back(inode);
  }
  return {};
}

std::span<const Hook> BpfSensor::hooks() const { return state_->hooks; }

std::uint64_t BpfSensor::kernel_memory() const {
  std::uint64_t sum = 0;
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, state_->skeleton->obj) {
    sum += static_cast<std::uint64_t>(bpf_map__max_entries(map)) *
           (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF ? 1 : bpf_map__value_size(map) + bpf_map__key_size(map));
  }
  return sum;
}

std::vector<Hook> probe_hooks() {
  const KernelBtf kernel(btf__load_vmlinux_btf());
  return hooks_offered(kernel.get());
}

} // namespace monster
