// SPDX-License-Identifier: Apache-2.0
#include "agent/linux/privileges.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace monster {
namespace {

// What is dropped never comes back: each test drops it in a child.
bool holds_in_child(const std::function<bool()>& check) {
  const pid_t child = ::fork();
  if (child == 0)
    ::_exit(check() ? 0 : 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

bool has(int capability) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  ::syscall(SYS_capget, &header, data);
  const __u32 bit = 1U << (capability % 32);
  return (data[capability / 32].permitted & bit) != 0 && (data[capability / 32].effective & bit) != 0;
}

class Privileges : public testing::Test {
protected:
  void SetUp() override {
    if (::geteuid() != 0 || !has(CAP_DAC_READ_SEARCH))
      GTEST_SKIP() << "needs root";
  }
};

TEST_F(Privileges, Dropped_WhatHashingNeedsStaysAndTheRestIsGone) {
  EXPECT_TRUE(holds_in_child([] {
    if (!drop_privileges())
      return false;
    for (const int gone : {CAP_SYS_ADMIN, CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_NET_ADMIN, CAP_SYS_MODULE, CAP_CHOWN})
      if (has(gone))
        return false;
    return has(CAP_DAC_READ_SEARCH) && has(CAP_SYS_PTRACE);
  }));
}

TEST_F(Privileges, Dropped_ActsThatNeedMoreFail) {
  EXPECT_TRUE(holds_in_child([] {
    return drop_privileges() && ::chroot("/") != 0 && errno == EPERM && ::setgid(1234) != 0 && errno == EPERM &&
           ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
  }));
}

TEST_F(Privileges, DroppedTwice_ChangesNothingMore) {
  EXPECT_TRUE(holds_in_child([] { return drop_privileges() && drop_privileges() && has(CAP_DAC_READ_SEARCH); }));
}

TEST_F(Privileges, GoAhead_IsAllowedWithWhatIsLeft) {
  if (!has(CAP_SYS_NICE))
    GTEST_SKIP() << "this container may not raise priorities";
  EXPECT_TRUE(holds_in_child([] { return drop_privileges() && go_ahead() && ::getpriority(PRIO_PROCESS, 0) == -10; }));
}

} // namespace
} // namespace monster
