#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of runtime/*.test under `monster-agent trace`. Needs root. Exit status 0, 1, 77 (cannot run here)."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

from comparing.agent import CANNOT_RUN_HERE, SKIPPED, AgentFailed, CannotRunHere, need
from comparing.expectations import failures, parse
from comparing.rows import MalformedFile, read_events

TRACE_FAILED = 125


def run_test(agent, test):
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="e2e_runtime_") as work:
        directory, out = os.path.join(work, "dir"), os.path.join(work, "out")
        os.mkdir(directory)
        command = [agent, "trace", "--out", out, "--", "sh", "-c", test.run]
        done = subprocess.run(command, env=os.environ | {"DIR": directory}, cwd=directory, timeout=60, capture_output=True,
                              check=False)
        told = (done.stdout + done.stderr).decode(errors="replace")
        if done.returncode in CANNOT_RUN_HERE and not os.path.isdir(out):
            raise CannotRunHere(told)
        if done.returncode == TRACE_FAILED or not os.path.isdir(out):
            raise AgentFailed(f"trace ended with {done.returncode}:\n{told}")
        wrong = [] if done.returncode == test.status else [f"status {done.returncode}, not {test.status}:\n{told}"]
        return wrong + failures(test, read_events(out), directory)


def main():
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agent", default="build/dev/src/cli/monster-agent")
    parser.add_argument("--filter", default="", help="only tests whose name contains this")
    options = parser.parse_args()
    tests = [test for path in sorted((here / "runtime").glob("*.test")) for test in parse(path.read_text(encoding="utf-8"))
             if options.filter in test.name]
    failed = 0
    try:
        need(options.agent)
        for test in tests:
            wrong = run_test(os.path.abspath(options.agent), test)
            failed += bool(wrong)
            print("\n  ".join([f"{'FAIL' if wrong else 'ok  '} {test.name}"] + wrong))
    except CannotRunHere as reason:
        print(f"run_runtime: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    except (AgentFailed, MalformedFile) as error:
        print(f"run_runtime: {error}", file=sys.stderr)
        return 1
    print(f"{len(tests) - failed} of {len(tests)} passed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
