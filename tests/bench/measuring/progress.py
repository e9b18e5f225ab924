# SPDX-License-Identifier: Apache-2.0
"""One line that moves while the bench works, on a terminal only."""
import os
import shutil
import sys
import time


class Progress:
    def __init__(self, steps):
        self.steps = steps
        self.done = 0
        self.began = time.monotonic()
        self.shown = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    def step(self, text):
        self.done += 1
        if self.shown:
            took = int(time.monotonic() - self.began)
            line = f"[{self.done}/{self.steps}] {took // 60}:{took % 60:02} {text}"
            self._write(line[: shutil.get_terminal_size().columns - 1])

    def say(self, text):
        """A line that stays: something went wrong."""
        self.clear()
        print(text, file=sys.stderr, flush=True)

    def clear(self):
        if self.shown:
            self._write("")

    def _write(self, text):
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
