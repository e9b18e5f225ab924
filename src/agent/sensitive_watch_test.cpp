// SPDX-License-Identifier: Apache-2.0
#include "agent/sensitive_watch.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace monster {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::uint64_t count_of(const SensitiveWatch& watch, std::string_view name) {
  const auto counters = watch.counters();
  const auto found = std::ranges::find(counters, name, &NamedCount::name);
  return found == counters.end() ? ~0ULL : found->count;
}

TEST(SensitiveWatch, SearchWithoutGaps_SaysNothing) {
  SensitiveWatch watch;
  SensitiveFiles found;
  found.files.resize(3);
  found.links_not_followed = 2; // as it should be
  watch.saw(found, {});
  EXPECT_THAT(watch.take_notes(), IsEmpty());
  EXPECT_EQ(count_of(watch, "files_watched"), 3U);
  EXPECT_EQ(count_of(watch, "links_not_followed"), 2U);
  EXPECT_EQ(count_of(watch, "files_cut"), 0U);
}

TEST(SensitiveWatch, Gap_IsSaidOnceAndCountedAsItIsNow) {
  SensitiveWatch watch;
  SensitiveFiles found;
  found.files_cut = 5;
  watch.saw(found, {});
  EXPECT_THAT(watch.take_notes(), ElementsAre(HasSubstr("5 sensitive files")));
  found.files_cut = 6;
  found.globs_cut = 1;
  found.directories_cut = 2;
  watch.saw(found, {});
  EXPECT_THAT(watch.take_notes(), ElementsAre(HasSubstr("not looked for to the end"), HasSubstr("2 directories")));
  EXPECT_EQ(count_of(watch, "files_cut"), 6U);
  EXPECT_EQ(count_of(watch, "patterns_cut"), 1U);
  watch.saw({}, {});
  EXPECT_EQ(count_of(watch, "files_cut"), 0U) << "the gap is closed";
}

TEST(SensitiveWatch, KernelRefuses_IsSaidWithItsReasonAndCounted) {
  SensitiveWatch watch;
  watch.saw({}, fail({"add to", "the list", "no room"}));
  watch.saw({}, fail({"add to", "the list", "no room"}));
  EXPECT_THAT(watch.take_notes(), ElementsAre(HasSubstr("no room")));
  EXPECT_EQ(count_of(watch, "refused_by_kernel"), 2U);
}

} // namespace
} // namespace monster
