#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The data directory's disk is full: rows on it stay whole, what is dropped is counted and told, and it goes on when there is room."""
import collections
import os
import time

import running

DISK = 96 << 20
ROOM = 1 << 20  # before the ballast goes


class Disk(running.Case):
    def test_full_disk_drops_are_told_and_writing_goes_on_when_there_is_room(self):
        place = self.mount_tmpfs("disk", DISK)
        agent = self.start(data=place / "data", config={"export": {"tsv": {"queue_bytes": "1MiB"}}})
        ballast = place / "ballast"
        self.fill(ballast)
        storm = self.storm(2)
        storm.communicate(timeout=30)
        running.wait_for(lambda: free(place) < 65536, 10, "the disk is full")
        time.sleep(1)
        self.assertIsNone(agent.process.poll(), agent.log())
        ballast.unlink()
        time.sleep(2.5)
        mark = self.work / "written when there was room again"
        mark.write_text("1")
        time.sleep(running.SETTLE)
        self.end(agent, status=running.LOSS)
        self.check(agent, mark)

    def fill(self, ballast):
        size = free(ballast.parent) - ROOM
        with open(ballast, "wb", buffering=0) as file:
            os.posix_fallocate(file.fileno(), 0, size)

    def check(self, agent, mark):
        events = running.read_events(agent.data)  # refuses half rows
        ledger = self.assert_balanced(events)
        exporter = running.named(running.stop_row(events).json("exporters"))["tsv"]
        rows = collections.Counter(running.family_of(row.event) for each in events.values() for row in each)
        dropped = exporter["dropped"]
        self.assertGreater(dropped, 0)
        emitted = sum(entry["emitted"] for entry in ledger.values())
        # The 9900 itself, and no other row, came after what it says.
        self.assertIn(sum(rows.values()) + dropped - emitted, (0, 1), (rows, exporter, ledger))
        told = [row for row in events.get(9901, []) if row.values["stage"].startswith("tsv")]
        self.assertEqual(sum(row.number("count") for row in told), dropped, [row.values for row in told])
        self.assertTrue(any("No space left" in row.values["reason"] for row in told), [row.values for row in told])
        self.assertEqual(agent.log().splitlines()[-1], f"lost {dropped + sum(entry['lost'] for entry in ledger.values())}")
        self.assertIn(os.fsencode(mark), {row.text("path") for row in events[2500]}, "nothing was written after there was room")
        numbers = sorted(row.number("stream_seq") for each in events.values() for row in each)
        self.assertEqual(len(set(numbers)), len(numbers))
        self.assertEqual(numbers[-1] - numbers[0] + 1 - len(numbers), dropped, "gaps of stream_seq are what was dropped")


def free(place):
    status = os.statvfs(place)
    return status.f_bavail * status.f_frsize


if __name__ == "__main__":
    running.main()
