# SPDX-License-Identifier: Apache-2.0
"""What every test of this folder needs: an agent with a data directory of its own, and what must hold of its output."""
import argparse
import collections
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from comparing.agent import CANNOT_RUN_HERE, SKIPPED, Agent, AgentFailed, CannotRunHere, need  # noqa: E402
from comparing.integrity import EXPORTER, LEDGER, Integrity, family_of, named  # noqa: E402
from comparing.report import Report  # noqa: E402
from comparing.rows import read_events  # noqa: E402

ENDED, FAILED, CONFIGURATION, PRIVILEGE, KERNEL, OTHER_AGENT, LOSS = 0, 1, 3, 4, 5, 6, 7
PEAK_MIB = 200  # of the agent in memory at any time, rings and its own program included
SETTLE = 0.3
NOBODY = 65534

PROGRAM = None
TRIGGERS = None


class RunningAgent(Agent):
    """An agent of our own; unlike Agent, its data directory may be there already, and what it says goes where it is told."""

    def __init__(self, work, config=None, data=None, said=None, environment=None, before=()):
        work = pathlib.Path(work)
        self.data = pathlib.Path(data or work / "data")
        self.log_path = pathlib.Path(tempfile.mkstemp(dir=work, prefix="agent_", suffix=".log")[1])
        (self.data / "ready").unlink(missing_ok=True)  # of a run that was killed: wait_ready() must not take it for ours
        command = [*before, PROGRAM, "run", "--data-dir", self.data]
        if config is not None:
            path = work / "agent.json"
            path.write_text(json.dumps(config))
            command += ["--config", path]
        with open(self.log_path, "wb") as log:
            out = log if said is None else said
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            env=os.environ | (environment or {}))

    @property
    def pid(self):
        return self.process.pid

    def status_of(self, name):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
        raise AgentFailed(f"no {name} in its status")

    def peak_mib(self):
        return self.status_of("VmHWM") / 1024

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def run_agent(*arguments, program=None, seconds=30, before=()):
    """The program to its end, with any arguments; `before` is what starts it (setpriv, unshare)."""
    return subprocess.run([*before, program or PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=seconds, check=False)


class Case(unittest.TestCase):
    """A test with a directory of its own on ext4, which is gone afterwards."""

    maxDiff = 2000

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir="/var/tmp", prefix="e2e_bad_input_")
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)

    def start(self, **options):
        agent = RunningAgent(self.work, **options)
        self.addCleanup(agent.__exit__)
        agent.wait_ready()
        return agent

    def end(self, agent, status=ENDED, seconds=60):
        """Ends it; its exit status and its memory are as they must be."""
        peak = agent.peak_mib()
        agent.stop(seconds)
        self.assertEqual(agent.process.returncode, status, agent.log())
        self.assertLess(peak, PEAK_MIB, "MiB of the agent at its peak")
        return peak

    def mount_tmpfs(self, name, size):
        place = self.work / name
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "none", place], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", place], check=False)
        return place

    def storm(self, seconds, jobs=2):
        directory = pathlib.Path(tempfile.mkdtemp(dir=self.work, prefix="storm_"))
        return subprocess.Popen([TRIGGERS / "storm", directory, str(seconds), str(jobs)], stdout=subprocess.PIPE)

    def assert_whole(self, events):
        """Nothing lost: keys, blocks, numbers and the ledger are right."""
        report = Report()
        Integrity(events, report).check()
        unknown = {row.values["process_key"] for rows in events.values() for row in rows} - {
            row.values["process_key"] for row in events.get(1500, [])} - {None}
        whose = [row.values for rows in events.values() for row in rows if row.values["process_key"] in unknown]
        self.assertFalse(report.failed, ([f"{what}: {details[:3]}" for whats in report.wrong.values()
                                          for what, details in whats.items()], whose[:2]))

    def assert_balanced(self, events, stop=None):
        """Every family and exporter comes out even, and the rows on disk are those that it says. Gives the ledger."""
        stop = stop or stop_row(events)
        ledger = named(stop.json("ledger"))
        for family, entry in ledger.items():
            self.assertEqual(entry["observed"], sum(entry[part] for part in LEDGER), (family, entry))
            self.assertEqual(entry["pending"], 0, (family, entry))
        exporter = named(stop.json("exporters"))["tsv"]
        self.assertEqual(exporter["given"], sum(exporter[part] for part in EXPORTER), exporter)
        return ledger

    def assert_emitted(self, counts, ledger):
        """`counts`: rows on disk by event id. For runs in which no exporter dropped any."""
        rows = collections.Counter()
        for event, count in counts.items():
            rows[family_of(event)] += count
        rows["agent"] -= 1  # the last report cannot count itself
        for family, entry in ledger.items():
            self.assertIn(rows[family] - entry["emitted"], (0, -1) if family == "agent" else (0,), (family, rows, entry))

    def assert_told(self, events, ledger):
        """The 9901 rows say of each family how much of it was lost, and why."""
        told = collections.Counter()
        for row in events.get(9901, []):
            self.assertTrue(row.values["reason"] and row.values["stage"], row.values)
            self.assertLessEqual(row.number("from"), row.number("to"), row.values)
            told[row.values["family"]] += row.number("count")
        for family, entry in ledger.items():
            self.assertEqual(told[family], entry["lost"], (family, [row.values for row in events.get(9901, [])]))


