#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the agent and the trigger programs, and compares. Needs root. Exit status 0, 1 (differs), 77 (cannot run here)."""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

import compare
from comparing.agent import SKIPPED, Agent, AgentFailed, CannotRunHere, need
from comparing.rows import MalformedFile, read_events, read_truth

PLACES = {"ext4": ("/var/tmp", "ext2/ext3"), "tmpfs": ("/dev/shm", "tmpfs")}
SETTLE = 0.3  # seconds between the last life and the stop: the end of a killed child is not waited for


def place_for(fs, given):
    directory, name = PLACES[fs]
    directory = given or directory
    found = subprocess.run(["stat", "-f", "-c", "%T", directory], check=True, capture_output=True, text=True).stdout.strip()
    if found != name:
        raise CannotRunHere(f"{directory} is {found}, not {fs}; name another with --dir")
    return directory


def start_lives(options, program, work, rounds):
    directory = work / program
    directory.mkdir()
    kinds = options.kinds if program == options.only else "all"
    command = [options.triggers / program, "--dir", directory, "--truth", work / f"{program}.truth", "--rounds", str(rounds),
               "--jobs", str(options.jobs), "--seed", str(options.seed), "--kinds", kinds]
    return subprocess.Popen(command)


def start_storm(options, work):
    directory = work / "storm"
    directory.mkdir()
    return subprocess.Popen([options.triggers / "storm", directory, str(options.storm), "2"])


def live(options, work):
    """All trigger programs at once; the files with what they printed."""
    running = [start_storm(options, work)] if options.storm else []
    programs = [options.only] if options.only else ["file_life", "process_life"]
    running += [start_lives(options, program, work, options.rounds) for program in programs]
    statuses = [process.wait(timeout=600) for process in running]
    if any(statuses):
        raise AgentFailed(f"a trigger program failed: {statuses}")
    return [work / f"{program}.truth" for program in programs]


def run_once(options, fs):
    with tempfile.TemporaryDirectory(dir=place_for(fs, options.dir), prefix="e2e_lives_") as lives, \
            tempfile.TemporaryDirectory(dir="/var/tmp", prefix="e2e_data_") as data:
        try:
            with Agent(options.agent, pathlib.Path(data) / "data", options.config) as agent:
                agent.wait_ready()
                truth_files = live(options, pathlib.Path(lives))
                time.sleep(SETTLE)
                lost = agent.stop()
            truths, events = read_truth(truth_files), read_events(agent.data)
            report = compare.compare(truths, events, options.slack_ms)
            if lost:
                report.problem("(agent)", "ended with loss", agent.log())
        finally:
            subprocess.run(["chattr", "-R", "-f", "-i", lives], check=False, stderr=subprocess.DEVNULL)
            if options.keep:
                subprocess.run(["cp", "-a", data, lives, options.keep], check=True)
    print(f"== {fs}: {len(truths)} lines of truth, {sum(map(len, events.values()))} events")
    report.print(sys.stdout, options.examples)
    return not report.failed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agent", default="build/dev/src/cli/monster-agent")
    parser.add_argument("--triggers", type=pathlib.Path, default=pathlib.Path("build/dev/tests/e2e"))
    parser.add_argument("--fs", choices=["ext4", "tmpfs", "all"], default="all")
    parser.add_argument("--dir", help="an existing directory on that file system")
    parser.add_argument("--config", help="configuration for the agent; its own default if not given")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--storm", type=int, default=0, help="seconds of noise beside the lives")
    parser.add_argument("--only", choices=["file_life", "process_life"], help="one trigger program")
    parser.add_argument("--kinds", default="all", help="with --only: kinds of it, by comma")
    parser.add_argument("--slack-ms", type=int, default=50)
    parser.add_argument("--examples", type=int, default=3)
    parser.add_argument("--keep", help="an existing directory to copy events and files to")
    return parser.parse_args()


def main():
    options = arguments()
    try:
        need(options.agent)
        good = [run_once(options, fs) for fs in (["ext4", "tmpfs"] if options.fs == "all" else [options.fs])]
    except CannotRunHere as reason:
        print(f"run_truth: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    except (AgentFailed, MalformedFile) as error:
        print(f"run_truth: {error}", file=sys.stderr)
        return 1
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
