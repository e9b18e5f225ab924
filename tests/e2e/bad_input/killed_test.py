#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent is killed in the middle of a storm: what is on disk is whole, the next run finishes it and says what is not known."""
import os
import time

import running


class Killed(running.Case):
    def setUp(self):
        super().setUp()
        storm = self.storm(6)
        self.addCleanup(storm.communicate)
        self.addCleanup(storm.terminate)

    def test_rows_are_whole_and_the_next_run_finishes_the_files(self):
        first = self.start()
        time.sleep(2.5)
        first.kill()
        killed = time.time_ns()
        parts = [path for path in (first.data / "events").iterdir() if path.name.endswith(".part")]
        self.assertTrue(parts)
        torn = [path.name for path in parts if not path.read_bytes().endswith(b"\n")]
        before = running.read_events(first.data)  # half a last row is not counted, any other refused
        rows = [row for each in before.values() for row in each]
        last = max(rows, key=lambda row: row.number("seq"))
        self.assertGreater(last.number("seq"), 1000)

        second = self.start(data=first.data)
        started = time.time_ns()
        run_id = (second.data / "state").read_text().split()[0]
        left = [path.name for path in (first.data / "events").iterdir()
                if path.name.endswith(".part") and f"-{run_id[:8]}-" not in path.name]
        self.assertEqual(left, [])
        mark = self.work / "after the kill"
        mark.write_text("1")
        time.sleep(1.5)
        self.end(second)
        self.assertRegex(second.log(), r"finished \d+ files of a run that died")

        after = running.read_events(first.data)
        found = {(row.values["run_id"], row.values["seq"]): row.values for each in after.values() for row in each}
        for row in rows:
            self.assertEqual(found.get((row.values["run_id"], row.values["seq"])), row.values)
        old = sum(1 for run, _ in found if run != run_id)
        self.assertEqual(old, len(rows), f"rows of the first run that were not there before; torn were {torn}")
        self.check_start(after, run_id, last, killed, started)
        new = {event: [row for row in each if row.values["run_id"] == run_id] for event, each in after.items()}
        self.assert_balanced(new)
        self.assertIn(os.fsencode(mark), {row.text("path") for row in new[2500]})

    def check_start(self, events, run_id, last, killed, started):
        (start,) = [row for row in events[9900] if row.values["run_id"] == run_id and row.values["action"] == "start"]
        self.assertEqual(start.values["last_end"], "unclean")
        self.assertEqual(start.values["last_run_id"], last.values["run_id"])
        self.assertEqual(start.number("last_seq"), last.number("seq"))
        self.assertLessEqual(start.number("not_watched_from"), killed)
        self.assertGreater(start.number("not_watched_from"), killed - 3_000_000_000)
        self.assertGreaterEqual(start.number("not_watched_to"), killed)
        self.assertLessEqual(start.number("not_watched_to"), started)

    def test_killed_again_and_again_it_still_starts(self):
        data = self.work / "data"
        for turn in range(4):
            agent = self.start(data=data)
            time.sleep(0.2 * turn)
            agent.kill()
        agent = self.start(data=data)
        time.sleep(running.SETTLE)
        self.end(agent)
        events = running.read_events(data)
        starts = [row for row in events[9900] if row.values["action"] == "start" and row.values["last_end"] is not None]
        self.assertEqual(max(starts, key=lambda row: row.number("time")).values["last_end"], "unclean")
        again = self.start(data=data)
        time.sleep(running.SETTLE)
        self.end(again)
        starts = [row for row in running.read_events(data)[9900] if row.values["action"] == "start"]
        last = max(starts, key=lambda row: row.number("time"))
        self.assertEqual(last.values["last_end"], "clean")
        stop = running.stop_row(events)
        self.assertEqual(last.values["last_run_id"], stop.values["run_id"])
        self.assertEqual(last.number("last_seq"), stop.number("seq"))


if __name__ == "__main__":
    running.main()
