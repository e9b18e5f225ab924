// SPDX-License-Identifier: Apache-2.0
#include "host/linux/users.hpp"

#include "host/linux/made_up_root.hpp"

#include <gtest/gtest.h>

namespace monster {
namespace {

class Users : public testing::Test {
protected:
  std::string user(std::uint32_t uid, BootTime now = {1}) {
    const Text text = names_.user({uid}, now);
    return text.is_null() ? "(null)" : std::string(text.bytes());
  }
  std::string group(std::uint32_t gid, BootTime now = {1}) {
    const Text text = names_.group({gid}, now);
    return text.is_null() ? "(null)" : std::string(text.bytes());
  }

  MadeUpRoot root_;
  UserNames names_{root_.path()};
};

TEST_F(Users, Names_OfFirstLineOfANumber_AreGiven) {
  root_.write("passwd", "root:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/:/bin/sh\nwww-data:x:33:33:www:/var/www:/x");
  root_.write("group", "root:x:0:\nadm:x:4:syslog,me\n");
  EXPECT_EQ(user(0), "root");
  EXPECT_EQ(user(33), "www-data");
  EXPECT_EQ(user(1), "(null)");
  EXPECT_EQ(group(4), "adm");
  EXPECT_EQ(group(5), "(null)");
  EXPECT_EQ(names_.malformed(), 0U);
}

TEST_F(Users, HostileLines_AreCountedAndLeftOut) {
  root_.write("passwd", std::string("# a comment\n\n+nis::::::\nshort\n:x:7:7::/:\na:x:-1:0::/:\nb:x:4294967296:0::/:\n"
                                    "c:x:0x9:0::/:\nd:x:12 :0::/:\ne:x::0::/:\n") +
                            std::string(300, 'n') + ":x:8:8::/:\nok:x:9:9::/:\n");
  EXPECT_EQ(user(9), "ok");
  EXPECT_EQ(user(0), "(null)");
  EXPECT_EQ(user(12), "(null)");
  EXPECT_EQ(user(8), "(null)");
  EXPECT_EQ(names_.malformed(), 9U);
}

TEST_F(Users, ChangedFile_IsReadAgainAfterASecond) {
  root_.write("passwd", "old:x:1000:1000::/:\n");
  EXPECT_EQ(user(1000), "old");
  root_.write("passwd", "newer:x:1000:1000::/:\n");
  EXPECT_EQ(user(1000, {500'000'000}), "old");
  EXPECT_EQ(user(1000, {1'500'000'000}), "newer");
}

TEST_F(Users, MissingFile_IsUnknownUntilItComes) {
  EXPECT_EQ(user(0), "(null)");
  root_.write("passwd", "root:x:0:0::/:\n");
  EXPECT_EQ(user(0, {1'500'000'000}), "root");
  std::filesystem::remove(root_.at("passwd"));
  EXPECT_EQ(user(0, {3'000'000'000}), "(null)");
}

} // namespace
} // namespace monster
