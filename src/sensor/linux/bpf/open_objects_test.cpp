// SPDX-License-Identifier: Apache-2.0
#include "sensor/linux/bpf/open_objects.hpp"

#include "base/fd.hpp"

#include "../../../../bpf/wire.h"

#include <algorithm>
#include <bpf/bpf.h>
#include <gtest/gtest.h>

namespace monster {
namespace {

struct Value { // as the head of open_file
  wire::wire_file file;
  char more[100];
};

class OpenObjects : public testing::Test {
protected:
  OpenObjects()
      : map_(bpf_map_create(BPF_MAP_TYPE_HASH, "open", sizeof(std::uint64_t), sizeof(Value), 8192, nullptr)) {}
  void SetUp() override {
    if (!map_)
      GTEST_SKIP() << "no map may be made here: " << system_error("make", "a map").message();
  }
  void add(std::uint64_t object, std::uint32_t flags) {
    Value value{};
    value.file.object = object;
    value.file.flags = flags;
    const std::uint64_t key = object * 64;
    ASSERT_EQ(bpf_map_update_elem(map_.get(), &key, &value, BPF_ANY), 0);
  }
  UniqueFd map_;
};

TEST_F(OpenObjects, EmptyMap_HasNone) {
  const auto objects = read_open_objects(map_.get(), sizeof(Value));
  ASSERT_TRUE(objects) << objects.error().message();
  EXPECT_TRUE(objects->empty());
}

TEST_F(OpenObjects, AllThatWereToldOf_AreListedOnce) {
  std::vector<std::uint64_t> expected;
  for (std::uint64_t object = 1; object <= 5000; ++object) {
    const bool told = object % 3 != 0;
    add(object, told ? (object % 2 == 0 ? wire::WIRE_TOLD : wire::WIRE_LONG_OPEN_PATH) : wire::WIRE_LAZY);
    if (told)
      expected.push_back(object);
  }
  auto objects = read_open_objects(map_.get(), sizeof(Value));
  ASSERT_TRUE(objects) << objects.error().message();
  std::ranges::sort(*objects);
  EXPECT_EQ(*objects, expected);
}

TEST_F(OpenObjects, NoMap_IsAnError) { EXPECT_FALSE(read_open_objects(-1, sizeof(Value))); }

} // namespace
} // namespace monster
