#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A data directory that somebody else prepared: the agent, who is root, writes to no place of another's choice."""
import os
import pathlib

import running


def contents(place):
    """Every name below it, with what a write would change."""
    found = {}
    for path in sorted(pathlib.Path(place).rglob("*")):
        status = path.lstat()
        found[str(path)] = (status.st_mode, status.st_uid, status.st_size, status.st_nlink,
                            path.read_bytes() if path.is_file() and not path.is_symlink() else None)
    return found


class Planted(running.Case):
    def setUp(self):
        super().setUp()
        self.victim = self.work / "victim"
        self.victim.mkdir()
        (self.victim / "shadow").write_text("precious\n")
        self.before = contents(self.victim)
        self.data = self.work / "data"

    def run_here(self, data=None):
        return running.run_agent("run", "--for", "300ms", "--data-dir", data or self.data)

    def assert_untouched(self):
        self.assertEqual(contents(self.victim), self.before)

    def assert_refused(self, done, *words):
        said = done.stderr.decode()
        self.assertEqual(done.returncode, running.FAILED, said)
        for word in words:
            self.assertIn(word, said)
        self.assert_untouched()

    def test_directory_of_another_user_is_refused(self):
        self.data.mkdir(mode=0o700)
        os.chown(self.data, running.NOBODY, running.NOBODY)
        self.assert_refused(self.run_here(), "it belongs to another user", "--data-dir")
        self.assertEqual(list(self.data.iterdir()), [])

    def test_directory_that_is_a_link_is_refused(self):
        self.data.symlink_to(self.victim)
        for owner in (running.NOBODY, 0):
            os.chown(self.data, owner, owner, follow_symlinks=False)
            for data in (self.data, f"{self.data}/", f"{self.data}//"):
                with self.subTest(data):
                    self.assert_refused(self.run_here(data), "it is a symbolic link", "--data-dir")

    def test_directory_that_everybody_may_write_is_refused(self):
        self.data.mkdir()
        for mode in (0o777, 0o1777, 0o770):
            with self.subTest(oct(mode)):
                self.data.chmod(mode)
                self.assert_refused(self.run_here(), "others may write to it")

    def test_file_in_place_of_the_directory_is_told(self):
        self.data.write_text("")
        self.assert_refused(self.run_here(), str(self.data))

    def test_events_that_is_a_link_is_refused(self):
        self.data.mkdir(mode=0o700)
        (self.data / "events").symlink_to(self.victim)
        self.assert_refused(self.run_here(), "events")

    def test_links_named_like_the_agents_own_files_are_not_followed(self):
        for name in ("state", "state.part", "ready"):
            with self.subTest(name):
                data = self.work / f"data_{name}"
                data.mkdir(mode=0o700)
                (data / name).symlink_to(self.victim / "shadow")
                done = self.run_here(data)
                self.assertEqual(done.returncode, running.ENDED, done.stderr.decode())
                self.assert_untouched()
                self.assertFalse((data / name).is_symlink())

    def test_lock_that_is_a_link_is_refused(self):
        self.data.mkdir(mode=0o700)
        (self.data / "lock").symlink_to(self.victim / "shadow")
        self.assert_refused(self.run_here(), "lock")

    def test_links_named_like_part_files_are_left_alone(self):
        events = self.data / "events"
        self.data.mkdir(mode=0o700)
        events.mkdir(mode=0o700)
        linked = [events / f"{event}_x-s1-20260101T000000Z-00000000-1.tsv.part" for event in (1500, 2500, 9900)]
        linked += [events / "2500_file_block-s1-20260101T000000Z-00000000-2.tsv.part", events / "2500.part"]
        for path in linked:
            path.symlink_to(self.victim / "shadow")
        os.link(self.victim / "shadow", events / "1500_process_create-s1-20260101T000000Z-00000000-3.tsv.part")
        self.before = contents(self.victim)
        done = self.run_here()
        self.assertEqual(done.returncode, running.ENDED, done.stderr.decode())
        self.assert_untouched()
        for path in linked:
            self.assertTrue(path.is_symlink(), path)

    def test_part_files_full_of_nonsense_are_survived(self):
        events = self.data / "events"
        self.data.mkdir(mode=0o700)
        events.mkdir(mode=0o700)
        name = "2500_file_block-s1-20260101T000000Z-{:08x}-1.tsv.part"
        nonsense = [b"", b"\0" * 100_000, b"\xff" * 1000, b"a\tb\n1\n2\t3\t4\n", b"no newline", b"\n" * 10_000, b"x" * (8 << 20)]
        for number, text in enumerate(nonsense):
            (events / name.format(number)).write_bytes(text)
        os.mkfifo(events / name.format(99))
        (events / name.format(100)).mkdir()
        (events / ("2500_" + "x" * 240 + ".part")).touch()
        done = self.run_here()
        self.assertEqual(done.returncode, running.ENDED, done.stderr.decode())
        own = [path for path in running.files_of(self.data, 9900) if "-00000" not in path.name]
        self.assertEqual(len(own), 1)


if __name__ == "__main__":
    running.main()
