#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does the bench measure what it says? Without the agent: beside a stand-in, and on figures made up for it."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from measuring import bars, cpu, events, kernel_programs, report, workloads  # noqa: E402
from measuring.figures import Figure, figures_of  # noqa: E402
from measuring.turns import rotated  # noqa: E402

BURN = "import time\nwhile time.process_time() < 0.3: pass\n"
programs = None


def run(place, *arguments, behaviour=""):
    out = pathlib.Path(place) / "result.json"
    command = [sys.executable, HERE / "run", "--agent", HERE / "stand_in_agent.py", "--programs", programs]
    command += ["--place", place, "--json", out, *arguments]
    environment = os.environ | {"STAND_IN": behaviour}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100)
    result = json.loads(out.read_text()) if out.exists() else None
    out.unlink(missing_ok=True)
    return done, result


class Whole(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = folder.name

    def test_run_quick_measures_beside_nothing_and_beside_the_agent(self):
        done, result = run(self.place, "--quick", "--workloads", "sysc,open,memory,replay")
        self.assertEqual(done.returncode, 0, done.stderr)
        taken = [(row["workload"], row["subject"]) for row in result["rows"]]
        expected = [("sysc", "none"), ("sysc", "agent"), ("open", "none"), ("open", "agent"), ("open", "statistics")]
        self.assertEqual(taken, [*expected, ("memory", "agent"), ("replay", "agent")])
        opened = {row["subject"]: row for row in result["rows"] if row["workload"] == "open"}
        self.assertEqual((opened["agent"]["expected"], opened["agent"]["captured"]), (5000, 0), "it records nothing")
        self.assertEqual(opened["agent"]["latency_p99"], 0.25)
        self.assertGreater(result["rows"][5]["rss_anon_idle"], 1 << 20)
        self.assertEqual(os.listdir(self.place), [], "what it made there is gone")
        self.assertEqual(done.stderr, "", "in a pipe it is quiet")

    def test_run_lost_events_are_missed_bars(self):
        done, result = run(self.place, "--reps", "1", "--workloads", "enoent", "--cpu-from", "proc", behaviour="loses")
        self.assertEqual(done.returncode, 1)
        self.assertIn("bar: all lost", result["failures"])
        self.assertEqual({row["cpu_from"] for row in result["rows"]}, {"proc"})
        self.assertIn("control", {row["subject"] for row in result["rows"]})

    def test_run_agent_that_does_not_start_is_a_failure_with_its_words(self):
        done, result = run(self.place, "--quick", "--workloads", "sysc", behaviour="fails")
        self.assertEqual(done.returncode, 1)
        self.assertIn("this kernel lacks what is needed", done.stderr)
        self.assertEqual([row["subject"] for row in result["rows"]], ["none"])

    def test_run_unknown_load_is_a_usage_error(self):
        done, _ = run(self.place, "--workloads", "sysc,nonsense")
        self.assertEqual(done.returncode, 2)
        self.assertIn("nonsense", done.stderr)


class Cpu(unittest.TestCase):
    def check(self, kind):
        if kind != "proc" and cpu.cgroup(kind) is None:
            self.skipTest(f"no cgroup {kind} can be written here")
        group = cpu.open_group(kind)
        self.addCleanup(group.close)
        process = subprocess.Popen(group.wrap([sys.executable, "-c", BURN + "input()"]), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, start_new_session=True)
        group.adopt(process.pid)
        while group.seconds() < 0.25:
            self.assertIsNone(process.poll())
        self.assertIn(process.pid, group.pids())
        process.stdin.write(b"\n")
        process.stdin.flush()
        self.assertEqual(process.wait(10), 0)
        process.communicate()
        self.assertLess(group.seconds(), 1.5)

    def test_cpu_by_cgroup_v1(self):
        self.check("v1")

    def test_cpu_by_cgroup_v2(self):
        self.check("v2")

    def test_cpu_by_proc(self):
        self.check("proc")

    def test_statistics_of_programs_are_restored(self):
        try:
            before = kernel_programs.STATISTICS.read_text()
        except OSError as error:
            self.skipTest(f"no BPF statistics here: {error}")
        with kernel_programs.statistics() as are_on:
            if are_on:
                self.assertEqual(kernel_programs.STATISTICS.read_text().strip(), "1")
        self.assertEqual(kernel_programs.STATISTICS.read_text(), before)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, *lines):
        (self.folder / name).write_text("".join("\t".join(line) + "\n" for line in lines))

    def test_blocks_are_counted_by_place_process_bytes_and_state(self):
        self.write(
            "2500_file_block-x.tsv",
            ("pid", "path", "bytes_written", "created", "operation", "state"),
            ("7", "/p/load/a", "64", "1", r"\N", "final"),
            ("7", "/p/load/b", "64", "1", r"\N", "open"),
            ("8", "/p/load/c", "64", "1", r"\N", "final"),
            ("7", "/q/load/d", "64", "1", r"\N", "final"),
            ("7", "/p/load/e", r"\N", "0", "rename", "final"),
            ("7", "/p/load/f", "65", "0", r"\N", "final"),
        )
        self.assertEqual(events.blocks(self.folder, "/p/load", pid=7, size=64, created=True), 1)
        self.assertEqual(events.blocks(self.folder, "/p/load", size=64, created=True), 2)
        self.assertEqual(events.blocks(self.folder, "/p/load", pid=7, operations=(None, "rename")), 3)

    def test_processes_are_counted_by_parent_and_exec(self):
        self.write("1500_process_create-x.tsv", ("ppid", "source"), ("7", "exec"), ("7", "snapshot"), ("9", "exec"))
        self.assertEqual(events.processes_started(self.folder, 7), 1)

    def test_a_column_that_is_not_there_is_an_error(self):
        self.write("1500_process_create-x.tsv", ("ppid",), ("7",))
        with self.assertRaises(events.IncompleteFiles):
            events.processes_started(self.folder, 7)

    def test_ledger_without_an_end_is_an_error(self):
        columns = ("action", "ledger", "exporters", "counters")
        self.write("9900_agent_health-x.tsv", columns, ("start", "{}", "{}", "{}"))
        with self.assertRaises(events.IncompleteFiles):
            events.Ledger(self.folder)

    def test_ledger_that_does_not_add_up_is_named(self):
        family = {"observed": 9, "suppressed": 1, "condensed": 2, "filtered": 0, "emitted": 3, "lost": 2, "pending": 0}
        exporter = {"given": 3, "queued": 0, "spooled": 0, "acknowledged": 1, "unconfirmed": 0, "dropped": 1}
        columns = ("action", "ledger", "exporters", "counters")
        end = ("stop", json.dumps({"file": family}), json.dumps({"tsv": exporter}), "{}")
        self.write("9900_agent_health-x.tsv", columns, end)
        ledger = events.Ledger(self.folder)
        self.assertEqual((ledger.lost(), sorted(ledger.imbalances())), (3, ["file", "tsv"]))
        self.assertIsNone(ledger.latency("p99"))


