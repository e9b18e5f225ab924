// SPDX-License-Identifier: Apache-2.0
#include "host/linux/dpkg.hpp"

#include "base/clock.hpp"
#include "host/linux/command_output.hpp"
#include "host/linux/made_up_root.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace monster {
namespace {

constexpr std::string_view digest_a = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr std::string_view digest_b = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

std::string stanza(std::string_view name, std::string_view version, std::string_view more = "") {
  return fmt::format(
      "Package: {}\nStatus: install ok installed\nMaintainer: T <t@lists.debian.org>\nArchitecture: amd64\n"
      "Version: {}\n{}\n",
      name, version, more);
}

class Dpkg : public testing::Test {
protected:
  Dpkg() { root_.write("admin/info/format", "1\n"); }
  [[nodiscard]] DpkgPaths paths() const { return {root_.at("admin"), root_.path()}; }
  void package(std::string_view name, std::string_view list, std::string_view md5sums) const {
    root_.write(fmt::format("admin/info/{}.list", name), list);
    if (!md5sums.empty())
      root_.write(fmt::format("admin/info/{}.md5sums", name), md5sums);
  }
  [[nodiscard]] std::optional<DpkgOwner> owner(std::string_view path) const {
    const Result<DpkgIndex> index = DpkgIndex::load(paths());
    return index ? index->owner(path) : std::nullopt;
  }

  MadeUpRoot root_;
};

TEST_F(Dpkg, OwnedFile_HasPackageVersionOriginAndDigest) {
  root_.write("admin/status", stanza("tool", "1.2-3"));
  package("tool", "/.\n/usr\n/usr/bin\n/usr/bin/tool\n", fmt::format("{}  usr/bin/tool\n", digest_a));
  const auto found = owner("/usr/bin/tool");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "tool");
  EXPECT_EQ(found->version, "1.2-3");
  EXPECT_EQ(found->architecture, "amd64");
  EXPECT_EQ(found->origin, "Debian");
  ASSERT_TRUE(found->digest);
  EXPECT_EQ(found->digest->bytes[0], 0xaa);
  EXPECT_FALSE(owner("/usr/bin/other"));
  EXPECT_FALSE(owner("/usr/bin"));
  EXPECT_FALSE(owner("relative"));
  EXPECT_FALSE(owner("/"));
  EXPECT_FALSE(owner(""));
}

TEST_F(Dpkg, Origin_OfForeignPackage_IsItsFieldOrItsMaintainer) {
  root_.write("admin/status",
              stanza("a", "1", "Origin: Example Corp\n") +
                  "Package: b\nStatus: install ok installed\nMaintainer: E <e@example.org>\nArchitecture: all\n"
                  "Version: 1\n");
  package("a", "/opt/a\n", "");
  package("b", "/opt/b\n", "");
  EXPECT_EQ(owner("/opt/a")->origin, "Example Corp");
  EXPECT_EQ(owner("/opt/b")->origin, "E <e@example.org>");
  EXPECT_FALSE(owner("/opt/b")->digest);
}

TEST_F(Dpkg, UsrMerge_OnlyWhereTheRootHasTheLink) {
  root_.write("admin/status", stanza("tool", "1"));
  package("tool", "/bin/tool\n/sbin/tool\n", fmt::format("{}  bin/tool\n{}  sbin/tool\n", digest_a, digest_b));
  root_.link("bin", "usr/bin");
  EXPECT_TRUE(owner("/usr/bin/tool"));
  EXPECT_TRUE(owner("/bin/tool"));
  EXPECT_TRUE(owner("/usr/bin/tool")->digest);
  EXPECT_TRUE(owner("/sbin/tool"));
  EXPECT_FALSE(owner("/usr/sbin/tool"));
}

TEST_F(Dpkg, MultiArchSame_FilesAreCalledByArchitecture) {
  root_.write("admin/status", stanza("lib", "1", "Multi-Arch: same\n"));
  package("lib:amd64", "/usr/lib/x.so\n", fmt::format("{}  usr/lib/x.so\n", digest_a));
  ASSERT_TRUE(owner("/usr/lib/x.so"));
  EXPECT_TRUE(owner("/usr/lib/x.so")->digest);
}

TEST_F(Dpkg, Conffile_DigestComesFromStatus) {
  root_.write("admin/status", stanza("tool", "1", fmt::format("Conffiles:\n /etc/tool {}\n", digest_b)));
  package("tool", "/etc\n/etc/tool\n", "");
  ASSERT_TRUE(owner("/etc/tool"));
  EXPECT_EQ(owner("/etc/tool")->digest->bytes[0], 0xbb);
}

