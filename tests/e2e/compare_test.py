#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The comparison must pass what is right and fail on each wrong row: one mutation per thing it claims to check."""
import copy
import json
import pathlib
import tempfile
import unittest

import compare
from comparing.imitation import Imitation, key
from comparing.rows import MalformedFile, read_events

T = 1_800_000_000_000_000_000
A_PATH = {"hex": b"/e2e/dir/a \xff\tb".hex()}


def file_truth(pid, path, at, **more):
    expect = {"path": path, "created": True, "bytes_written": 10, "write_count": 1, "final_path": None, "source": "open",
              "operation": None, "access": "write", "deleted": False, "xattrs_changed": {"contains": "user.e2e"}}
    return {"type": "file", "kind": "made", "pid": pid, "path": path, "optional": False, "file": [1, at, 7], "expect": expect,
            "time": T + at, "opened": [T + at, T + at + 10], "closed": [T + at + 20, T + at + 30],
            "writers": [{"pid": pid, "bytes_read": 0, "bytes_written": 6}, {"pid": 99, "bytes_read": 0, "bytes_written": 4}],
            "details": [{"id": 2012, "expect": {"path": path, "create_result": "FILE_CREATED"}},
                        {"id": 2014, "expect": {"path": path}}, {"id": 2030, "expect": {"path": path}}]} | more


def act_truth(pid, path, at):
    expect = {"path": path, "operation": "unlink", "source": "path", "deleted": True, "bytes_written": 0}
    return {"type": "file", "kind": "unlinked", "pid": pid, "path": path, "optional": False, "file": [1, at, 7],
            "expect": expect, "time": T + at, "opened": [T + at, T + at + 10], "details": []}


def some_truth():
    image = {"source": "exec", "image": "/bin/x", "argv": ["x", {"hex": "ff0a"}], "ppid": 1, "argv_truncated": False,
             "environment": {"members": {"LD_PRELOAD": "/evil.so"}, "absent": ["SECRET"]}}
    rename = {"path": "/e2e/dir/b", "new_path": "/e2e/dir/c", "exchange": False}
    return [
        {"type": "root", "directory": "/e2e/dir", "complete": True},
        file_truth(50, A_PATH, 1000),
        file_truth(50, A_PATH, 2000),
        act_truth(51, "/e2e/dir/b", 3000),
        {"type": "none", "kind": "quiet", "pid": 52, "path": "/e2e/dir/quiet"},
        {"type": "detail", "kind": "renamed", "pid": 50, "time": T + 4000, "id": 2027, "expect": rename,
         "file": [1, 1000, 7], "replaced": [1, 2000, 7]},
        {"type": "process", "kind": "ran", "pid": 60, "time": T, "optional": False, "expect": image, "more": {}},
        {"type": "process", "kind": "ran", "pid": 60, "time": T + 1, "optional": False, "expect": image, "more": {"argv": ["y"]}},
        {"type": "exit", "kind": "ran", "pid": 60, "time": T + 2, "optional": False,
         "expect": {"exit_code": 3, "signal": None, "cpu_user": {"min": 5, "max": 9}}, "more": {}},
        {"type": "no_exec", "kind": "failed", "pid": 61},
    ]


