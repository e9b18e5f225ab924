#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`trace` ends as its command did, whatever became of it, and says what it left running."""
import os
import pty
import shutil
import signal
import subprocess
import time

import running

TRACE_FAILED, NOT_EXECUTABLE, NOT_FOUND = 125, 126, 127


class Trace(running.Case):
    def trace(self, *command, before=(), program=None):
        return running.run_agent("trace", "--out", self.work / "out", "--", *command, before=before, program=program)

    def start_trace(self, *command):
        process = subprocess.Popen([running.PROGRAM, "trace", "--out", self.work / "out", "--", *command],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def test_command_that_is_not_there_is_127(self):
        done = self.trace("no-such-program")
        self.assertEqual(done.returncode, NOT_FOUND)
        self.assertRegex(done.stderr.decode(), r"(?m)^monster-agent: cannot run no-such-program: No such file")

    def test_command_that_cannot_be_executed_is_126(self):
        plain = self.work / "plain"
        plain.write_text("not a program")
        for command in (plain, self.work):
            with self.subTest(command):
                done = self.trace(command)
                self.assertEqual(done.returncode, NOT_EXECUTABLE)
                self.assertIn(b"Permission denied", done.stderr)

    def test_status_and_signal_of_the_command_are_those_of_trace(self):
        self.assertEqual(self.trace("sh", "-c", "exit 3").returncode, 3)
        self.assertEqual(self.trace("sh", "-c", "kill -KILL $$").returncode, 128 + signal.SIGKILL)
        self.assertEqual(self.trace("sh", "-c", "kill -TERM $$").returncode, 128 + signal.SIGTERM)

    def test_without_root_it_fails_by_itself_and_does_not_run_the_command(self):
        program = self.work / "monster-agent"
        shutil.copy(running.PROGRAM, program)
        program.chmod(0o755)
        self.work.chmod(0o755)
        mark = self.work / "mark"
        nobody = ("setpriv", f"--reuid={running.NOBODY}", f"--regid={running.NOBODY}", "--clear-groups")
        done = self.trace("touch", mark, before=nobody, program=program)
        self.assertEqual(done.returncode, TRACE_FAILED)
        self.assertIn(b"run as root", done.stderr)
        self.assertFalse(mark.exists())

    def test_signal_is_passed_on_and_the_command_decides(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                shutil.rmtree(self.work / "out", ignore_errors=True)
                ready = self.work / f"ready{number}"
                script = (f"import signal, sys, time, pathlib\n"
                          f"def caught(*_):\n    time.sleep(0.3)\n    sys.exit(42)\n"
                          f"signal.signal({int(number)}, caught)\n"
                          f"pathlib.Path({str(ready)!r}).touch()\nwhile True: time.sleep(1)\n")
                process = self.start_trace("python3", "-c", script)
                running.wait_for(ready.exists, 20, "the command runs")
                process.send_signal(number)
                _, told = process.communicate(timeout=20)
                self.assertEqual(process.returncode, 42, told)
                self.assertIn(b"(exit 42)", told)

    def test_command_that_ignores_signals_is_left_alone_after_the_third(self):
        ready = self.work / "ready"
        process = self.start_trace("sh", "-c", f"trap '' INT; touch {ready}; exec sleep 20")
        running.wait_for(ready.exists, 20, "the command runs")
        for _ in range(3):
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        _, told = process.communicate(timeout=20)
        self.assertEqual(process.returncode, TRACE_FAILED)
        self.assertRegex(told.decode(), r"the command still runs, as process \d+")
        os.kill(int(told.decode().split("as process ")[1].split(";")[0]), signal.SIGKILL)

    def test_ctrl_c_reaches_the_command_once(self):
        ours, theirs = pty.openpty()
        count = self.work / "count"
        ready = self.work / "ready"
        script = (f"import signal, sys, time, pathlib\ncount = 0\n"
                  f"def caught(*_):\n    global count\n    count += 1\n"
                  f"signal.signal(signal.SIGINT, caught)\npathlib.Path({str(ready)!r}).touch()\n"
                  f"end = time.monotonic() + 20\n"
                  f"while not count and time.monotonic() < end: time.sleep(0.05)\n"
                  f"time.sleep(0.5)\npathlib.Path({str(count)!r}).write_text(str(count))\n")
        command = [running.PROGRAM, "trace", "--out", self.work / "out", "--", "python3", "-c", script]
        process = subprocess.Popen(["setsid", "--ctty", "--wait", *command], stdin=theirs, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        running.wait_for(ready.exists, 20, "the command runs")
        os.write(ours, b"\x03")
        self.assertEqual(process.wait(20), 0)
        self.assertEqual(count.read_text(), "1")
        os.close(ours)
        os.close(theirs)

    def test_children_that_outlive_the_command_are_said_to_run(self):
        done = self.trace("sh", "-c", "setsid sleep 5 >/dev/null 2>&1 & exit 0")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr.decode(), r"(?m)\[\d+\] exec .*sleep 5  \(still runs\)$")

    def test_many_acts_are_left_out_of_the_story_and_not_of_the_files(self):
        done = self.trace("python3", "-c", "import os\nfor i in range(1000): open(f'{0}', 'w').write('x')\n"
                          .replace("{0}", f"{self.work}/file") + f"os.unlink('{self.work}/file')\n")
        self.assertEqual(done.returncode, 0)
        told = done.stderr.decode()
        self.assertRegex(told, r"… and \d+ more acts, in the files")
        self.assertLess(len(told.splitlines()), 250)
        blocks = [row for row in running.read_events(self.work / "out")[2500]
                  if row.text("path") == os.fsencode(self.work / "file")]
        self.assertEqual(len(blocks), 1001)


if __name__ == "__main__":
    running.main()
