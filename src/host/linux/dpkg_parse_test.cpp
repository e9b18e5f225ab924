// SPDX-License-Identifier: Apache-2.0
#include "host/linux/dpkg_parse.hpp"

#include <gmock/gmock.h>
#include <string>

namespace monster {
namespace {

constexpr std::string_view digest_text = "7210080490f9fd139c1b44fa0f730988";

std::vector<DpkgStanza> parse(std::string_view text, std::uint64_t malformed = 0) {
  std::vector<DpkgStanza> found;
  EXPECT_EQ(parse_status(text, [&](const DpkgStanza& stanza) { found.push_back(stanza); }), malformed);
  return found;
}

TEST(DpkgStatus, Stanza_WithAllFields_IsRead) {
  const auto found =
      parse("Package: bash\nStatus: install ok installed\nMaintainer: M <m@debian.org>\nArchitecture: amd64\n"
            "Multi-Arch: same\nVersion: 5.2-1\nOrigin: Debian\nDescription: a shell\n Package: not-a-field\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "bash");
  EXPECT_EQ(found[0].version, "5.2-1");
  EXPECT_EQ(found[0].architecture, "amd64");
  EXPECT_EQ(found[0].origin, "Debian");
  EXPECT_EQ(found[0].maintainer, "M <m@debian.org>");
  EXPECT_TRUE(found[0].multi_arch_same);
  EXPECT_TRUE(found[0].files_in_place());
}

TEST(DpkgStatus, Conffiles_WithFlagsAndSpaces_AreRead) {
  const std::string text =
      "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\nConffiles:\n /etc/a b " +
      std::string(digest_text) + "\n /etc/old " + std::string(digest_text) +
      " obsolete\n /etc/new newconffile remove-on-upgrade\n /etc/bad zz\nHomepage: x\n";
  const auto found = parse(text, 1);
  ASSERT_EQ(found.size(), 1U);
  ASSERT_EQ(found[0].conffiles.size(), 2U);
  EXPECT_EQ(found[0].conffiles[0].path, "/etc/a b");
  EXPECT_EQ(found[0].conffiles[0].digest.bytes[0], 0x72);
  EXPECT_EQ(found[0].conffiles[1].path, "/etc/old");
}

TEST(DpkgStatus, Conffiles_OfOneStanza_DoNotLeakIntoTheNext) {
  const auto found =
      parse("Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\nConffiles:\n /etc/a " +
            std::string(digest_text) + "\n\nPackage: b\nStatus: install ok installed\nArchitecture: all\nVersion: 2\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].conffiles.size(), 1U);
  EXPECT_TRUE(found[1].conffiles.empty());
}

TEST(DpkgStatus, RemovedPackage_ItsFilesAreNotInPlace) {
  const auto found = parse("Package: a\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].files_in_place());
}

TEST(DpkgStatus, NameThatLeavesTheDirectory_IsLeftOut) {
  EXPECT_TRUE(
      parse("Package: ../../etc/shadow\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n", 1).empty());
  EXPECT_TRUE(parse("Package: a/b\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n", 1).empty());
  EXPECT_TRUE(parse("Package: a\nStatus: install ok installed\nArchitecture: ../x\nVersion: 1\n", 1).empty());
}

TEST(DpkgStatus, ControlBytesInVersion_AreLeftOut) {
  EXPECT_TRUE(parse("Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\x1b[2J\n", 1).empty());
}

TEST(DpkgStatus, Garbage_IsCountedAndTheRestRead) {
  const auto found =
      parse("no colon\n\n \n\nPackage: b\nStatus: install ok installed\nArchitecture: all\nVersion: 2", 2);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "b");
}

TEST(DpkgMd5sums, Line_WithTwoSpaces_IsRead) {
  const std::string line = std::string(digest_text) + "  usr/bin/a file";
  const auto entry = parse_md5sums_line(line);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->path, "usr/bin/a file");
  EXPECT_EQ(entry->digest.bytes[15], 0x88);
}

TEST(DpkgMd5sums, MalformedLines_AreRefused) {
  const std::string digest(digest_text);
  EXPECT_FALSE(parse_md5sums_line(""));
  EXPECT_FALSE(parse_md5sums_line(digest));
  EXPECT_FALSE(parse_md5sums_line(digest + "  "));
  EXPECT_FALSE(parse_md5sums_line(digest + "  /absolute"));
  EXPECT_FALSE(parse_md5sums_line(digest + "\tx/y"));
  EXPECT_FALSE(parse_md5sums_line("g" + digest.substr(1) + "  usr/bin/a"));
  EXPECT_FALSE(parse_md5sums_line(digest + "  a\0b" + std::string(1, '\0')));
}

TEST(DpkgDiversions, Triples_AreReadAndLeftoversCounted) {
  std::vector<DpkgDiversion> found;
  const std::string_view text = "/bin/sh\n/bin/sh.distrib\ndash\n/a\n/b\n:\nrelative\n/x\ndash\n/half\n";
  EXPECT_EQ(parse_diversions(text, [&](const DpkgDiversion& d) { found.push_back(d); }), 4U);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].from, "/bin/sh");
  EXPECT_EQ(found[0].to, "/bin/sh.distrib");
  EXPECT_EQ(found[0].package, "dash");
  EXPECT_EQ(found[1].package, "");
}

} // namespace
} // namespace monster
