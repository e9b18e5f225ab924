// SPDX-License-Identifier: Apache-2.0
// Each event's files hold three rows: every field set, no field set, every text hostile.
#include "sample.hpp"

#include "event/json.hpp"
#include "event/tsv.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace monster::golden {
namespace {

constexpr std::string_view hostile = "\t\n\r\\N\"\x1b[2J\xff\xc3\xa9\xe2\x82";

template <class E> class Golden : public testing::Test {};

template <class List> struct EventTypes;
template <class... E> struct EventTypes<std::variant<E...>> {
  using Types = testing::Types<E...>;
};
TYPED_TEST_SUITE(Golden, EventTypes<Payload>::Types);

template <class E> Batch sample() {
  Batch batch;
  add_filled<E>(batch, "");
  add_empty<E>(batch);
  add_filled<E>(batch, hostile);
  return batch;
}

template <class E> std::string golden_path(std::string_view extension) {
  return MONSTER_GOLDEN_DIR "/" + std::to_string(Describe<E>::info.id) + std::string(extension);
}

void compare_or_update(const std::string& path, const std::string& made) {
  if (std::getenv("MONSTER_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << made;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing; MONSTER_UPDATE_GOLDEN=1 writes it";
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(golden, made) << path << " differs; if that is meant, MONSTER_UPDATE_GOLDEN=1 rewrites it";
}

TYPED_TEST(Golden, Tsv_SampleRows_AreTheGoldenBytes) {
  const Batch batch = sample<TypeParam>();
  std::string made = tsv_header(batch.events[0].payload.index());
  for (std::size_t i = 0; i < batch.events.size(); ++i)
    append_tsv_row(made, batch.events[i], sample_origin(), static_cast<std::int64_t>(i));
  compare_or_update(golden_path<TypeParam>(".tsv"), made);
}

TYPED_TEST(Golden, Json_SampleRows_AreTheGoldenBytes) {
  const Batch batch = sample<TypeParam>();
  std::string made;
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    append_json(made, batch.events[i], sample_origin(), static_cast<std::int64_t>(i));
    made += '\n';
  }
  compare_or_update(golden_path<TypeParam>(".json"), made);
}

} // namespace
} // namespace monster::golden
