#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names that an attacker chose: the rows hold them byte for byte, and a terminal is never told to do anything."""
import os
import pathlib
import pty
import subprocess
import threading
import time
import unicodedata

import running

NAMES = {
    "tab": b"tab\there",
    "newline": b"line\nbreak\r\nand return",
    "escape": b"\x1b[2J\x1b]0;owned\x07\x1b[31m",
    "c1": b"\xc2\x9b31m and raw \x9b31m",
    "direction": "invoice\u202etxt.exe\u2066".encode(),
    "not_utf8": b"bad\xff\xfe\xc0\x80bytes",
    "surrogate": b"half \xed\xa0\x80 of a pair",
    "cut_short": b"a begun \xe2\x82",
    "null_mark": b"\\N",
    "backslash": b"back\\slash\\t\\n",
    "quotes": b"it's \"quoted\" {\"json\": [1]}",
    "replacement": "\ufffd".encode(),
    "format": b"%s%n%n{}{0}",
    "longest": b"\xf0\x9f\x92\xa3" * 63 + b"xyz",
    "longest_not_utf8": b"\xff" * 255,
    "dash": b"-rf --help",
    "blanks": b" leading and trailing ",
    "controls": bytes(range(1, 32)) + b"\x7f",
}


def live(work, name):
    """Everything that a name can be: file, directory, argument, working directory, script. Gives what is true."""
    base = os.fsencode(work)
    file, moved, directory = base + b"/" + name, base + b"/moved " + name[:248], base + b"/dir " + name[:250]
    with open(file, "wb", buffering=0) as opened:
        opened.write(b"12345")
    os.mkdir(directory)
    run = subprocess.Popen([name, name, b"", b"last"], executable="/bin/true", cwd=directory)
    run.wait()
    script = directory + b"/" + name[:252] + b".sh"
    descriptor = os.open(script, os.O_CREAT | os.O_WRONLY, 0o755)
    os.write(descriptor, b"#!/bin/sh\nexit 3\n")
    os.close(descriptor)
    # Script names end where the kernel's buffer for them does not matter: it is the path given to exec.
    scripted = subprocess.Popen([script], cwd=directory)
    scripted.wait()
    os.rename(file, moved)
    os.unlink(moved)
    return {"file": file, "moved": moved, "directory": directory, "run": run.pid, "script": script,
            "scripted": scripted.pid, "name": name}


class Rows(running.Case):
    def test_every_name_stands_in_its_rows_byte_for_byte(self):
        place = self.work / "names"
        place.mkdir()
        agent = self.start()
        truths = {}
        for kind, name in NAMES.items():
            (place / kind).mkdir()
            truths[kind] = live(place / kind, name)
        time.sleep(running.SETTLE)
        self.end(agent)
        events = running.read_events(agent.data)
        self.assert_whole(events)
        for kind, truth in truths.items():
            with self.subTest(kind):
                self.check_files(events, truth)
                self.check_processes(events, truth)

    def check_files(self, events, truth):
        def only(event, column, path):
            rows = [row for row in events[event] if row.text(column) == path]
            self.assertEqual(len(rows), 1, (event, path, [row.text(column) for row in rows]))
            return rows[0]

        written = [row for row in events[2500] if row.text("path") == truth["file"] and row.values["source"] == "open"]
        self.assertEqual([row.number("bytes_written") for row in written], [5])
        only(2030, "path", truth["file"])
        renamed = only(2027, "path", truth["file"])
        self.assertEqual(renamed.text("new_path"), truth["moved"])
        operations = {row.values["operation"] for row in events[2500] if row.text("path") == truth["moved"]}
        self.assertEqual(operations, {"unlink"})
        made = [row for row in events[2500] if row.text("path") == truth["directory"]]
        self.assertEqual([row.values["operation"] for row in made], ["mkdir"])

    def check_processes(self, events, truth):
        def executed(pid):
            return [row for row in events[1500] if row.number("pid") == pid and row.values["source"] == "exec"]

        (row,) = executed(truth["run"])
        self.assertEqual(row.texts("argv"), [truth["name"], truth["name"], b"", b"last"])
        self.assertEqual(row.values["argv_truncated"], "0")
        self.assertEqual(row.text("cwd"), truth["directory"])
        (row,) = executed(truth["scripted"])
        self.assertEqual(row.text("script"), truth["script"])
        self.assertEqual(row.text("interpreter"), b"/bin/sh")
        self.assertIn(truth["script"], row.texts("argv"))
        (exit_row,) = [row for row in events[1501] if row.number("pid") == truth["scripted"]]
        self.assertEqual(exit_row.number("exit_code"), 3)


class Screen:
    """A terminal that keeps what it is sent."""

    def __init__(self):
        self.ours, self.theirs = pty.openpty()
        self.sent = bytearray()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        while True:
            try:
                chunk = os.read(self.ours, 65536)
            except OSError:
                return
            if not chunk:
                return
            self.sent += chunk

    def close(self):
        """Once the program is gone."""
        os.close(self.theirs)
        self.reader.join(10)
        os.close(self.ours)
        return bytes(self.sent)


class Terminal(running.Case):
    def assert_harmless(self, sent, bad_categories=("Cc", "Cf", "Cs", "Co")):
        text = sent.decode("utf-8")  # raw C1 bytes and cut sequences are not UTF-8
        self.assertTrue(text)
        for line in text.replace("\r\n", "\n").replace("\x7f", "").split("\n"):  # terminals ignore DEL
            bad = sorted({hex(ord(each)) for each in line if unicodedata.category(each) in bad_categories})
            self.assertFalse(bad, line)

    def test_live_lines_of_run_hold_no_control_characters(self):
        place = self.work / "names"
        place.mkdir()
        screen = Screen()
        agent = self.start(said=screen.theirs, environment={"NO_COLOR": "1"})
        for turn in range(20):  # the view shows some lines of each second: on a busy machine they may be others
            for kind, name in NAMES.items():
                (place / f"{turn}{kind}").mkdir()
                live(place / f"{turn}{kind}", name)
            time.sleep(1.1)
            if b"owned" in screen.sent:
                break
        self.end(agent)
        sent = screen.close()
        self.assertIn(b"owned", sent)
        self.assert_harmless(sent)

    def test_story_of_trace_holds_no_control_characters(self):
        place = self.work / "names"
        place.mkdir()
        script = self.work / "lives.py"
        script.write_text(f"import sys\nsys.path[:0] = [{str(pathlib.Path(__file__).parent)!r}]\n"
                          "import hostile_names_test as test\nimport pathlib\n"
                          f"place = pathlib.Path({str(place)!r})\n"
                          "for kind, name in test.NAMES.items():\n"
                          "    (place / kind).mkdir()\n    test.live(place / kind, name)\n")
        for options in ([], ["--json"]):
            with self.subTest(options):
                subprocess.run(["find", place, "-mindepth", "1", "-delete"], check=True)
                screen = Screen()
                command = [running.PROGRAM, "trace", *options, "--out", self.work / f"out{len(options)}", "--"]
                done = subprocess.run([*command, "python3", script], stdout=subprocess.DEVNULL, stderr=screen.theirs,
                                      env=os.environ | {"NO_COLOR": "1"}, timeout=60, check=False)
                sent = screen.close()
                self.assertEqual(done.returncode, 0, sent[-2000:])
                self.assertIn(b"owned", sent)
                # JSON is data: it holds what is written from right to left, but nothing that a terminal obeys.
                self.assert_harmless(sent, *([("Cc",)] if options else []))


if __name__ == "__main__":
    running.main()
