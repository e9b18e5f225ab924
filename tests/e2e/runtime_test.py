#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The runtime tests' own language: what it takes, and that a row that is not there is missed."""
import pathlib
import unittest

from comparing.expectations import BadTest, failures, parse
from comparing.rows import Row

COPY = r"""
NAME copy
RUN true
EXPECT 1500 image=*/cp AS cp
EXPECT 2500 path=$DIR/a bytes_written=>5 process_key=@cp.process_key raw=\\N
NONE 2500 path=$DIR/never
"""


def rows(event, *values):
    return {event: [Row({"event_id": str(event), "raw": None} | each, "here") for each in values]}


class RuntimeTest(unittest.TestCase):
    def failures(self, blocks, images=({"image": "/bin/cp", "process_key": "1"}, {"image": "/x/cp", "process_key": "2"})):
        return failures(parse(COPY)[0], rows(1500, *images) | rows(2500, *blocks), "/t[1]")

    def test_EveryTestFile_IsUnderstood(self):
        files = list((pathlib.Path(__file__).parent / "runtime").glob("*.test"))
        self.assertTrue(files)
        for path in files:
            self.assertTrue(parse(path.read_text(encoding="utf-8")))

    def test_References_ChooseTheRowThatFits(self):
        self.assertEqual(self.failures([{"path": "/t[1]/a", "bytes_written": "6", "process_key": "2"}]), [])

    def test_NoRow_IsAFailure(self):
        for block in ({"path": "/t[1]/a", "bytes_written": "5", "process_key": "2"},
                      {"path": "/t1/a", "bytes_written": "6", "process_key": "2"},
                      {"path": "/t[1]/a", "bytes_written": "6", "process_key": "3"}):
            self.assertEqual(len(self.failures([block])), 1, block)

    def test_UnwantedRow_IsAFailure(self):
        good = {"path": "/t[1]/a", "bytes_written": "6", "process_key": "2"}
        self.assertEqual(len(self.failures([good, good | {"path": "/t[1]/never"}])), 1)

    def test_UnknownColumn_IsNoPass(self):
        with self.assertRaises(KeyError):
            self.failures([{"path": "/t[1]/a", "process_key": "2"}])

    def test_BadLines_AreRefused(self):
        for text in ("RUN true", "NAME a\nRUN b", "NAME a\nRUN b\nEXPECT 1500 what", "NAME a\nRUN b\nHOPE 1"):
            with self.assertRaises(BadTest):
                parse(text)


if __name__ == "__main__":
    unittest.main()
