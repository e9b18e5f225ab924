#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Arguments up to what the kernel takes: 128 KiB in one string, 2 MiB in all. Long ones are cut, and told to be."""
import os
import resource
import time

import running

KEPT = 128 << 10  # bytes of arguments that a row holds, events.md
LISTS = {
    "fits": [b"fits", b"a" * 100_000, b"last"],
    "one_of_128_kib": [b"one", b"b" * ((128 << 10) - 1)],
    "two_mib_in_20": [b"twenty"] + [bytes([ord("a") + i]) * 100_000 for i in range(20)],
    "two_mib_in_many": [b"many"] + [b"%06d" % i for i in range(120_000)],
    "empty_ones": [b"empty"] + [b""] * 100_000,
    "not_utf8": [b"bytes"] + [b"\xff\xfe" * 30_000] * 20,
}


def execute(arguments):
    pid = os.fork()
    if pid == 0:
        try:
            os.execve("/bin/true", arguments, {})
        finally:
            os._exit(99)
    return pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def is_cut_of(got, whole):
    """All but the last are whole, the last is a beginning."""
    return 0 < len(got) <= len(whole) and got[:-1] == whole[:len(got) - 1] and whole[len(got) - 1].startswith(got[-1])


class Arguments(running.Case):
    def test_long_arguments_are_cut_and_told_and_the_rest_of_the_row_is_right(self):
        resource.setrlimit(resource.RLIMIT_STACK, (64 << 20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
        agent = self.start()
        truths = {}
        for kind, arguments in LISTS.items():
            truths[kind] = execute(arguments)
            self.assertEqual(truths[kind][1], 0, f"{kind}: the exec itself failed")
        time.sleep(running.SETTLE)
        self.end(agent)
        events = running.read_events(agent.data)
        self.assert_whole(events)
        for kind, (pid, _) in truths.items():
            with self.subTest(kind):
                self.check(events, LISTS[kind], pid)

    def check(self, events, arguments, pid):
        (row,) = [row for row in events[1500] if row.number("pid") == pid and row.values["source"] == "exec"]
        size = sum(len(each) + 1 for each in arguments)
        got = row.texts("argv")
        if size <= KEPT:
            self.assertFalse(row.flag("argv_truncated"))
            self.assertEqual(got, arguments)
        else:
            self.assertTrue(row.flag("argv_truncated"), f"{len(got)} of {len(arguments)} arguments")
            self.assertTrue(is_cut_of(got, arguments), f"{len(got)} arguments, the last {got[-1][:50]}")
            self.assertGreater(sum(len(each) + 1 for each in got), KEPT // 2)
        self.assertEqual(row.text("image"), os.fsencode(os.path.realpath("/bin/true")))
        self.assertEqual(row.text("cwd"), os.fsencode(os.getcwd()))
        self.assertEqual(row.number("ppid"), os.getpid())
        self.assertIsNotNone(row.values["image_sha256"])
        (exit_row,) = [row for row in events[1501] if row.number("pid") == pid]
        self.assertEqual(exit_row.number("exit_code"), 0)


if __name__ == "__main__":
    running.main()
