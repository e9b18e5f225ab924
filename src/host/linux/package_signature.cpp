// SPDX-License-Identifier: Apache-2.0
#include "host/linux/package_signature.hpp"

namespace monster {
namespace {

std::string signer_of(const DpkgOwner& owner) {
  std::string text = owner.name + " " + owner.version;
  if (!owner.origin.empty())
    text += " (" + owner.origin + ")";
  return text;
}

void compare(FileFacts& facts, const std::optional<DpkgOwner>& owner) {
  facts.not_checked_reason.clear();
  facts.digest_algorithm.clear();
  if (!owner) {
    facts.signature = SignatureState::unpackaged;
    return;
  }
  facts.signer = signer_of(*owner);
  facts.version = owner->version;
  if (!owner->digest) {
    facts.not_checked_reason = "the package has no digest of this file";
  } else if (!facts.md5) {
    facts.not_checked_reason = "MD5 is not available";
  } else {
    facts.digest_algorithm = "md5";
    facts.signature =
        *owner->digest == *facts.md5 ? SignatureState::package_verified : SignatureState::package_modified;
  }
}

void ask(FileFacts& facts, const FileReference& file, DpkgDatabase& packages, BootTime now) {
  const Result<DpkgAnswer> answer = packages.owner(file.path, now);
  if (!answer) {
    facts.not_checked_reason = answer.error().message();
    return;
  }
  facts.packages_generation = answer->generation;
  compare(facts, answer->owner);
}

} // namespace

FileFacts judge_signature(const FileReference& file, const DigestOutcome& outcome, std::uint32_t host_mnt_ns,
                          DpkgDatabase& packages, BootTime now) {
  FileFacts facts;
  facts.status = outcome.status;
  facts.touched_since = outcome.touched_since;
  facts.packages_generation = packages.generation();
  if (!outcome.digests) {
    facts.not_checked_reason = "the file was not hashed";
    return facts;
  }
  facts.sha256 = outcome.digests->sha256;
  facts.md5 = outcome.digests->md5;
  if (!outcome.on_host_path) {
    facts.not_checked_reason =
        file.mnt_ns == host_mnt_ns ? "the path no longer names this file" : "the file is of another mount namespace";
    return facts;
  }
  ask(facts, file, packages, now);
  // Just after an unpack dpkg's own record may be newer than what was loaded.
  const bool doubtful =
      facts.signature == SignatureState::unpackaged || facts.signature == SignatureState::package_modified;
  if (doubtful && packages.refresh(now, DpkgDatabase::Urgency::doubtful_answer)) {
    facts.signature = SignatureState::not_checked;
    facts.signer.clear();
    facts.version.clear();
    ask(facts, file, packages, now);
  }
  return facts;
}

} // namespace monster