class CompareTest(unittest.TestCase):
    def problems(self, change=lambda imitation: None, truth=None, after=lambda directory: None):
        truth = truth or some_truth()
        with tempfile.TemporaryDirectory() as directory:
            imitation = Imitation(truth)
            imitation.health()
            change(imitation)
            imitation.write(directory)
            after(pathlib.Path(directory))
            return compare.compare(truth, read_events(directory)).problems

    def first(self, imitation, event, **columns):
        return next(row for row in imitation.rows if row["event_id"] == str(event)
                    and all(row.get(name) == value for name, value in columns.items()))

    def fails(self, event, column, value, expected, **columns):
        def change(imitation):
            self.first(imitation, event, **columns)[column] = value
        problems = self.problems(change)
        self.assertIn(expected, problems)
        return problems

    def test_PerfectRows_Pass(self):
        self.assertEqual(self.problems(), set())

    def test_RowsInAnyOrder_Pass(self):
        def change(imitation):
            imitation.number()
            imitation.rows.reverse()
        self.assertEqual(self.problems(change), set())

    def test_WrongField_IsNamed(self):
        self.fails(2500, "bytes_written", "11", ("made", "bytes_written"), source="open")
        self.fails(2500, "bytes_written", None, ("made", "bytes_written"), source="open")
        self.fails(2500, "created", "0", ("made", "created"), source="open")
        self.fails(2500, "final_path", "/x", ("made", "final_path"), source="open")
        self.fails(2500, "xattrs_changed", "[]", ("made", "xattrs_changed"), source="open")
        self.fails(2500, "operation", "rmdir", ("unlinked", "operation"), source="path")

    def test_BytesThatAreNotUtf8_MustStandInRaw(self):
        self.fails(2500, "raw", None, ("made", "path"), source="open")

    def test_WrongTimes_AreNamed(self):
        self.fails(2500, "close_time", "2020-01-01T00:00:00.000000000Z", ("made", "close_time"), source="open")
        self.fails(2500, "open_time", "2020-01-01T00:00:00.000000000Z", ("made", "open_time"), source="open")
        self.fails(2500, "last_write_time", None, ("made", "last_write_time"), source="open")
        self.fails(2500, "time_ns", "1", ("unlinked", "time_ns"), source="path")
        self.fails(2014, "time_ns", "1", ("made", "2014 time_ns"))

    def test_WrongWriter_IsNamed(self):
        alone = json.dumps([{"process_key": key("process", 50, 0), "bytes_read": 0, "bytes_written": 10}])
        self.fails(2500, "writers", alone, ("made", "writers"), source="open")
        self.fails(2500, "writers", "[]", ("made", "writers"), source="open")

    def test_WrongPath_IsOneWrongBlock(self):
        problems = self.fails(2500, "path", "/e2e/dir/elsewhere", ("unlinked", "path"), source="path")
        self.assertNotIn(("unlinked", "missing"), problems)

    def test_AnotherPid_IsNamed(self):
        problems = self.problems(lambda imitation: self.first(imitation, 2500, source="open").update(pid="51", bytes_written="0"))
        self.assertTrue(problems & {("made", "missing"), ("made", "bytes_written")})

    def test_MissingRows_AreNamed(self):
        for event, columns, expected in (
                (2500, {"source": "open"}, ("made", "missing")), (2500, {"source": "path"}, ("unlinked", "missing")),
                (2012, {}, ("made", "2012 missing")), (2014, {}, ("made", "2014 missing")),
                (2030, {}, ("made", "2030 missing")), (2027, {}, ("renamed", "2027 missing")),
                (1500, {"image": "/bin/x"}, ("ran", "missing")), (1501, {}, ("ran", "1501 missing"))):
            def change(imitation, event=event, columns=columns):
                imitation.rows.remove(self.first(imitation, event, **columns))
            with self.subTest(event=event):
                self.assertIn(expected, self.problems(change))

    def test_ExtraRows_AreNamed(self):
        def again(event, **new):
            def change(imitation):
                row = copy.deepcopy(self.first(imitation, event))
                imitation.rows.append(row | new)
            return change
        self.assertIn(("made", "extra"), self.problems(again(2500, block_key=key("other"))))
        self.assertIn(("(no kind)", "extra"), self.problems(again(2500, block_key=key("other"), path="/e2e/dir/x", raw=None)))
        self.assertIn(("quiet", "extra"), self.problems(again(2500, block_key=key("other"), path="/e2e/dir/quiet", raw=None)))
        self.assertEqual(set(), self.ignoring_ledger(again(2500, block_key=key("other"), path="/elsewhere", raw=None)))
        self.assertIn(("made", "2012 more than one"), self.problems(again(2012)))
        self.assertIn(("(no kind)", "2027 extra"), self.problems(again(2027, new_path="/e2e/dir/z")))
        self.assertIn(("ran", "1501 extra"), self.problems(again(1501)))
        self.assertIn(("failed", "extra"), self.problems(again(1500, pid="61", source="exec", process_key=key("61"))))

    def ignoring_ledger(self, change):
        return self.problems(change) - {("(integrity)", "ledger")}

    def test_FileKeys_MustFollowIdentity(self):
        self.fails(2012, "file_key", key("another"), ("made", "file_key"))
        self.fails(2500, "file_key", None, ("made", "file_key"), source="open")
        self.fails(2027, "replaced_file_key", key("file", 1, 1000, 7), ("renamed", "file_key"))
        self.fails(2027, "replaced_file_key", None, ("renamed", "2027 replaced_file_key"))

    def test_WrongProcess_IsNamed(self):
        self.fails(1500, "argv", '["x"]', ("ran", "argv"), image="/bin/x")
        self.fails(1500, "environment", '{"LD_PRELOAD":"/evil.so","SECRET":"1"}', ("ran", "environment"), image="/bin/x")
        self.fails(1500, "environment", "{}", ("ran", "environment"), image="/bin/x")
        self.fails(1501, "exit_code", "4", ("ran", "1501 exit_code"))
        self.fails(1501, "cpu_user", "10", ("ran", "1501 cpu_user"))

    def test_ProcessKeys_MustChain(self):
        self.fails(1500, "previous_process_key", None, ("(processes)", "previous_process_key"),
                   previous_process_key=key("process", 60, 0))
        self.fails(1501, "process_key", key("process", 60, 0), ("(processes)", "1501 process_key"))

    def test_Integrity_IsChecked(self):
        self.fails(2500, "process_key", None, ("(integrity)", "process_key null"))
        self.fails(2500, "process_key", key("never told"), ("(integrity)", "process_key without 1500"))
        self.fails(1500, "process_key", key("process", 60, 1), ("(integrity)", "1500 more than once"), image="/bin/x")
        self.fails(2014, "block_key", key("never told"), ("(integrity)", "2014 without 2500"))
        self.fails(2014, "stream_seq", "500", ("(integrity)", "stream_seq"))
        self.fails(2014, "seq", "1", ("(integrity)", "seq"))
        self.fails(9900, "action", "interval", ("(integrity)", "9900 stop"))

    def test_TwoFinals_AreWrong(self):
        def change(imitation):
            imitation.rows.append(dict(self.first(imitation, 2500)))
        self.assertIn(("(integrity)", "2500 final more than once"), self.problems(change))

    def test_Ledger_MustBalance(self):
        for part, value in (("observed", 1), ("lost", 1), ("pending", 1), ("emitted", 0)):
            def change(imitation, part=part, value=value):
                row = self.first(imitation, 9900)
                ledger = json.loads(row["ledger"])
                ledger["file"][part] = value
                row["ledger"] = json.dumps(ledger)
            with self.subTest(part=part):
                self.assertIn(("(integrity)", "ledger"), self.problems(change))

    def test_Exporters_MustBalance(self):
        exporter = {"given": 5, "queued": 0, "spooled": 0, "acknowledged": 4, "unconfirmed": 0, "dropped": 0}
        self.fails(9900, "exporters", json.dumps({"tsv": exporter}), ("(integrity)", "exporters"))
        self.fails(9900, "exporters", json.dumps({"tsv": exporter | {"dropped": 1}}), ("(integrity)", "exporters"))

    def test_AbsentColumn_IsNoPass(self):
        def change(imitation):
            for row in imitation.rows:
                row.pop("access", None)
        self.assertIn(("made", "access"), self.problems(change))

    def test_NothingToCompare_IsNoPass(self):
        problems = compare.compare([], {}).problems
        self.assertLessEqual({("(comparison)", "no truth"), ("(comparison)", "no events")}, problems)

    def test_MalformedFiles_AreRefused(self):
        def append(text):
            def after(directory):
                path = next(directory.glob("2500*"))
                path.write_bytes(path.read_bytes() + text)
            return after
        for text in (b"half a row", b"too\tfew\n"):
            with self.subTest(text=text), self.assertRaises(MalformedFile):
                self.problems(after=append(text))


if __name__ == "__main__":
    unittest.main()
