#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whoever holds the agent's terminal (Ctrl-S), or never reads its pipe, holds not the agent."""
import os
import pty
import tty

import running


class Held(running.Case):
    def check_recorded(self, said, release):
        agent = self.start(said=said)
        storm = self.storm(3)
        storm.communicate(timeout=30)
        running.time.sleep(1)
        place = self.work / "after"
        place.write_text("1")
        running.time.sleep(1)
        written = [path for [path] in running.columns_of(agent.data, 2500, ["path"]) if path == os.fsencode(place)]
        self.assertEqual(len(written), 1, "it stands still")
        release()
        self.end(agent)
        self.assert_whole(running.read_events(agent.data))

    def test_terminal_that_nobody_reads(self):
        ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, theirs)
        self.check_recorded(theirs, lambda: None)

    def test_terminal_that_is_gone_at_the_end(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, theirs)
        self.check_recorded(theirs, lambda: os.close(ours))

    def test_pipe_that_nobody_reads(self):
        ours, theirs = os.pipe()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, theirs)
        os.set_blocking(theirs, False)
        while True:
            try:
                os.write(theirs, b"x" * 4096)
            except BlockingIOError:
                break
        os.set_blocking(theirs, True)
        self.check_recorded(theirs, lambda: None)

    def test_terminal_that_is_held(self):
        import termios
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, theirs)
        self.addCleanup(os.close, ours)
        termios.tcflow(theirs, termios.TCOOFF)
        self.check_recorded(theirs, lambda: termios.tcflow(theirs, termios.TCOON))


if __name__ == "__main__":
    running.main()
