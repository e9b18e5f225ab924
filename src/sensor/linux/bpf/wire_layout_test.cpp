// SPDX-License-Identifier: Apache-2.0
// bpf/wire.h as the agent's compiler lays it out, against the BTF of the object that ships. The list of structs
// and members is made from wire.h itself (cmake/MonsterWire.cmake), so that none can be forgotten.

#include "../../../../bpf/wire.h"

#include <bpf/btf.h>
#include <cstddef>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace monster {
namespace {

using namespace wire;

struct Member {
  std::string_view owner;
  std::string_view name;
  std::size_t offset;
  std::size_t size;
  std::size_t owner_size;
};

constexpr Member members[] = {
#include "wire_layout.inc"
};

struct BtfDeleter {
  void operator()(btf* types) const { btf__free(types); }
};
using Btf = std::unique_ptr<btf, BtfDeleter>;

std::map<std::string_view, std::vector<Member>> by_struct() {
  std::map<std::string_view, std::vector<Member>> structs;
  for (const Member& member : members)
    structs[member.owner].push_back(member);
  return structs;
}

// The names of structs that the text of wire.h defines, found in another way than the list was.
std::vector<std::string> defined_structs() {
  std::ifstream header(MONSTER_WIRE_HEADER);
  std::vector<std::string> names;
  for (std::string line; std::getline(header, line);)
    if (line.starts_with("struct ") && line.ends_with("{"))
      names.push_back(line.substr(7, line.find(' ', 7) - 7));
  return names;
}

void compare(const btf& types, std::string_view name, const std::vector<Member>& wanted) {
  SCOPED_TRACE(name);
  const int id = btf__find_by_name_kind(&types, std::string(name).c_str(), BTF_KIND_STRUCT);
  ASSERT_GT(id, 0) << "not in the object's BTF: is it part of union wire_record?";
  const btf_type* type = btf__type_by_id(&types, static_cast<std::uint32_t>(id));
  EXPECT_EQ(type->size, wanted.front().owner_size);
  ASSERT_EQ(btf_vlen(type), wanted.size());
  for (std::uint32_t i = 0; i < btf_vlen(type); ++i) {
    EXPECT_EQ(btf__name_by_offset(&types, btf_members(type)[i].name_off), wanted[i].name);
    EXPECT_EQ(btf_member_bit_offset(type, i), wanted[i].offset * 8) << wanted[i].name;
    EXPECT_EQ(btf__resolve_size(&types, btf_members(type)[i].type), static_cast<std::int64_t>(wanted[i].size))
        << wanted[i].name;
  }
}

TEST(WireLayout, EveryStructOfTheHeader_IsListed) {
  const std::vector<std::string> defined = defined_structs();
  ASSERT_FALSE(defined.empty());
  const auto listed = by_struct();
  EXPECT_EQ(listed.size(), defined.size());
  for (const std::string& name : defined)
    EXPECT_TRUE(listed.contains(name)) << name;
}

TEST(WireLayout, EveryStruct_IsTheSameInTheObjectThatShips) {
  const Btf types(btf__parse(MONSTER_BPF_OBJECT, nullptr));
  ASSERT_TRUE(types) << MONSTER_BPF_OBJECT;
  for (const auto& [name, wanted] : by_struct())
    compare(*types, name, wanted);
}

// Bytes of the kernel's memory that no member covers would reach user space unset.
TEST(WireLayout, EveryStruct_HasNoPadding) {
  for (const auto& [name, wanted] : by_struct()) {
    std::size_t end = 0;
    for (const Member& member : wanted) {
      EXPECT_EQ(member.offset, end) << name << "." << member.name;
      end = member.offset + member.size;
    }
    EXPECT_EQ(end, wanted.front().owner_size) << name;
  }
}

} // namespace
} // namespace monster
