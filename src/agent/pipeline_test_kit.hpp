// SPDX-License-Identifier: Apache-2.0
// What the tests of the pipeline share: a host that answers as told, and records of made-up processes.
#pragma once

#include "agent/pipeline.hpp"
#include "sensor/linux/bpf/wire_builder.hpp"

#include <gtest/gtest.h>

namespace monster::pipeline_test {

inline constexpr BootTime start{1'000'000'000'000};
inline constexpr ClockOffset wall{1'700'000'000'000'000'000};
inline constexpr Duration hour = seconds(3600);
inline constexpr std::uint32_t ext4 = 0xef53;

// Answers as the test says; what is asked for later is remembered by its ticket.
class ScriptedHost final : public HostAnswers {
public:
  Text user_name(std::uint32_t, BootTime) override { return "somebody"; }
  Text group_name(std::uint32_t, BootTime) override { return "some"; }
  Asked identity(std::uint64_t ticket, const FileReference&, FileFacts& facts) override {
    tickets.push_back(ticket);
    facts.status = asked == Asked::known ? HashStatus::ok : HashStatus::pending;
    return asked;
  }
  std::optional<Directory> directory(Pid, const std::string&) override { return std::nullopt; }
  void changed(const FileIdentity&) override {}

  Asked asked = Asked::known;
  std::vector<std::uint64_t> tickets;
};

struct Who {
  std::uint32_t pid;
  std::uint32_t exec_id;
  BootTime begun = start;

  [[nodiscard]] wire::wire_actor actor() const {
    wire::wire_actor a{};
    a.pid = a.tid = pid;
    a.exec_id = exec_id;
    a.start = static_cast<std::uint64_t>(begun.ns);
    a.mnt_ns = 7;
    return a;
  }
  [[nodiscard]] Who after_exec() const { return {pid, exec_id + 1, begun}; }
};

class PipelineTest : public testing::Test {
protected:
  PipelineTest() : PipelineTest(0) {}
  explicit PipelineTest(std::uint32_t trace_pid) {
    RunFacts facts;
    facts.keys = {{1, 2}, {}, {3, 4}};
    facts.host_name = "host";
    facts.clock = wall;
    facts.process_exclude = {"dbgview.exe"};
    facts.hash_wait = milliseconds(800);
    facts.trace_pid = trace_pid;
    auto made = Pipeline::make(std::move(facts), host_, [this](const SharedBatch& b) { batches_.push_back(b); });
    if (made)
      pipeline_ = std::move(*made);
    else
      ADD_FAILURE() << made.error().message();
  }

  void feed(const Input& input) {
    const auto fed = pipeline_->feed(input);
    ASSERT_TRUE(fed) << fed.error().message();
  }
  void record(Family family, std::span<const std::byte> bytes) {
    KernelCounts& counts = counters_.family[static_cast<std::size_t>(family)];
    ++counts.seen;
    ++counts.sent;
    feed({InputKind::record, bytes});
  }
  void feed_time(InputKind kind, std::int64_t ns) {
    ByteWriter bytes;
    bytes.i64(ns);
    feed({kind, bytes.view()});
  }
  void tick(BootTime now) { feed_time(InputKind::tick, now.ns); }
  template <class Value> void feed_value(InputKind kind, const Value& value) {
    ByteWriter bytes;
    write(bytes, value);
    feed({kind, bytes.view()});
  }
  void health(HealthAction action) {
    HealthReport report;
    report.action = action;
    report.agent_version = "1";
    feed_value(InputKind::health, report);
  }

  void fork(Who parent, Who child, BootTime time) {
    WireBuilder<wire::wire_fork> r(wire::WIRE_FORK, static_cast<std::uint64_t>(time.ns), parent.actor());
    r->child_pid = child.pid;
    r->child_start = static_cast<std::uint64_t>(child.begun.ns);
    r->child_exec_id = child.exec_id;
    record(Family::process, r.bytes());
  }
  void image(Who who, std::string_view path, BootTime time, wire::wire_type type = wire::WIRE_EXEC,
             std::string_view script = {}) {
    WireBuilder<wire::wire_exec> r(type, static_cast<std::uint64_t>(time.ns), who.actor());
    r->parent_pid = 1;
    r->argc = 1;
    r->login_uid = 0xffffffff;
    r->image.inode = 99;
    r->image_facts.nlink = 1;
    r->fs_magic = ext4;
    r.text(r->image_length, path).text(r->filename_length, script.empty() ? path : script);
    r.text(r->interpreter_length, path);
    if (!script.empty()) {
      r->flags = wire::WIRE_EXEC_SCRIPT_FILE;
      r.text(r->script_length, script);
    }
    r.text(r->cwd_length, "/").text(r->args_length, std::string(path) + '\0');
    record(Family::process, r.bytes());
  }
  void exit(Who who, BootTime time) {
    WireBuilder<wire::wire_exit> r(wire::WIRE_EXIT, static_cast<std::uint64_t>(time.ns), who.actor());
    r->code = 3 << 8;
    record(Family::process, r.bytes());
  }
  void wrote(Who who, std::string_view path, BootTime time) {
    WireBuilder<wire::wire_file_block> r(wire::WIRE_FILE_BLOCK, static_cast<std::uint64_t>(time.ns), who.actor());
    r->file.object = ++object_;
    r->file.open_time = static_cast<std::uint64_t>(time.ns);
    r->file.opener = who.actor();
    r->file.fs_magic = ext4;
    r->file.flags = wire::WIRE_WRITTEN;
    r->file.id.inode = object_;
    r->io.bytes_written = 5;
    r->io.write_count = 1;
    r->after.nlink = 1;
    r->after.mode = 0100644;
    r.text(r->file.path_length, path);
    record(Family::file, r.bytes());
  }

  // Ends the run as the agent does; afterwards every event was handed over.
  void stop() {
    feed_value(InputKind::counters, counters_);
    feed({InputKind::stop, {}});
    health(HealthAction::stop);
    tick({INT64_MAX / 2});
  }

  template <class E> std::vector<std::pair<const Common*, const E*>> events() const {
    std::vector<std::pair<const Common*, const E*>> found;
    for (const auto& batch : batches_)
      for (const Event& event : batch->events)
        if (const auto* payload = std::get_if<E>(&event.payload))
          found.emplace_back(&event.common, payload);
    return found;
  }

  void expect_balance() const {
    for (const Family family : {Family::process, Family::file, Family::agent}) {
      const FamilyLedger ledger = pipeline_->ledger().balance(family);
      EXPECT_TRUE(ledger.balances()) << pipeline_->ledger().json();
      EXPECT_EQ(ledger.pending, 0U) << pipeline_->ledger().json();
    }
  }

  ScriptedHost host_;
  std::vector<SharedBatch> batches_;
  std::unique_ptr<Pipeline> pipeline_;
  CountersNotice counters_{};
  std::uint64_t object_ = 0;
};

inline const Who parent{10, 1};
inline const Who child{20, 1, start + seconds(1)};

} // namespace monster::pipeline_test
