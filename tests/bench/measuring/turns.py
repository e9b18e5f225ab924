# SPDX-License-Identifier: Apache-2.0
"""One measurement: one load beside one subject. And the order in which many are taken."""
import os
import pathlib
import resource
import shutil
import subprocess
import time

from measuring import agents, events, kernel_programs, workloads
from measuring.agents import Running

HELD_FILES, HELD_BY_EACH, QUICK_HELD_FILES = 100_000, 10_000, 2_000
REPLAY_FILES, QUICK_REPLAY_FILES = 500_000, 5_000
RECORD_AT_MOST = 120  # seconds
RECORDS_OF_A_FILE = 2  # opened, and its block


class Bench:
    """What all measurements of one bench have in common."""

    def __init__(self, top, programs, cpu_from="auto", quick=False):
        self.top = pathlib.Path(top)
        self.programs = programs
        self.cpu_from = cpu_from
        self.quick = quick

    def beside(self, subject):
        patience, window = (5.0, 0.25) if self.quick else (20.0, 1.25)
        return Running(subject, self.top, self.cpu_from, patience, window)

    def size_of(self, workload):
        return workload.quick_size if self.quick else workload.size

    def measure(self, workload, subject):
        """Figures of one run of the load, as a flat dictionary."""
        place = workloads.fresh_place(self.top)
        if workload.prepare:
            workload.prepare(place)
        with self.beside(subject) as running:
            row = self._run_load(workload, running, place)
            ledger = running.stop()
        if ledger:
            row |= told_by(ledger, self.top / "data" / "events", row["operations"])
            if workload.expected:
                row["expected"] = workload.expected(row["outcome"])
                row["captured"] = workload.captured(self.top / "data" / "events", place, row["outcome"])
        del row["outcome"]
        shutil.rmtree(place)
        return {"workload": workload.name, "subject": subject.name} | row

    def _run_load(self, workload, running, place):
        programs_before = kernel_programs.run_time(running.group.pids())
        cpu_before, busy_before, began = running.group.seconds(), busy_seconds(), time.monotonic()
        outcome = workload.run(self.programs, self.size_of(workload), place)
        share_after = running.wait_quiet()
        used, took = running.group.seconds() - cpu_before, time.monotonic() - began
        others = busy_seconds() - busy_before - outcome.cpu - used
        programs = kernel_programs.run_time(running.group.pids())
        idle = min(running.idle_share, share_after)
        return {
            "outcome": outcome,
            "operations": outcome.operations,
            "wall": outcome.wall,
            "cpu": outcome.cpu,
            "others_share": max(0.0, others / took),
            "agent_cpu": used,
            "agent_idle_share": idle,
            "agent_cpu_for_load": max(0.0, used - idle * took),
            "program_ns": programs[0] - programs_before[0],
            "program_runs": programs[1] - programs_before[1],
            "rss_anon": running.anonymous_memory(),
            "cpu_from": running.group.kind,
        } | {key: outcome.told[key] for key in ("p50_us", "p99_us") if key in outcome.told}

    def measure_memory(self, subject):
        """RssAnon idle and with many files held open for writing; rings and other maps apart."""
        place = workloads.fresh_place(self.top)
        files = QUICK_HELD_FILES if self.quick else HELD_FILES
        resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        each = min(HELD_BY_EACH, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100)
        with self.beside(subject) as running:
            rings, maps = kernel_programs.map_bytes(running.group.pids())
            row = {"workload": "memory", "subject": subject.name, "rss_anon_idle": running.anonymous_memory()}
            command = [str(self.programs / "bench_load"), "held", str(files), str(each), str(place)]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            try:
                workloads.outcome_of(process, process.stdout.readline())
                running.wait_quiet()
                row["rss_anon_held"] = running.anonymous_memory()
            finally:
                process.communicate()
            running.wait_quiet()
            row |= {"rss_anon_after": running.anonymous_memory(), "rings": rings, "maps": maps, "operations": files}
            ledger = running.stop()
        row |= told_by(ledger, self.top / "data" / "events", files)
        row |= {"expected": files, "captured": events.blocks(self.top / "data" / "events", place, size=1, created=True)}
        shutil.rmtree(place)
        return row

    def measure_replay(self, program):
        """CPU of turning one recording of the load `open` into TSV, for each million of its records."""
        place = workloads.fresh_place(self.top)
        recording, data = self.top / "open.recording", self.top / "replayed"
        for left in (recording, recording.with_name(recording.name + ".part")):
            left.unlink(missing_ok=True)
        files = QUICK_REPLAY_FILES if self.quick else REPLAY_FILES
        self._record(program, recording, files, place)
        shutil.rmtree(data, ignore_errors=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run_to_end([str(program), "replay", str(recording), "--data-dir", str(data)], 300)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        captured = events.blocks(data / "events", place, size=64, created=True)
        shutil.rmtree(place)
        shutil.rmtree(data)
        size = recording.stat().st_size
        recording.unlink()
        return {
            "workload": "replay", "subject": "agent", "operations": files * RECORDS_OF_A_FILE, "replay_cpu": cpu,
            "expected": files, "captured": captured, "recording_bytes": size,
        }

    def _record(self, program, recording, files, place):
        load = next(workload for workload in workloads.LIST if workload.name == "open")
        with self.beside(agents.recorder(program, recording, RECORD_AT_MOST)) as running:
            load.run(self.programs, files, place)
            running.wait_quiet()
            running.stop()
        if not recording.exists():
            raise workloads.LoadFailed(f"record made no {recording.name}:\n{running.last_words()}")


def busy_seconds():
    """CPU time of the whole machine, all but idle and waiting."""
    user, nice, system, _, _, irq, softirq = map(int, pathlib.Path("/proc/stat").read_text().split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def run_to_end(command, seconds):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds)
    if done.returncode != 0:
        raise workloads.LoadFailed(f"{' '.join(command)}: status {done.returncode}: {done.stderr[-800:]}")


def told_by(ledger, folder, operations):
    return {
        "lost": ledger.lost(),
        "imbalances": sorted(ledger.imbalances()),
        "latency_p50": ledger.latency("p50"),
        "latency_p99": ledger.latency("p99"),
        "bytes_per_operation": events.bytes_written(folder) / operations,
    }


def rotated(subjects, turn):
    """Each subject is first as often as the others: what warms up or wears out falls on all alike."""
    shift = turn % len(subjects)
    return subjects[shift:] + subjects[:shift]
