#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent records nothing of what it does itself, so that its own rows never make rows."""
import os
import pathlib
import signal
import time

import running

IDLE = 5  # seconds
# linux/capability.h: DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, SYS_PTRACE, SYS_NICE, PERFMON, BPF
NEEDED = (1, 2, 3, 19, 23, 38, 39)


class Own(running.Case):
    def test_its_own_work_makes_no_rows_idle_or_busy(self):
        agent = self.start(config={"export": {"tsv": {"rotate_time": "1s", "flush": "10ms"}},
                                   "health": {"interval": "1s"}, "policy": {"read_blocks": True}})
        time.sleep(IDLE)
        self.storm(2).communicate(timeout=30)
        time.sleep(running.SETTLE)
        pid = agent.pid
        self.end(agent)
        events = running.read_events(agent.data)
        self.assert_whole(events)
        own = [row for event, rows in events.items() if event < 9900 for row in rows if row.number("pid") == pid]
        # Its exec came before its hooks, so the snapshot tells it: who watched, and since when.
        self.assertEqual([(row.event, row.values["source"]) for row in own if row.event == 1500], [(1500, "snapshot")])
        self.assertEqual([row.values for row in own if row.event not in (1500, 1501)], [])
        data = os.fsencode(agent.data) + b"/"
        about = [row.values for event in (2500, 2027, 2012, 2030) for row in events.get(event, [])
                 if row.text("path").startswith(data) and row.number("pid") in (pid, None)]
        self.assertEqual(about, [])

    def test_in_a_pid_namespace_it_still_knows_itself(self):
        """There getpid() is another number than the host's."""
        agent = self.start(before=("unshare", "--pid", "--fork", "--kill-child", "--mount-proc"),
                           config={"export": {"tsv": {"flush": "10ms"}}})
        self.storm(1).communicate(timeout=30)
        time.sleep(running.SETTLE)
        child = int(pathlib.Path(f"/proc/{agent.pid}/task/{agent.pid}/children").read_text().split()[0])
        os.kill(child, signal.SIGTERM)
        agent.process.wait(timeout=30)
        events = running.read_events(agent.data)
        data = os.fsencode(agent.data) + b"/"
        own = [row.values for event in (2500, 2027, 2012, 2030) for row in events.get(event, [])
               if (row.text("path") or b"").startswith(data) or row.number("pid") == child]
        self.assertEqual(own, [])
        self.assertTrue(events.get(2500))

    def test_what_it_writes_while_idle_is_small(self):
        """Others may be busy on this host: only what is not theirs is counted."""
        agent = self.start()
        time.sleep(0.5)
        begun = time.time_ns()
        time.sleep(IDLE)
        ended = time.time_ns()
        self.end(agent)
        rows = [row for event, each in running.read_events(agent.data).items() for row in each
                if begun <= int(row.values["time_ns"]) <= ended and row.number("pid") in (agent.pid, None) and event != 9900
                and event not in (2012, 2014, 2027, 2030)]
        self.assertEqual([row.values for row in rows], [])

    def test_each_of_its_threads_gave_up_what_it_does_not_need(self):
        agent = self.start()
        threads = list(pathlib.Path(f"/proc/{agent.pid}/task").iterdir())
        self.assertGreater(len(threads), 2)
        for thread in threads:
            status = dict(line.split(":", 1) for line in (thread / "status").read_text().splitlines())
            kept = int(status["CapPrm"], 16)
            self.assertEqual([number for number in range(64) if kept >> number & 1 and number not in NEEDED], [])
            self.assertEqual(status["NoNewPrivs"].strip(), "1")
        self.end(agent)

    def test_others_in_its_data_directory_are_recorded(self):
        """It leaves out itself, not its place: who tampers with its files is seen."""
        agent = self.start()
        (agent.data / "events" / "tampered").write_text("1")
        (agent.data / "state").chmod(0o644)
        time.sleep(running.SETTLE)
        self.end(agent)
        events = running.read_events(agent.data)
        paths = {row.text("path") for row in events[2500] if row.number("pid") == os.getpid()}
        self.assertLessEqual({os.fsencode(agent.data / "events" / "tampered"), os.fsencode(agent.data / "state")}, paths)


if __name__ == "__main__":
    running.main()
