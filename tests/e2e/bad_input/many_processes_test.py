#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hundred thousand processes as fast as they go: each is told, or counted as lost."""
import collections
import json
import os
import subprocess
import time

import running

PROCESSES = 100_000
SECONDS = 40  # at most
JOBS = 4


class Processes(running.Case):
    def test_each_of_a_hundred_thousand_is_told_or_counted_as_lost(self):
        tiny = os.fsencode((running.TRIGGERS / "end_at_once").resolve())
        agent = self.start()
        done = subprocess.run([running.TRIGGERS / "execute_many", tiny, str(PROCESSES), str(SECONDS), str(JOBS)],
                              stdout=subprocess.PIPE, timeout=SECONDS + 30, check=True)
        truth = json.loads(done.stdout)
        time.sleep(running.SETTLE)
        self.end_of_storm(agent)
        events = running.small_events(agent.data, 9900, 9901)
        ledger = self.assert_balanced(events)
        self.assert_emitted(running.row_counts(agent.data), ledger)
        self.assert_told(events, ledger)
        self.check(agent.data, tiny, truth, ledger["process"]["lost"])

    def end_of_storm(self, agent):
        peak = agent.peak_mib()
        lost = agent.stop(60)
        print(f"\n  {agent.log().splitlines()[1:3]}, at its peak {peak:.0f} MiB, ended with {agent.process.returncode}")
        self.assertLess(peak, running.PEAK_MIB)
        self.assertEqual(agent.log().splitlines()[-1] != "lost 0", lost)

    def check(self, data, tiny, truth, lost):
        keys = collections.Counter()
        told = collections.Counter()
        columns = ["image", "source", "process_key", "argv", "parent_process_key"]
        for image, source, key, argv, parent in running.columns_of(data, 1500, columns):
            keys[key] += 1
            if image == tiny:
                told[source] += 1
                self.assertEqual(json.loads(argv), [tiny.decode()])
                self.assertNotEqual(parent, b"\\N")
        self.assertEqual(max(keys.values()), 1, "a process_key was told twice")
        self.assertLessEqual(told[b"exec"], truth["executions"])
        self.assertGreaterEqual(told[b"exec"] + lost, truth["executions"])
        ended = 0
        for (image,) in running.columns_of(data, 1501, ["image"]):
            ended += image == tiny
        self.assertLessEqual(ended, truth["executions"])
        self.assertGreaterEqual(ended + lost, truth["executions"])
        if lost == 0:
            self.assertEqual((told[b"exec"], ended), (truth["executions"], truth["executions"]))


if __name__ == "__main__":
    running.main()