def row(subject, turn, wall, **more):
    return {"workload": "w", "subject": subject, "turn": turn, "operations": 100, "wall": wall, "cpu": wall / 2,
            "agent_cpu_for_load": 0.001, "agent_idle_share": 0.0, "others_share": 0.0} | more


def steady(value):
    return Figure(value, value, value, 5)


class Judging(unittest.TestCase):
    bar = bars.Bar("w", "agent", "wall_ratio", 1.2, "", "-")

    def test_ratios_are_of_runs_of_the_same_turn(self):
        rows = [row("none", 0, 1.0), row("agent", 0, 1.5)]
        rows += [row("none", 1, 2.0), row("agent", 1, 2.2), row("control", 1, 2.0)]
        agent = figures_of(rows)["w", "agent"]
        self.assertAlmostEqual(agent["wall_ratio"].median, 1.3)
        self.assertAlmostEqual(agent["wall_ratio"].most, 1.5)
        self.assertAlmostEqual(agent["wall_ratio_beyond_control"].median, 1.1)
        self.assertAlmostEqual(agent["agent_us_per_op"].median, 10.0)

    def test_missing_counts_what_is_too_many_as_well(self):
        rows = [row("agent", 0, 1.0, expected=5, captured=4), row("agent", 1, 1.0, expected=5, captured=7)]
        self.assertEqual(figures_of(rows)["w", "agent"]["missing"].most, 2)

    def test_a_steady_clock_is_judged(self):
        figures = {("w", "control"): {"wall_ratio": steady(1.01)},
                   ("w", "agent"): {"wall_ratio": steady(1.25), "cpu_ratio": steady(1.1)}}
        self.assertEqual(bars.judge(self.bar, figures).word, "miss")

    def test_where_noise_hides_the_bar_the_load_s_cpu_is_judged(self):
        figures = {("w", "control"): {"wall_ratio": steady(0.85)},
                   ("w", "agent"): {"wall_ratio": steady(1.25), "cpu_ratio": steady(1.1)}}
        verdict = bars.judge(self.bar, figures)
        self.assertEqual((verdict.word, verdict.judged_by), ("pass", "cpu_ratio"))

    def test_one_lost_event_in_one_run_is_a_miss(self):
        lost = bars.Bar("all", "agent", "lost", 0, "", "-")
        figures = {("w", "agent"): {"lost": Figure(0, 0, 1, 5)}, ("v", "agent"): {"lost": steady(0)}}
        self.assertEqual(bars.judge(lost, figures).word, "miss")

    def test_every_bar_names_a_load_that_there_is(self):
        loads = {workload.name for workload in workloads.LIST} | {"memory", "replay", "all"}
        for bar in bars.read():
            self.assertIn(bar.workload, loads)
            self.assertIn(bar.subject, ("agent", "statistics"))
        self.assertTrue("\n".join(report.verdicts([bars.judge(bar, {}) for bar in bars.read()])))

    def test_each_subject_is_first_in_turn(self):
        self.assertEqual([rotated([1, 2, 3], turn)[0] for turn in range(4)], [1, 2, 3, 1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="where bench_load is")
    chosen, rest = parser.parse_known_args()
    programs = chosen.programs
    unittest.main(argv=[sys.argv[0], *rest], verbosity=1)