def stop_row(events):
    stops = [row for row in events.get(9900, []) if row.values["action"] == "stop"]
    if not stops:
        raise AssertionError("there is no 9900 with action stop")
    return max(stops, key=lambda row: row.number("time"))


def files_of(data, event):
    return sorted(path for path in (pathlib.Path(data) / "events").iterdir() if path.name.startswith(f"{event}_"))


def columns_of(data, event, columns):
    """These columns of each row, as they stand in the file: for more rows than read_events() reads in time."""
    for path in files_of(data, event):
        with open(path, "rb") as file:
            header = file.readline().decode().rstrip("\n").split("\t")
            places = [header.index(column) for column in columns]
            for line in file:
                fields = line.rstrip(b"\n").split(b"\t")
                if len(fields) != len(header) or not line.endswith(b"\n"):
                    raise AssertionError(f"{path.name}: a row that is not whole: {line[:200]!r}")
                yield [fields[place] for place in places]


def row_counts(data):
    counts = collections.Counter()
    for path in (pathlib.Path(data) / "events").iterdir():
        if path.name.endswith((".tsv", ".part")):
            with open(path, "rb") as file:
                counts[int(path.name.split("_")[0])] += sum(1 for _ in file) - 1
    return counts


def small_events(data, *wanted):
    """Only these events, whole: the agent's own reports among a million others."""
    events = {}
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="e2e_bad_input_") as place:
        for event in wanted:
            for path in files_of(data, event):
                os.link(path, pathlib.Path(place) / path.name)
        events = read_events(place)
    return events


def wait_for(met, seconds, what):
    end = time.monotonic() + seconds
    while not met():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def main():
    global PROGRAM, TRIGGERS
    parser = argparse.ArgumentParser()
    parser.add_argument("--agent", default="build/dev/src/cli/monster-agent")
    parser.add_argument("--triggers", type=pathlib.Path, default=pathlib.Path("build/dev/tests/e2e"))
    chosen, rest = parser.parse_known_args()
    PROGRAM, TRIGGERS = os.path.abspath(chosen.agent), chosen.triggers.resolve()
    # The tests are in __main__, which has this file as `running`.
    sys.modules["running"].PROGRAM, sys.modules["running"].TRIGGERS = PROGRAM, TRIGGERS
    try:
        need(PROGRAM)
        doctor = run_agent("doctor")
        if doctor.returncode in CANNOT_RUN_HERE:
            raise CannotRunHere(doctor.stdout.decode())
    except CannotRunHere as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main(module="__main__", argv=[sys.argv[0], *rest], verbosity=2)
