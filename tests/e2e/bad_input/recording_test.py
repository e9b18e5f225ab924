#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recording gives the same bytes each time, to anybody, and the rows that were written while it was made."""
import shutil
import subprocess

import hostile_names_test
import running


class Recording(running.Case):
    @classmethod
    def setUpClass(cls):
        """One recording, of much at once, for all tests of this class."""
        cls.folder = running.tempfile.TemporaryDirectory(dir="/var/tmp", prefix="e2e_bad_input_")
        cls.addClassCleanup(cls.folder.cleanup)
        place = running.pathlib.Path(cls.folder.name)
        place.chmod(0o755)
        cls.file, cls.live = place / "all.rec", place / "live"
        command = [running.PROGRAM, "record", "--out", cls.file, "--for", "3s", "--data-dir", cls.live]
        with open(place / "log", "wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        running.wait_for((cls.live / "ready").exists, 20, "it records")
        for kind, name in hostile_names_test.NAMES.items():
            (place / kind).mkdir()
            hostile_names_test.live(place / kind, name)
        (place / "storm").mkdir()
        subprocess.run([running.TRIGGERS / "storm", place / "storm", "1", "2"], stdout=subprocess.DEVNULL, check=True)
        process.wait(30)
        cls.log = (place / "log").read_text()
        cls.status = process.returncode
        cls.program = place / "monster-agent"
        shutil.copy(running.PROGRAM, cls.program)
        cls.program.chmod(0o755)

    def replay(self, *arguments, before=()):
        done = running.run_agent("replay", *arguments, program=self.program, before=before, seconds=60)
        self.assertEqual(done.returncode, running.ENDED, done.stderr.decode())
        self.assertEqual(done.stderr.decode().splitlines()[-1], "lost 0")
        return done.stdout

    def test_replay_gives_the_same_bytes_each_time_and_to_anybody(self):
        self.assertEqual(self.status, running.ENDED, self.log)
        first = self.replay(self.file, "--json")
        self.assertGreater(first.count(b"\n"), 1000)
        self.assertEqual(self.replay(self.file, "--json"), first)
        readable = self.work / "readable.rec"
        shutil.copy(self.file, readable)
        readable.chmod(0o644)
        self.work.chmod(0o755)
        nobody = ("setpriv", f"--reuid={running.NOBODY}", f"--regid={running.NOBODY}", "--clear-groups")
        self.assertEqual(self.replay(readable, "--json", before=nobody), first)
        away = ("unshare", "--mount", "--uts", "--pid", "--net", "--fork", "sh", "-c", 'hostname elsewhere && exec "$@"', "sh")
        self.assertEqual(self.replay(readable, "--json", before=away), first)

    def test_replayed_rows_are_those_that_were_written_live(self):
        self.replay(self.file, "--data-dir", self.work / "again")
        live, again = running.read_events(self.live), running.read_events(self.work / "again")
        self.assertEqual({event: len(rows) for event, rows in live.items()}, {event: len(rows) for event, rows in again.items()})
        for event, rows in live.items():
            for one, other in zip(in_order(rows), in_order(again[event])):
                self.assertEqual(one, other)

    def test_recording_is_not_overwritten_and_only_its_owner_reads_it(self):
        before = self.file.read_bytes()
        done = running.run_agent("record", "--out", self.file, "--for", "100ms", "--data-dir", self.work / "data")
        self.assertEqual(done.returncode, running.FAILED, done.stderr)
        self.assertEqual(self.file.read_bytes(), before)
        self.assertEqual(self.file.stat().st_mode & 0o077, 0)

    def test_recording_cut_anywhere_replays_as_far_as_it_goes(self):
        whole = self.file.read_bytes()
        complete = self.replay(self.file, "--json")
        for size in (len(whole) - 1, len(whole) * 2 // 3, len(whole) // 3):
            with self.subTest(size):
                cut = self.work / f"cut{size}.rec"
                cut.write_bytes(whole[:size])
                done = running.run_agent("replay", cut, "--json", seconds=60)
                self.assertIn(done.returncode, (running.ENDED, running.FAILED, running.LOSS), done.stderr)
                self.assertTrue(complete.startswith(done.stdout), "it gave what the whole does not")
                self.assertIn(b"breaks off", done.stderr)

    def test_directory_that_cannot_be_made_is_said(self):
        done = running.run_agent("replay", self.file, "--data-dir", self.work / "missing" / "data")
        self.assertEqual(done.returncode, running.FAILED)
        self.assertRegex(done.stderr.decode(), r"cannot make \S+/missing/data: No such file")

    def test_disk_that_is_full_costs_the_rows_and_not_the_summary(self):
        full = self.mount_tmpfs("full", "64k")
        done = running.run_agent("replay", self.file, "--data-dir", full, seconds=100)
        self.assertIn(done.returncode, (running.FAILED, running.LOSS), done.stderr)
        self.assertRegex(done.stderr.decode().splitlines()[-1], r"^lost \d+$")
        self.assertRegex(done.stderr.decode(), r"\d+ inputs gave \d+ events")

    def test_what_is_no_recording_is_refused(self):
        for name, text in (("empty", b""), ("text", b"this is no recording\n" * 100), ("zeros", b"\0" * 4096)):
            with self.subTest(name):
                path = self.work / name
                path.write_bytes(text)
                done = running.run_agent("replay", path, "--json")
                self.assertEqual(done.returncode, running.FAILED, done.stderr)
                self.assertEqual(done.stdout, b"")
                self.assertIn(name.encode(), done.stderr)


def in_order(rows):
    ordered = sorted(rows, key=lambda row: row.number("seq"))
    return [{column: value for column, value in row.values.items() if column != "stream_seq"} for row in ordered]


if __name__ == "__main__":
    running.main()
