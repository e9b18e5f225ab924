#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One process that takes all it can get: it loses, it is named, and what another does at the same time is all told."""
import os
import resource
import signal
import time

import running

GREEDY, AGAIN, OTHER = 4500, 50, 10  # files
OPEN_BLOCKS = 4096  # fewer than the greedy one has open; the rest of the host needs its part too
FLOOD = 600  # files whose details are more than the ring holds
QUOTA = OPEN_BLOCKS // 2  # of one process, by default


class Child:
    """Opens files when it is told to, and holds them open until it is told to end. Those made last end first: each has
    the pipes of those before."""

    def __init__(self, place):
        place.mkdir()
        self.place = place
        ours, theirs = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(ours[0])
            os.close(theirs[1])
            try:
                self.work(ours[1], theirs[0])
            finally:
                os._exit(0)
        os.close(ours[1])
        os.close(theirs[0])
        self.said, self.tell = ours[0], theirs[1]

    def work(self, say, told):
        opened = []
        while order := os.read(told, 16):
            for fd in opened:
                os.close(fd)
            name = order.decode().strip()
            opened = [os.open(self.place / f"{name}_{n}", os.O_CREAT | os.O_WRONLY) for n in range(int(name))]
            os.write(say, b".")

    def open_files(self, count):
        """Closes those that are open, and opens `count` others."""
        os.write(self.tell, b"%15d\n" % count)
        os.read(self.said, 1)

    def end(self):
        os.close(self.tell)
        os.waitpid(self.pid, 0)


class Quotas(running.Case):
    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.assertGreater(hard, GREEDY + 100)
        resource.setrlimit(resource.RLIMIT_NOFILE, (GREEDY + 100, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))

    def check_losses(self, agent, greedy):
        events = running.read_events(agent.data)
        self.assert_told(events, self.assert_balanced(events))
        rows = events[9901]
        self.assertEqual({(row.values["stage"], row.number("pid")) for row in rows}, {("process quota", greedy.pid)},
                         [row.values for row in rows])
        lost = sum(row.number("count") for row in rows)
        (end,) = [row for row in events[1501] if row.number("pid") == greedy.pid]
        self.assertEqual(end.number("lost"), lost)
        (create,) = [row for row in events[1500] if row.number("pid") == greedy.pid]
        self.assertEqual({row.values["process_key"] for row in rows}, {create.values["process_key"]})
        return events, lost

    def paths(self, events, event, place):
        return {os.fsdecode(row.text("path")) for row in events.get(event, [])
                if row.text("path").startswith(os.fsencode(place) + b"/")}

    def test_open_blocks_of_one_process_leave_room_for_another(self):
        agent = self.start(config={"kernel": {"open_blocks": OPEN_BLOCKS}})
        greedy, other = Child(self.work / "greedy"), Child(self.work / "other")
        greedy.open_files(GREEDY)
        other.open_files(OTHER)
        time.sleep(running.SETTLE)
        greedy.open_files(AGAIN)  # those before were closed: there is room again
        other.end()
        greedy.end()
        time.sleep(running.SETTLE)
        self.end(agent, status=running.LOSS)
        events, lost = self.check_losses(agent, greedy)
        self.assertEqual(lost, GREEDY - QUOTA)
        self.assertEqual(len(self.paths(events, 2500, other.place)), OTHER)
        self.assertEqual(len(self.paths(events, 2500, greedy.place)), QUOTA + AGAIN)

    def test_details_of_one_process_leave_room_for_another(self):
        agent = self.start(config={"kernel": {"ring_bytes": "128KiB"}})
        greedy, other = Child(self.work / "greedy"), Child(self.work / "other")
        time.sleep(running.SETTLE)
        agent.process.send_signal(signal.SIGSTOP)
        greedy.open_files(FLOOD)  # in less than a second, after which it would have a share again
        other.open_files(20)
        agent.process.send_signal(signal.SIGCONT)
        time.sleep(running.SETTLE)
        other.end()
        greedy.end()
        time.sleep(running.SETTLE)
        self.end(agent, status=running.LOSS)
        events = running.read_events(agent.data)
        self.assert_told(events, self.assert_balanced(events))
        shares = [row for row in events[9901] if row.values["stage"] == "process quota"]
        self.assertEqual({row.number("pid") for row in shares}, {greedy.pid}, [row.values for row in shares])
        self.assertEqual(len(self.paths(events, 2012, other.place)), 20)
        self.assertLess(len(self.paths(events, 2012, greedy.place)), FLOOD)
        self.assertGreater(len(self.paths(events, 2012, greedy.place)), 100)


if __name__ == "__main__":
    running.main()
