// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/hook_list.hpp"

#include <algorithm>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <set>

namespace monster {
namespace {

struct ObjectDeleter {
  void operator()(bpf_object* object) const { bpf_object__close(object); }
};

// Names and sections of the programs in the object that ships; nothing is loaded.
std::map<std::string, std::string> shipped_programs() {
  const std::unique_ptr<bpf_object, ObjectDeleter> object(bpf_object__open(MONSTER_BPF_OBJECT));
  std::map<std::string, std::string> programs;
  if (!object)
    return programs;
  bpf_program* program = nullptr;
  while ((program = bpf_object__next_program(object.get(), program)) != nullptr)
    programs[bpf_program__name(program)] = bpf_program__section_name(program);
  return programs;
}

std::string section_of(const HookInfo& hook) {
  return hook.iterator.empty() ? "tp_btf/" + std::string(hook.tracepoint) : "iter/" + std::string(hook.iterator);
}

TEST(HookList, EveryProgramThatShips_IsListedAndTheOtherWayRound) {
  auto programs = shipped_programs();
  ASSERT_FALSE(programs.empty()) << MONSTER_BPF_OBJECT;
  for (const HookInfo& hook : hook_list())
    EXPECT_EQ(programs.erase(std::string(hook.program)), 1U) << hook.program << " is not in the object";
  for (const auto& [name, section] : programs)
    if (section != "syscall") // run by the agent itself
      ADD_FAILURE() << name << " (" << section << ") is in no hook: it would never be attached";
}

TEST(HookList, WhatAHookAttachesTo_IsWhatItsProgramSays) {
  const auto programs = shipped_programs();
  for (const HookInfo& hook : hook_list()) {
    const auto found = programs.find(std::string(hook.program));
    ASSERT_NE(found, programs.end()) << hook.program;
    std::string section = found->second;
    if (section.starts_with("iter.s/")) // a sleepable iterator
      section.erase(4, 2);
    EXPECT_EQ(section, section_of(hook)) << hook.program;
  }
}

TEST(HookList, EveryHook_SaysWhatItIsForAndWhatIsLostWithoutIt) {
  std::set<std::string_view> names;
  for (const HookInfo& hook : hook_list()) {
    EXPECT_FALSE(hook.fact.empty() || hook.program.empty() || hook.lost_without.empty()) << hook.program;
    EXPECT_NE(hook.tracepoint.empty(), hook.iterator.empty()) << hook.program << " attaches to one thing";
    EXPECT_TRUE(names.insert(hook.program).second) << hook.program << " is listed twice";
  }
}

TEST(HookList, Iterators_AreNeverNeeded) {
  EXPECT_TRUE(
      std::ranges::none_of(hook_list(), [](const HookInfo& hook) { return hook.needed && !hook.iterator.empty(); }));
}

} // namespace
} // namespace monster