TEST_F(Dpkg, DivertedFile_BelongsToThePackageThatShippedIt) {
  root_.write("admin/status", stanza("dash", "1") + stanza("bash", "2"));
  package("dash", "/bin/sh\n", fmt::format("{}  bin/sh\n", digest_a));
  package("bash", "/bin/sh\n", fmt::format("{}  bin/sh\n", digest_b));
  root_.write("admin/diversions", "/bin/sh\n/bin/sh.distrib\ndash\n");
  ASSERT_TRUE(owner("/bin/sh"));
  EXPECT_EQ(owner("/bin/sh")->name, "dash");
  EXPECT_EQ(owner("/bin/sh")->digest->bytes[0], 0xaa);
  ASSERT_TRUE(owner("/bin/sh.distrib"));
  EXPECT_EQ(owner("/bin/sh.distrib")->name, "bash");
  EXPECT_EQ(owner("/bin/sh.distrib")->digest->bytes[0], 0xbb);
}

TEST_F(Dpkg, DivertedByTheAdministrator_WhatLiesThereIsNobodys) {
  root_.write("admin/status", stanza("tool", "1"));
  package("tool", "/usr/bin/tool\n", fmt::format("{}  usr/bin/tool\n", digest_a));
  root_.write("admin/diversions", "/usr/bin/tool\n/usr/bin/tool.real\n:\n");
  EXPECT_FALSE(owner("/usr/bin/tool"));
  ASSERT_TRUE(owner("/usr/bin/tool.real"));
  EXPECT_TRUE(owner("/usr/bin/tool.real")->digest);
}

TEST_F(Dpkg, JournalOfARunningDpkg_ReplacesTheStanza) {
  root_.write("admin/status", stanza("tool", "1") + stanza("gone", "1"));
  package("tool", "/usr/bin/tool\n", "");
  package("gone", "/usr/bin/gone\n", "");
  root_.write("admin/updates/0000", stanza("tool", "2"));
  root_.write("admin/updates/0001",
              "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n");
  root_.write("admin/updates/tmp.i", stanza("tool", "3"));
  ASSERT_TRUE(owner("/usr/bin/tool"));
  EXPECT_EQ(owner("/usr/bin/tool")->version, "2");
  EXPECT_FALSE(owner("/usr/bin/gone"));
}

TEST_F(Dpkg, HostileDatabase_IsCountedAndTheRestAnswers) {
  root_.write("admin/status", "junk\n\n" + stanza("../evil", "1") + stanza("tool", "1") + stanza("nolist", "1"));
  package("tool", std::string("relative\n/usr/bin/tool\n/with\0nul\n", 33), "short\n" + std::string(40, 'x') + "\n");
  root_.write("admin/diversions", "/half\n");
  const Result<DpkgIndex> index = DpkgIndex::load(paths());
  ASSERT_TRUE(index);
  EXPECT_TRUE(index->owner("/usr/bin/tool"));
  EXPECT_FALSE(index->owner("/usr/bin/tool")->digest);
  EXPECT_EQ(index->counters().unreadable, 1U);
  EXPECT_EQ(index->counters().malformed, 6U);
}

