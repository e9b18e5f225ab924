// SPDX-License-Identifier: Apache-2.0
#include "host/identity_workers.hpp"

#include "base/clock.hpp"
#include "host/linux/command_output.hpp"
#include "host/linux/made_up_root.hpp"
#include "host/linux/referenced_file.hpp"

#include <fmt/format.h>

namespace monster {
namespace {

std::vector<IdentityAnswer> wait_for(IdentityWorkers& workers, std::size_t count) {
  std::vector<IdentityAnswer> answers;
  for (int i = 0; i < 1000 && answers.size() < count; ++i) {
    workers.collect(answers);
    ::usleep(5'000);
  }
  EXPECT_EQ(answers.size(), count);
  return answers;
}

IdentityWorkers::Options options_for_this_host() {
  IdentityWorkers::Options options;
  options.host_mnt_ns = reference_of("/").mnt_ns;
  return options;
}

FileFacts facts_of(IdentityWorkers& workers, const FileReference& file) {
  EXPECT_TRUE(workers.request(1, file));
  const std::vector<IdentityAnswer> answers = wait_for(workers, 1);
  return answers.empty() ? FileFacts{} : answers.front().facts;
}

TEST(IdentityOfThisHost, ProgramsOfPackages_AreVerified) {
  IdentityWorkers workers(options_for_this_host());
  for (const char* path : {"/usr/bin/bash", "/usr/bin/ls", "/usr/bin/dpkg"}) {
    const FileFacts facts = facts_of(workers, reference_of(path));
    if (facts.not_checked_reason.find("/var/lib/dpkg") != std::string::npos)
      GTEST_SKIP() << facts.not_checked_reason;
    EXPECT_EQ(facts.status, HashStatus::ok);
    EXPECT_TRUE(facts.sha256);
    EXPECT_EQ(facts.signature, SignatureState::package_verified) << path << " " << facts.not_checked_reason;
    EXPECT_EQ(facts.digest_algorithm, "md5");
    EXPECT_EQ(facts.not_checked_reason, "");
    const std::string package = facts.signer.substr(0, facts.signer.find(' '));
    EXPECT_EQ(output_of("dpkg -V " + package).find(std::string(path).substr(4)), std::string::npos)
        << "dpkg calls it modified";
    EXPECT_NE(facts.signer.find(" " + facts.version + " (Debian)"), std::string::npos) << facts.signer;
  }
  const MadeUpRoot root;
  root.write("f", "abc");
  EXPECT_EQ(facts_of(workers, reference_of(root.at("f"))).signature, SignatureState::unpackaged);
}

// A host root of our own: /usr/bin/tool is of package tool, whose digest is that of "abc".
class IdentityOfMadeUpHost : public testing::Test {
protected:
  IdentityOfMadeUpHost() {
    write_package("1.0");
    root_.write("var/lib/dpkg/info/tool.list", "/usr/bin/tool\n/usr/bin/nodigest\n");
    root_.write("var/lib/dpkg/info/tool.md5sums", "900150983cd24fb0d6963f7d28e17f72  usr/bin/tool\n");
    root_.write("usr/bin/tool", "abc");
    root_.write("usr/bin/nodigest", "abc");
  }
  void write_package(std::string_view version) const {
    root_.write(
        "var/lib/dpkg/status",
        fmt::format("Package: tool\nStatus: install ok installed\nArchitecture: all\nOrigin: Test\nVersion: {}\n",
                    version));
  }
  [[nodiscard]] IdentityWorkers::Options options() const {
    IdentityWorkers::Options options = options_for_this_host();
    options.digester.roots.host = root_.path();
    options.packages = std::make_shared<DpkgDatabase>(DpkgPaths{root_.at("var/lib/dpkg"), root_.path()});
    return options;
  }
  [[nodiscard]] FileReference reference(const std::string& path) const {
    return reference_of(root_.path() + path, path);
  }

  MadeUpRoot root_;
};

TEST_F(IdentityOfMadeUpHost, UntouchedFile_IsVerified) {
  IdentityWorkers workers(options());
  const FileFacts facts = facts_of(workers, reference("/usr/bin/tool"));
  EXPECT_EQ(facts.signature, SignatureState::package_verified);
  EXPECT_EQ(facts.signer, "tool 1.0 (Test)");
  EXPECT_EQ(facts.version, "1.0");
  EXPECT_EQ(facts.packages_generation, workers.packages_generation());
}

TEST_F(IdentityOfMadeUpHost, TamperedFile_IsModifiedAndStillNamesItsPackage) {
  root_.write("usr/bin/tool", "abc with a backdoor");
  IdentityWorkers workers(options());
  const FileFacts facts = facts_of(workers, reference("/usr/bin/tool"));
  EXPECT_EQ(facts.status, HashStatus::ok);
  EXPECT_EQ(facts.signature, SignatureState::package_modified);
  EXPECT_EQ(facts.signer, "tool 1.0 (Test)");
  EXPECT_EQ(facts.digest_algorithm, "md5");
}

TEST_F(IdentityOfMadeUpHost, FileThatNoPackageOwns_IsUnpackaged) {
  root_.write("opt/x", "abc");
  IdentityWorkers workers(options());
  const FileFacts facts = facts_of(workers, reference("/opt/x"));
  EXPECT_EQ(facts.signature, SignatureState::unpackaged);
  EXPECT_EQ(facts.signer, "");
}

TEST_F(IdentityOfMadeUpHost, WhatCannotBeChecked_SaysWhy) {
  IdentityWorkers workers(options());
  EXPECT_EQ(facts_of(workers, reference("/usr/bin/nodigest")).not_checked_reason,
            "the package has no digest of this file");

  FileReference elsewhere = reference_of(root_.at("usr/bin/tool"));
  EXPECT_EQ(facts_of(workers, elsewhere).not_checked_reason, "the path no longer names this file");
  elsewhere.mnt_ns += 1;
  EXPECT_EQ(facts_of(workers, elsewhere).not_checked_reason, "the file is of another mount namespace");

  FileReference gone = reference("/usr/bin/tool");
  gone.size += 1;
  const FileFacts facts = facts_of(workers, gone);
  EXPECT_EQ(facts.status, HashStatus::gone);
  EXPECT_EQ(facts.signature, SignatureState::not_checked);
  EXPECT_EQ(facts.not_checked_reason, "the file was not hashed");
}

// Services with a mount namespace of their own still run the host's files.
TEST_F(IdentityOfMadeUpHost, HostFileSeenFromAnotherMountNamespace_IsVerified) {
  IdentityWorkers workers(options());
  FileReference file = reference("/usr/bin/tool");
  file.mnt_ns += 1;
  EXPECT_EQ(facts_of(workers, file).signature, SignatureState::package_verified);
}

TEST_F(IdentityOfMadeUpHost, PackageUpgradedWhileWeRun_GivesTheNewVersion) {
  IdentityWorkers workers(options());
  EXPECT_EQ(facts_of(workers, reference("/usr/bin/tool")).version, "1.0");
  const std::uint64_t generation = workers.packages_generation();
  write_package("2.0");
  ::usleep(1'100'000);
  EXPECT_EQ(facts_of(workers, reference("/usr/bin/tool")).version, "2.0");
  EXPECT_GT(workers.packages_generation(), generation);
}

TEST_F(IdentityOfMadeUpHost, EqualRequests_AreReadOnceAndAllAnswered) {
  IdentityWorkers workers(options());
  for (std::uint64_t ticket = 0; ticket < 100; ++ticket)
    EXPECT_TRUE(workers.request(ticket, reference("/usr/bin/tool")));
  const std::vector<IdentityAnswer> answers = wait_for(workers, 100);
  EXPECT_EQ(workers.counters().coalesced, 99U);
  EXPECT_EQ(workers.counters().answered, 100U);
  for (const IdentityAnswer& answer : answers)
    EXPECT_EQ(answer.facts.signature, SignatureState::package_verified);
}

TEST_F(IdentityOfMadeUpHost, ProcessThatIsGone_AnotherThatAskedLeadsToTheFile) {
  IdentityWorkers::Options no_host = options();
  no_host.digester.roots.host = root_.at("nowhere");
  no_host.threads = 1;
  IdentityWorkers workers(std::move(no_host));
  FileReference file = reference_of(root_.at("usr/bin/tool"));
  const Pid living = file.pid;
  file.pid = {0x7fffffff};
  ASSERT_TRUE(workers.request(1, file));
  file.pid = living;
  ASSERT_TRUE(workers.request(2, file));
  for (const IdentityAnswer& answer : wait_for(workers, 2))
    EXPECT_EQ(answer.facts.status, HashStatus::ok);
}

TEST_F(IdentityOfMadeUpHost, FullQueue_RefusesAndCounts) {
  IdentityWorkers::Options bounded = options();
  bounded.max_requests = 1;
  bounded.max_tickets = 2;
  IdentityWorkers workers(std::move(bounded));
  EXPECT_TRUE(workers.request(1, reference("/usr/bin/tool")));
  EXPECT_FALSE(workers.request(2, reference("/usr/bin/nodigest")));
  EXPECT_TRUE(workers.request(3, reference("/usr/bin/tool")));
  EXPECT_FALSE(workers.request(4, reference("/usr/bin/tool")));
  EXPECT_EQ(workers.counters().refused, 2U);
  EXPECT_EQ(wait_for(workers, 2).size(), 2U);
  EXPECT_TRUE(workers.request(5, reference("/usr/bin/nodigest")));
}

TEST_F(IdentityOfMadeUpHost, Stop_DuringALongRead_IsSoon) {
  const std::string big = root_.at("usr/bin/big");
  root_.write("usr/bin/big", "");
  std::filesystem::resize_file(big, std::uint64_t{8} << 30);
  IdentityWorkers::Options slow = options();
  slow.digester.max_size = std::uint64_t{16} << 30;
  IdentityWorkers workers(std::move(slow));
  ASSERT_TRUE(workers.request(1, reference("/usr/bin/big")));
  ::usleep(100'000);
  const SystemClock clock;
  const BootTime before = clock.boot_now();
  workers.stop();
  EXPECT_LT(clock.boot_now() - before, seconds(1));
  EXPECT_EQ(workers.counters().abandoned, 0U);
  EXPECT_FALSE(workers.request(2, reference("/usr/bin/tool")));
}

} // namespace
} // namespace monster
