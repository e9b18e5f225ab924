#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A process that hides the memory of its arguments before the agent comes: they are unknown, and the row says why."""
import os
import subprocess
import time

import running


class Hidden(running.Case):
    def test_hidden_arguments_are_unknown_not_none(self):
        hider = subprocess.Popen([running.TRIGGERS / "hide_argv"], stdout=subprocess.PIPE,
                                 env={"LD_LIBRARY_PATH": "/nowhere"})
        self.addCleanup(hider.wait)
        self.addCleanup(hider.kill)
        self.assertEqual(hider.stdout.readline(), b"hidden\n")
        hider.stdout.close()
        agent = self.start()
        time.sleep(running.SETTLE)
        self.end(agent)
        events = running.read_events(agent.data)
        self.assert_whole(events)
        (row,) = [row for row in events[1500] if row.number("pid") == hider.pid]
        self.assertEqual(row.values["source"], "snapshot")
        self.assertEqual(row.text("image"), os.fsencode(running.TRIGGERS / "hide_argv"))
        self.assertTrue(row.flag("argv_unreadable"))
        self.assertFalse(row.known("argv") or row.known("command_line"))
        self.assertFalse(row.flag("environment_unreadable"))
        self.assertEqual(row.json("environment"), {"LD_LIBRARY_PATH": "/nowhere"})
        others = [row for row in events[1500] if row.number("pid") != hider.pid and row.flag("argv_unreadable")]
        self.assertEqual(others, [])


if __name__ == "__main__":
    running.main()
