#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What keeps the agent from starting: each has its exit status, and words that say what to do."""
import os
import shutil

import running


class Refused(running.Case):
    def assert_refused(self, done, status, *patterns):
        said = done.stderr.decode()
        self.assertEqual(done.returncode, status, said)
        for pattern in patterns:
            self.assertRegex(said, pattern)
        self.assertNotRegex(said, "terminate called|Sanitizer|\x1b")
        self.assertLessEqual(len(said.splitlines()), 10, said)

    def run_with(self, text):
        path = self.work / "agent.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return running.run_agent("run", "--for", "100ms", "--data-dir", self.work / "data", "--config", path)


class Configuration(Refused):
    def test_mistake_is_told_with_file_line_and_column(self):
        place = r"agent\.json:{}:\d+: "
        for text, line, about in (('{\n  "hash": {"workers": 0}\n}\n', 2, r"hash\.workers: found 0, allowed: "),
                                  ('{"kernel": {\n"ring_bytes": 1000}}', 2, r"kernel\.ring_bytes: found 1000"),
                                  ('{\n\n"export": {"tsv": ]}', 3, ""), ("{", 1, ""), (b"\xff\xfe{}", 1, ""),
                                  ('{"hash": {"wait": "1 fortnight"}}', 1, "hash.wait: found \"1 fortnight\""), ("[" * 100_000, 1, "")):
            with self.subTest(text[:40]):
                self.assert_refused(self.run_with(text), running.CONFIGURATION, place.format(line) + about)
                self.assertFalse((self.work / "data").exists(), "it began before it knew its configuration")

    def test_escapes_in_a_configuration_are_not_printed(self):
        self.assert_refused(self.run_with(b'{"hash": {"wait": "\\u001b[2J\xc2\x9b31m"}}'), running.CONFIGURATION)

    def test_configuration_that_cannot_be_read_is_told(self):
        fifo = self.work / "fifo"
        os.mkfifo(fifo)
        empty = self.work / "empty.json"
        empty.touch()
        for path in (self.work / "missing.json", self.work, fifo, "/dev/zero", empty):
            with self.subTest(path):
                done = running.run_agent("run", "--for", "100ms", "--data-dir", self.work / "data", "--config", path)
                self.assert_refused(done, running.CONFIGURATION, "cannot read the configuration .+")


class Privilege(Refused):
    def test_without_root_it_says_what_to_do(self):
        program = self.work / "monster-agent"
        shutil.copy(running.PROGRAM, program)
        program.chmod(0o755)
        self.work.chmod(0o755)
        theirs = self.work / "theirs"
        theirs.mkdir()
        os.chown(theirs, running.NOBODY, running.NOBODY)
        nobody = ("setpriv", f"--reuid={running.NOBODY}", f"--regid={running.NOBODY}", "--clear-groups")
        for data in (["--data-dir", theirs / "data"], ["--data-dir", self.work / "data"], []):
            with self.subTest(data):
                done = running.run_agent("run", "--for", "100ms", *data, program=program, before=nobody)
                self.assert_refused(done, running.PRIVILEGE, "run as root")


class Kernel(Refused):
    def test_kernel_without_type_information_is_told(self):
        empty = self.work / "empty"
        empty.touch()
        hide = f'mount --bind {empty} /sys/kernel/btf/vmlinux && exec "$@"'
        before = ("unshare", "--mount", "sh", "-c", hide, "sh")
        done = running.run_agent("run", "--for", "100ms", "--data-dir", self.work / "data", before=before)
        self.assert_refused(done, running.KERNEL, "CONFIG_DEBUG_INFO_BTF")


class Second(Refused):
    def test_second_agent_on_the_same_data_is_refused_and_the_first_goes_on(self):
        first = self.start()
        run_id = (first.data / "state").read_text().split()[0]
        done = running.run_agent("run", "--for", "100ms", "--data-dir", first.data)
        self.assert_refused(done, running.OTHER_AGENT, "another agent uses it", "--data-dir")
        self.assertTrue((first.data / "ready").exists(), "the second took the first's sign of being ready")
        self.assertEqual((first.data / "state").read_text().split()[0], run_id)
        self.end(first)
        self.assert_whole(running.read_events(first.data))

    def test_two_agents_on_two_data_directories_record_the_same(self):
        first = self.start(data=self.work / "one")
        second = self.start(data=self.work / "two")
        mark = self.work / "mark"
        mark.write_text("1")
        running.time.sleep(running.SETTLE)
        for agent in (first, second):
            self.end(agent)
            events = running.read_events(agent.data)
            self.assert_whole(events)
            blocks = [row for row in events[2500] if row.text("path") == os.fsencode(mark)]
            self.assertEqual([row.number("bytes_written") for row in blocks], [1])


if __name__ == "__main__":
    running.main()
