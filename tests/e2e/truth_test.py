#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The trigger programs against what stat says of the files they left, and against the comparison with perfect events."""
import argparse
import collections
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import compare
from comparing.files import is_act
from comparing.imitation import Imitation
from comparing.rows import read_events, read_truth
from comparing.values import as_bytes

TRIGGERS = pathlib.Path("build/dev/tests/e2e")
GONE = ("in_chroot", "bind_mount", "overlay", "overlay_names", "fresh_tmpfs", "memory_file", "unnamed_then_linked",
        "uring_direct_secret", "cut_path")


def run(program, directory, truth, *options):
    directory = directory / program
    directory.mkdir()
    subprocess.run([TRIGGERS / program, "--dir", directory, "--truth", truth, *options], check=True, timeout=120)
    return read_truth([truth])


def remove_all(directory):
    """Also what a kind left immutable because it was ended early."""
    subprocess.run(["chattr", "-R", "-f", "-i", directory], check=False, stderr=subprocess.DEVNULL)


class TruthTest(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.TemporaryDirectory(dir=os.environ.get("E2E_DIR", "/var/tmp"))
        self.addCleanup(self.work.cleanup)
        self.directory = pathlib.Path(self.work.name) / "lives"
        self.directory.mkdir()
        self.addCleanup(remove_all, self.directory)
        self.truth = pathlib.Path(self.work.name) / "truth"

    def kinds(self, program):
        return subprocess.run([TRIGGERS / program, "--list"], check=True, capture_output=True, text=True).stdout.split()

    def test_EveryKind_PrintsItsTruth(self):
        for program in ("file_life", "process_life"):
            lines = run(program, self.directory, self.truth)
            self.assertLessEqual(set(self.kinds(program)), {line.get("kind") for line in lines})
            self.truth.unlink()
        self.assertGreaterEqual(len(self.kinds("file_life")), 40)
        self.assertGreaterEqual(len(self.kinds("process_life")), 15)

    def test_FirstHandleOfAPath_Created_LastSize_IsThatOfStat(self):
        lines = [line for line in run("file_life", self.directory, self.truth, "--rounds", "2") if line["type"] == "file"]
        by_path = collections.defaultdict(list)
        for line in lines:
            if not is_act(line) and line["kind"] not in GONE:
                by_path[as_bytes(line["path"])].append(line)
        compared = 0
        for path, handles in by_path.items():
            handles.sort(key=lambda line: line["opened"][0])
            self.assertIs(handles[0]["expect"]["created"], True, handles[0])
            last = max(handles, key=lambda line: line["closed"][0])
            names = [line for line in handles if line["expect"].get("final_path")]
            moved = any(path in (as_bytes(line["path"]), as_bytes(line["expect"]["final_path"] or ""))
                        for line in lines if is_act(line) and line["expect"]["operation"] in ("rename", "unlink", "truncate"))
            if names or moved or not os.path.lexists(path) or last["expect"]["deleted"]:
                continue
            info = os.lstat(path)
            self.assertEqual(last["expect"]["size_at_close"], info.st_size, last)
            self.assertEqual(last["file"][1], info.st_ino, last)
            if "mode_after" in last["expect"]:
                self.assertEqual(last["expect"]["mode_after"], info.st_mode & 0o7777, last)
            compared += 1
        self.assertGreater(compared, 80)

    def test_WrittenRanges_HoldTogether(self):
        for line in run("file_life", self.directory, self.truth):
            expect = line.get("expect", {})
            if line["type"] != "file" or is_act(line) or line["kind"] == "uring_direct" or line["kind"] == "uring_direct_secret" or not isinstance(expect["lowest_offset"], int):
                continue
            self.assertLess(expect["lowest_offset"], expect["highest_end"], line)
            if "writers" in line:
                self.assertEqual(sum(each["bytes_written"] for each in line["writers"]), expect["bytes_written"], line)
            if expect["truncated_to"] is None and line["kind"] != "allocate_new":
                self.assertGreaterEqual(expect["size_at_close"], expect["highest_end"], line)

    def test_SameSeed_SameTruth(self):
        def essence():
            lines = run("file_life", self.directory, self.truth, "--seed", "7")
            self.truth.unlink()
            remove_all(self.directory)
            subprocess.run(["rm", "-rf", self.directory / "file_life"], check=True)
            return sorted((line["kind"], line["life"], str(line["expect"].get("path")), line["expect"]["bytes_written"])
                          for line in lines if line["type"] == "file" and line["kind"] not in GONE
                          and isinstance(line["expect"]["bytes_written"], int))
        self.assertEqual(essence(), essence())

    def test_PerfectEvents_Pass_AnyLostRow_Fails(self):
        lines = run("file_life", self.directory, self.truth, "--rounds", "2", "--jobs", "2")
        self.truth.unlink()
        lines += run("process_life", self.directory, self.truth)
        events = pathlib.Path(self.work.name) / "events"
        events.mkdir()
        imitation = Imitation(lines)
        imitation.health()
        imitation.number()
        imitation.write(events)
        report = compare.compare(lines, read_events(events))
        if report.failed:
            report.print(sys.stderr)
        self.assertFalse(report.failed)
        rows = list(imitation.rows)
        # A fork that did nothing may be told or not, so its rows prove nothing.
        forks = {row["process_key"] for row in rows if row["event_id"] == "1500" and row["source"] == "fork_only"}
        telling = [row for row in rows if row["event_id"] not in ("9900", "1500", "1501")
                   or (row["event_id"] != "9900" and row["process_key"] not in forks)]
        for row in random.Random(1).sample(telling, 8):
            imitation.rows = [each for each in rows if each is not row]
            imitation.write(events)
            problems = compare.compare(lines, read_events(events)).problems
            self.assertTrue(problems - {("(integrity)", "ledger"), ("(integrity)", "stream_seq")}, row)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triggers", type=pathlib.Path, default=TRIGGERS)
    options, rest = parser.parse_known_args()
    TRIGGERS = options.triggers
    unittest.main(argv=sys.argv[:1] + rest)
