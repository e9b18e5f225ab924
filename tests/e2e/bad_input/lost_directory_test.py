#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A directory deleted or moved under a process that works in it: rows have true paths, or say that they do not know."""
import os
import subprocess
import time

import running


def in_child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(99)
    if os.waitpid(pid, 0)[1] != 0:
        raise AssertionError("the child failed")
    return pid


def write_file(name, content):
    descriptor = os.open(name, os.O_CREAT | os.O_WRONLY, 0o600)
    os.write(descriptor, content)
    return descriptor


class Directory(running.Case):
    def setUp(self):
        super().setUp()
        self.place = self.work / "place"
        self.place.mkdir()
        self.path = os.fsencode(self.place)

    def events_of(self, live):
        agent = self.start()
        pid = in_child(live)
        time.sleep(running.SETTLE)
        self.end(agent)
        events = running.read_events(agent.data)
        self.assert_whole(events)
        return pid, events

    def blocks_of(self, events, pid, source="open"):
        return [row for row in events.get(2500, []) if row.number("pid") == pid and row.values["source"] == source and
                row.values["state"] == "final"]

    def test_file_written_beside_a_deleted_working_directory_has_its_true_path(self):
        def live():
            os.mkdir(self.place / "gone")
            os.chdir(self.place / "gone")
            os.rmdir(self.place / "gone")
            os.close(write_file("../beside", b"12345"))
            os.rename("../beside", "../moved")
            os.unlink("../moved")

        pid, events = self.events_of(live)
        (block,) = self.blocks_of(events, pid)
        self.assertEqual(block.text("path"), self.path + b"/beside")
        self.assertEqual(block.number("bytes_written"), 5)
        (renamed,) = [row for row in events[2027] if row.number("pid") == pid]
        self.assertEqual((renamed.text("path"), renamed.text("new_path")), (self.path + b"/beside", self.path + b"/moved"))
        operations = [(row.values["operation"], row.text("path")) for row in self.blocks_of(events, pid, "path")]
        self.assertIn(("rmdir", self.path + b"/gone"), operations)
        self.assertIn(("unlink", self.path + b"/moved"), operations)

    def test_open_file_whose_directory_is_deleted_ends_as_deleted(self):
        def live():
            os.mkdir(self.place / "gone")
            os.chdir(self.place / "gone")
            descriptor = write_file("file", b"before")
            os.unlink("file")
            os.rmdir(self.place / "gone")
            os.write(descriptor, b"after")
            os.close(descriptor)

        pid, events = self.events_of(live)
        (block,) = self.blocks_of(events, pid)
        self.assertEqual(block.text("path"), self.path + b"/gone/file")
        self.assertEqual((block.number("bytes_written"), block.number("write_count")), (11, 2))
        self.assertTrue(block.flag("deleted"))
        self.assertEqual(block.number("nlink"), 0)

    def test_program_run_in_a_deleted_directory_has_its_row(self):
        def live():
            os.mkdir(self.place / "gone")
            os.chdir(self.place / "gone")
            os.rmdir(self.place / "gone")
            subprocess.run(["/bin/true", "in a lost place"], check=True)

        pid, events = self.events_of(live)
        (row,) = [row for row in events[1500] if row.number("ppid") == pid and row.values["source"] == "exec"]
        self.assertEqual(row.texts("argv"), [b"/bin/true", b"in a lost place"])
        self.assertIn(row.text("cwd"), (self.path + b"/gone", None))

    def test_paths_follow_a_working_directory_that_is_moved(self):
        def live():
            os.mkdir(self.place / "one")
            os.chdir(self.place / "one")
            os.rename(self.place / "one", self.place / "two")
            os.close(write_file("file", b"12345"))
            os.chmod("file", 0o640)

        pid, events = self.events_of(live)
        (block,) = self.blocks_of(events, pid)
        self.assertEqual(block.text("path"), self.path + b"/two/file")
        (changed,) = [row for row in self.blocks_of(events, pid, "path") if row.values["operation"] == "chmod"]
        self.assertEqual(changed.text("path"), self.path + b"/two/file")


if __name__ == "__main__":
    running.main()
