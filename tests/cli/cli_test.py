#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What monster-agent prints and how it exits, for the commands that record nothing."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

AGENT = None
SOURCE = None
COMMANDS = ["run", "trace", "record", "replay", "schema", "doctor", "check-config"]
FORMATS = ["tsv", "json", "markdown", "mariadb", "postgres", "lock", "config-schema", "config-reference"]
FINDINGS = {"ok", "note", "warning", "problem"}
STATES = {"in use", "offered", "missing", "not tried"}


def agent(*arguments, **options):
    return subprocess.run([AGENT, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=30, **options)


class CommandLine(unittest.TestCase):
    def test_help_lists_commands_in_order_and_exit_statuses(self):
        done = agent("--help")
        self.assertEqual(done.returncode, 0)
        text = done.stdout.decode()
        listed = re.findall(r"^  ([a-z-]+) {3,}", text.split("Commands:")[1].split("\n\n")[0], re.MULTILINE)
        self.assertEqual(listed, COMMANDS)
        for status in range(8):
            self.assertRegex(text, rf"(?m)^  {status}  \w")

    def test_help_of_each_command_shows_examples(self):
        for command in COMMANDS:
            with self.subTest(command):
                done = agent(command, "--help")
                self.assertEqual(done.returncode, 0)
                self.assertRegex(done.stdout.decode(), rf"(?m)^  monster-agent {command}\b")

    def test_help_names_no_type_and_the_true_defaults(self):
        for command in COMMANDS:
            self.assertNotIn(b" TEXT", agent(command, "--help").stdout, command)
        self.assertIn(b"(default: ./monster-record)", agent("record", "--help").stdout)
        self.assertIn(b"(default: /var/lib/monster-agent)", agent("run", "--help").stdout)

    def test_readme_and_help_have_the_same_exit_statuses(self):
        text = agent("--help").stdout.decode()
        readme = (SOURCE / "README.md").read_text()
        rows = dict(re.findall(r"(?m)^\| (\d) \| (.+) \|$", readme))
        self.assertEqual(set(rows), set("01234567"))
        for status, meaning in re.findall(r"(?m)^  (\d)  (.+)$", text):
            self.assertEqual(rows[status].replace("`doctor`", "`monster-agent doctor`"), meaning)

    def test_error_decides_the_exit_status(self):
        for arguments, status in ((["run", "--for", "soon"], 2), (["run", "--config", "/nonexistent"], 3),
                                  (["trace", "--config", "/nonexistent", "--", "true"], 125),
                                  (["replay", "/nonexistent"], 1), (["replay", "/dev/null"], 1)):
            with self.subTest(arguments):
                done = agent(*arguments)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertEqual(done.stderr.count(b"\n"), 1)

    def test_version_is_that_of_the_project(self):
        project = re.search(r"project\(\S+ VERSION (\S+)", (SOURCE / "CMakeLists.txt").read_text()).group(1)
        self.assertEqual(agent("--version").stdout.decode(), f"monster-agent {project}\n")

    def test_usage_errors_exit_with_2_one_line_and_a_hint(self):
        for arguments in ([], ["shema"], ["--nonsense"], ["schema", "--format", "xml"], ["schema", "--format"],
                          ["doctor", "now"], ["check-config", "a", "b"], ["schema", "doctor"]):
            with self.subTest(arguments):
                done = agent(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, b"")
                self.assertRegex(done.stderr.decode(), r"\Amonster-agent[^\n]*: [^\n]+\nTry `monster-agent[^\n]*`\.\n\Z")

    def test_full_disk_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([AGENT, "schema"], stdout=full, stderr=subprocess.PIPE, timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left", done.stderr)


class Schema(unittest.TestCase):
    def test_every_format_prints(self):
        for name in FORMATS:
            with self.subTest(name):
                done = agent("schema", "--format", name)
                self.assertEqual(done.returncode, 0)
                self.assertGreater(len(done.stdout), 500)
                if name in ("json", "config-schema"):
                    json.loads(done.stdout)

    def test_help_lists_every_format(self):
        text = agent("schema", "--help").stdout.decode()
        self.assertEqual(re.findall(r"^  ([a-z-]+) ", text.split("Formats:")[1], re.MULTILINE), FORMATS)


class CheckConfig(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def check(self, text, *options):
        path = Path(self.folder.name) / "agent.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = agent("check-config", "agent.json", *options, cwd=self.folder.name)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_example_is_valid_for_ever(self):
        for options in ([], ["--strict"]):
            done = agent("check-config", str(SOURCE / "docs/examples/agent.json"), *options)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn(b": ok: TSV files in ", done.stdout)

    def test_mistakes_are_all_told_at_their_place(self):
        status, out, _ = self.check('{\n  "export": {"tsv": {"enabled": 2}},\n  "hash": {"workers": 0}\n}\n')
        self.assertEqual(status, 3)
        lines = out.splitlines()
        self.assertRegex(lines[0], r"^agent\.json:2:\d+: export\.tsv\.enabled: found 2, allowed: ")
        self.assertRegex(lines[1], r"^agent\.json:3:\d+: hash\.workers: found 0, allowed: ")
        self.assertEqual(lines[2], "agent.json: not usable: 2 errors")

    def test_unknown_name_is_a_warning_and_with_strict_an_error(self):
        status, out, _ = self.check('{"exprot": {}}')
        self.assertEqual(status, 0)
        self.assertIn("warning: ", out)
        self.assertIn("agent.json: ok (1 warning): ", out)
        self.assertEqual(self.check('{"exprot": {}}', "--strict")[0], 3)

    def test_broken_and_hostile_files_exit_with_3_and_print_no_escapes(self):
        deep = "[" * 100_000
        for text in ("", "{", "[]", "nonsense", '{"a": 1,}', "\0" * 100, b"\xff\xfe{}", '{"\x1b[2J": 1}', deep,
                     '{"export": {"\\u001b]0;owned\\u0007": 1}', " " * (2 << 20)):
            with self.subTest(text[:20]):
                status, out, error = self.check(text)
                self.assertEqual(status, 3)
                self.assertTrue(out or error)
                self.assertNotIn("\x1b", out + error)
                self.assertNotIn("\x07", out + error)

    def test_what_is_no_file_exits_with_3(self):
        fifo = Path(self.folder.name) / "fifo"
        os.mkfifo(fifo)
        for path in ("missing.json", self.folder.name, str(fifo), "/dev/zero"):
            with self.subTest(path):
                done = agent("check-config", path, cwd=self.folder.name)
                self.assertEqual(done.returncode, 3)
                self.assertRegex(done.stderr.decode(), r"\Amonster-agent: cannot read the configuration [^\n]+\n\Z")

    def test_hostile_file_name_is_escaped(self):
        done = agent("check-config", "\x1b[31mred.json", cwd=self.folder.name)
        self.assertEqual(done.returncode, 3)
        self.assertNotIn(b"\x1b", done.stderr)

    def test_policy_file_is_read_too(self):
        policy = Path(self.folder.name) / "policy.json"
        text = json.dumps({"policy": {"builtin_file": str(policy)}})
        self.assertEqual(self.check(text)[0], 3)
        policy.write_text("nonsense")
        status, _, error = self.check(text)
        self.assertEqual(status, 3)
        self.assertIn("policy.json", error)
        policy.write_text((SOURCE / "src/policy/builtin.json").read_text())
        self.assertEqual(self.check(text)[0], 0)


class Doctor(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def doctor(self, config=None):
        path = Path(self.folder.name) / "agent.json"
        if config is not None:
            path.write_text(config)
        places = ["--config", str(path), "--data-dir", self.folder.name]
        done = agent("doctor", "--json", *places)
        return done.returncode, json.loads(done.stdout), agent("doctor", *places)

    def test_json_says_what_the_text_says(self):
        status, report, text = self.doctor()
        self.assertIn(status, (0, 4, 5))
        self.assertEqual(text.returncode, status)
        self.assertEqual(report["exit_status"], status)
        self.assertTrue({check["finding"] for check in report["checks"]} <= FINDINGS)
        self.assertTrue({hook["state"] for hook in report["hooks"]} <= STATES)
        self.assertIn(report["verdict"], text.stdout.decode())
        for hook in report["hooks"]:
            self.assertIn(hook["hook"], text.stdout.decode())
            self.assertEqual(hook["state"] == "missing", hook["problem"] != "")
            self.assertTrue(hook["lost_without"])

    def test_root_sees_each_needed_hook_in_use_or_5(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        status, report, _ = self.doctor()
        needed = [hook["state"] for hook in report["hooks"] if hook["needed"]]
        self.assertEqual(status == 0, set(needed) == {"in use"})

    def test_without_root_it_exits_with_4_unless_a_hook_is_missing(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to give it up")
        folder = Path(self.folder.name)
        copy = folder / "monster-agent"
        copy.write_bytes(Path(AGENT).read_bytes())
        copy.chmod(0o755)
        folder.chmod(0o755)
        done = subprocess.run([str(copy), "doctor", "--json"], user=65534, group=65534, extra_groups=[],
                              capture_output=True, timeout=30)
        report = json.loads(done.stdout)
        missing = any(hook["needed"] and hook["state"] == "missing" for hook in report["hooks"])
        self.assertEqual(done.returncode, 5 if missing else 4)
        self.assertFalse(report["attached"])

    def test_configuration_is_judged(self):
        excludes = json.dumps({"trace_policy": {"process_image_name": {"exclude": ["a.exe", "/usr/bin/b"]}}})
        found = {check["name"]: check for check in self.doctor(excludes)[1]["checks"]}
        self.assertEqual(found["configuration"]["finding"], "ok")
        self.assertEqual(found["excludes"]["finding"], "warning")
        self.assertEqual(found["excludes"]["value"], "by name alone: a.exe")
        status, report, _ = self.doctor('{"export": 1}')
        found = {check["name"]: check for check in report["checks"]}
        self.assertEqual(found["configuration"]["finding"], "problem")
        self.assertIn(status, (3, 4, 5))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agent", required=True)
    parser.add_argument("--source", type=Path, required=True)
    chosen, rest = parser.parse_known_args()
    AGENT, SOURCE = str(Path(chosen.agent).resolve()), chosen.source
    unittest.main(argv=[sys.argv[0], *rest])
