#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rings far too small for what happens: what is lost is counted and told, what is told is right."""
import json
import time

import running


SWEPT = 8  # seconds after the last loss by which what still lives was asked for


class Ring(running.Case):
    def test_storm_over_the_smallest_ring_is_counted_and_told(self):
        agent = self.start(config={"kernel": {"ring_bytes": "64KiB"}})
        storm = self.storm(4, jobs=4)
        storm.wait(30)
        truth = json.load(storm.stdout)
        storm.stdout.close()
        time.sleep(SWEPT)
        self.end(agent, status=running.LOSS)
        self.assertRegex(agent.log().splitlines()[-1], r"^lost [1-9]\d*$")
        events = running.small_events(agent.data, 9900, 9901)
        ledger = self.assert_balanced(events)
        self.assert_emitted(running.row_counts(agent.data), ledger)
        self.assert_told(events, ledger)
        self.assertGreater(ledger["file"]["lost"], 0)
        self.assertIn("kernel ring", {row.values["stage"] for row in events[9901]})
        self.assertLessEqual({row.values["stage"] for row in events[9901]}, {"kernel ring", "process quota"})
        self.assertEqual(agent.log().splitlines()[-1], f"lost {sum(entry['lost'] for entry in ledger.values())}")
        counters = running.stop_row(events).json("counters")
        self.assertGreater(counters["file_blocks_swept"], 0, "blocks whose end was lost are still remembered")
        self.check_blocks(agent, truth)

    def check_blocks(self, agent, truth):
        """Each block that came through is as the storm made it: 4 writes of 16 bytes."""
        blocks = 0
        columns = ["path", "source", "state", "bytes_written", "write_count", "created"]
        for path, source, state, written, count, created in running.columns_of(agent.data, 2500, columns):
            if b"/storm_" not in path or path.endswith(b"_renamed") or source != b"open" or state != b"final":
                continue
            blocks += 1
            self.assertEqual((written, count, created), (b"64", b"4", b"1"), path)
        self.assertGreater(blocks, 0)
        self.assertLessEqual(blocks, truth["files"])


if __name__ == "__main__":
    running.main()