TEST_F(Dpkg, Database_ThatIsNotThere_SaysWhy) {
  DpkgDatabase database(paths());
  const auto answer = database.owner("/usr/bin/tool", {1});
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message().find("status"), std::string::npos);
  root_.write("admin/status", stanza("tool", "1"));
  package("tool", "/usr/bin/tool\n", "");
  EXPECT_FALSE(database.owner("/usr/bin/tool", {2})) << "looks once a second";
  EXPECT_TRUE(database.owner("/usr/bin/tool", {2'000'000'000}));
}

TEST_F(Dpkg, Database_AfterDpkgWroteStatus_LoadsAgain) {
  root_.write("admin/status", stanza("tool", "1"));
  package("tool", "/usr/bin/tool\n", "");
  DpkgDatabase database(paths());
  ASSERT_TRUE(database.owner("/usr/bin/tool", {1}));
  EXPECT_EQ(database.generation(), 1U);
  root_.write("admin/status", stanza("tool", "2"));
  EXPECT_EQ(database.owner("/usr/bin/tool", {1'500})->owner->version, "1");
  EXPECT_EQ(database.owner("/usr/bin/tool", {1'100'000'000})->owner->version, "2");
  EXPECT_EQ(database.generation(), 2U);
  EXPECT_EQ(database.owner("/usr/bin/tool", {3'000'000'000})->owner->version, "2");
  EXPECT_EQ(database.generation(), 2U);
}

TEST_F(Dpkg, Database_WhileDpkgIsAtWork_LoadsSeldomButForDoubtSooner) {
  root_.write("admin/status", stanza("tool", "1"));
  package("tool", "/usr/bin/tool\n", "");
  DpkgDatabase database(paths());
  ASSERT_TRUE(database.owner("/usr/bin/tool", {1}));
  root_.write("admin/updates/0000", stanza("tool", "2"));
  EXPECT_FALSE(database.refresh({2'000'000'000}));
  EXPECT_TRUE(database.refresh({3'100'000'000}, DpkgDatabase::Urgency::doubtful_answer));
  EXPECT_EQ(database.owner("/usr/bin/tool", {3'200'000'000})->owner->version, "2");
}

TEST(DpkgOfThisHost, OwnerOfPrograms_AgreesWithDpkgItself) {
  const Result<DpkgIndex> index = DpkgIndex::load({});
  if (!index)
    GTEST_SKIP() << index.error().message();
  EXPECT_EQ(index->counters().malformed, 0U);
  for (const char* path : {"/bin/bash", "/usr/bin/ls", "/usr/bin/dpkg", "/etc/bash.bashrc"}) {
    const auto found = index->owner(path);
    ASSERT_TRUE(found) << path;
    const std::string version = output_of("dpkg-query -W -f '${Version}' " + found->name);
    EXPECT_EQ(found->version, version);
    std::string said =
        output_of(fmt::format("dpkg -S {} 2>/dev/null || dpkg -S {}", path, std::string(path).substr(4)));
    EXPECT_EQ(said.substr(0, said.find(':')), found->name) << path;
    EXPECT_TRUE(found->digest) << path;
  }
  EXPECT_FALSE(index->owner("/usr/bin/no-such-program"));
}

TEST(DpkgOfThisHost, Load_IsFastAndSmall) {
  const SystemClock clock;
  const BootTime before = clock.boot_now();
  const Result<DpkgIndex> index = DpkgIndex::load({});
  const Duration took = clock.boot_now() - before;
  if (!index)
    GTEST_SKIP() << index.error().message();
  const DpkgCounters& counters = index->counters();
  fmt::print("{} packages, {} files, {} bytes, loaded in {} us\n", counters.packages, counters.files, counters.bytes,
             took.ns / 1000);
  EXPECT_LT(counters.bytes, counters.files * 16 + counters.packages * 256);
}

// dpkg itself writes the database of a made-up root while ours is open.
TEST(DpkgOfThisHost, RealDpkg_InstallsUpgradesAndRemoves) {
  const MadeUpRoot root;
  root.write("host/var/lib/dpkg/status", "");
  for (const char* directory : {"host/var/lib/dpkg/info", "host/var/lib/dpkg/updates"})
    std::filesystem::create_directories(root.at(directory));
  DpkgDatabase database({root.at("host/var/lib/dpkg"), root.at("host")});
  const auto install = [&](std::string_view version) {
    root.write("deb/DEBIAN/control",
               fmt::format("Package: probe\nVersion: {}\nArchitecture: all\nMaintainer: T <t@debian.org>\n"
                           "Description: x\n",
                           version));
    root.write("deb/usr/bin/probe", version);
    root.write("deb/DEBIAN/md5sums", output_of("cd " + root.at("deb") + " && md5sum usr/bin/probe"));
    return output_of(fmt::format("cd {} && dpkg-deb --build deb probe.deb >/dev/null 2>&1 && "
                                 "dpkg --root={}/host -i probe.deb >/dev/null 2>&1 && echo done",
                                 root.path(), root.path())) == "done\n";
  };
  ASSERT_TRUE(database.owner("/usr/bin/probe", {1}));
  if (!install("1.0"))
    GTEST_SKIP() << "dpkg cannot install into another root here";
  const auto first = database.owner("/usr/bin/probe", {seconds(2).ns});
  ASSERT_TRUE(first && first->owner && first->owner->digest);
  EXPECT_EQ(first->owner->version, "1.0");
  ASSERT_TRUE(install("2.0"));
  const auto second = database.owner("/usr/bin/probe", {seconds(4).ns});
  ASSERT_TRUE(second && second->owner && second->owner->digest);
  EXPECT_EQ(second->owner->version, "2.0");
  EXPECT_NE(second->owner->digest, first->owner->digest);
  output_of(fmt::format("dpkg --root={}/host -r probe 2>&1", root.path()));
  EXPECT_FALSE(database.owner("/usr/bin/probe", {seconds(6).ns})->owner);
}

} // namespace
} // namespace monster
