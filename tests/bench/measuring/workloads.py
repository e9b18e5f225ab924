# SPDX-License-Identifier: Apache-2.0
"""The loads: what each does, how much of it, and how many events must come of it."""
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import time

from measuring import events

EXEC_SECONDS = 10
GIT_FOLDERS, GIT_FILES = 60, 80
MAKE_FILES = 100
MAKE_RULES = """objects = $(patsubst %.c,%.o,$(wildcard *.c))
all: lib.a
lib.a: $(objects)
\tar rcs $@ $(objects)
%.o: %.c
\tcc -O1 -c $< -o $@
"""
MAKE_SOURCE = """#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int f{n}(int x) {{ char b[64]; snprintf(b, sizeof b, "%d", x * {n}); return atoi(b) + (int)strlen(b); }}
"""


class LoadFailed(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    size: int
    quick_size: int
    unit: str
    run: object  # (programs, size, place) -> outcome
    prepare: object = None  # (place): before the agent starts
    expected: object = None  # (outcome) -> events that must come of it
    captured: object = None  # (folder, place, outcome) -> those that came
    more_runs: int = 1  # times as many runs as asked for, where noise is large
    by_default: bool = True
    statistics_too: bool = False  # also with an agent that is told to leave details out


@dataclasses.dataclass(frozen=True)
class Outcome:
    pid: int
    operations: int
    wall: float
    cpu: float
    bytes: int = 0
    told: dict = dataclasses.field(default_factory=dict)


def by_program(name, *arguments):
    """A load of bench_load; PLACE and SIZE in its arguments are filled in."""

    def run(programs, size, place):
        filled = [argument.replace("PLACE", str(place)).replace("SIZE", str(size)) for argument in arguments]
        command = [str(programs / "bench_load"), name, *filled]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        return outcome_of(process, process.communicate()[0])

    return run


def outcome_of(process, line):
    if process.returncode not in (None, 0):
        raise LoadFailed(f"{' '.join(process.args)}: status {process.returncode}")
    told = json.loads(line)
    if told["failed"]:
        raise LoadFailed(f"{' '.join(process.args)}: {told['failed']} of {told['operations']} operations failed")
    return Outcome(process.pid, told["operations"], told["wall"], told["cpu"], told["bytes"], told)


def by_tools(command_lines, operations):
    """A load of ordinary tools: each command line is a pipe of commands, one after the other."""

    def run(_, size, place):
        before = os.times()
        began = time.perf_counter()
        for pipe in command_lines(size, place):
            run_pipe(pipe)
        wall = time.perf_counter() - began
        after = os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return Outcome(os.getpid(), operations(size), wall, cpu)

    return run


def run_pipe(pipe):
    processes, previous = [], subprocess.DEVNULL
    for i, command in enumerate(pipe):
        end = subprocess.DEVNULL if i == len(pipe) - 1 else subprocess.PIPE
        processes.append(subprocess.Popen(command, stdin=previous, stdout=end, stderr=subprocess.DEVNULL))
        previous = processes[-1].stdout
    for process in processes:
        if process.stdout:
            process.stdout.close()
        if process.wait() != 0:
            raise LoadFailed(f"{' '.join(map(str, process.args))}: status {process.returncode}")


def make_pipes(size, place):
    yield [["make", "-C", str(place), "-s", "-j2"]]


def git_pipes(size, place):
    yield from [[["git", "-C", str(place), "status", "--porcelain"]]] * size


def tar_pipes(size, place):
    yield from [[["tar", "cf", "-", "/usr/include"], ["cat"]]] * size


def prepare_file(place):
    (place / "file").write_text("x")


def prepare_make(place):
    for n in range(1, MAKE_FILES + 1):
        (place / f"f{n}.c").write_text(MAKE_SOURCE.format(n=n))
    (place / "Makefile").write_text(MAKE_RULES)


def prepare_git(place):
    """Made once and copied by rename, since making it takes longer than the load."""
    kept = place.parent / "git-tree"
    if not kept.exists():
        for d in range(GIT_FOLDERS):
            (place / f"d{d}").mkdir()
            for f in range(GIT_FILES):
                (place / f"d{d}" / f"f{f}.txt").write_text(f"{d} {f}\n")
        git = ["git", "-C", str(place), "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
            subprocess.run(git + command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.copytree(place, kept, symlinks=True)
        return
    shutil.copytree(kept, place, symlinks=True, dirs_exist_ok=True)
    subprocess.run(["git", "-C", str(place), "status"], check=True, stdout=subprocess.DEVNULL)


def exec_load(rate, quick_seconds):
    return Workload(
        f"exec{rate}", EXEC_SECONDS, quick_seconds, "process",
        by_program("exec", str(rate), "SIZE"),
        expected=lambda outcome: outcome.operations,
        captured=lambda folder, place, outcome: events.processes_started(folder, outcome.pid),
    )


def created_files(folder, place, outcome):
    return events.blocks(folder, place, pid=outcome.pid, size=64, created=True)


def exact_block(folder, place, outcome):
    return events.blocks(folder, place, pid=outcome.pid, size=outcome.bytes)


def acts_on_paths(folder, place, outcome):
    return events.blocks(folder, place, pid=outcome.pid, operations=(None, "rename", "chmod", "unlink"))


def connections(folder, place, outcome):
    return events.connections_made(folder, outcome.pid)


def operations(outcome):
    return outcome.operations


LIST = [
    Workload("sysc", 5_000_000, 500_000, "call", by_program("sysc", "SIZE")),
    Workload("enoent", 1_000_000, 100_000, "open", by_program("enoent", "SIZE", "PLACE/missing")),
    Workload("unixsock", 1_000_000, 50_000, "round trip", by_program("unixsock", "SIZE")),
    Workload("mmap", 1_000_000, 50_000, "pair", by_program("mmap", "SIZE")),
    exec_load(100, 1),
    exec_load(400, 1),
    exec_load(1600, 1),
    Workload("open", 100_000, 5_000, "file", by_program("open", "SIZE", "PLACE"),
             expected=operations, captured=created_files, statistics_too=True),
    Workload("reopen", 1_000_000, 100_000, "open", by_program("reopen", "SIZE", "PLACE/file"), prepare=prepare_file),
    Workload("write", 1_000_000, 50_000, "write", by_program("write", "SIZE", "PLACE/big"),
             expected=lambda outcome: 1, captured=exact_block),
    Workload("pathop", 50_000, 2_000, "file", by_program("pathop", "SIZE", "PLACE"),
             expected=lambda outcome: 4 * outcome.operations, captured=acts_on_paths),
    Workload("tcp", 20_000, 1_000, "connection", by_program("tcp", "SIZE"),
             expected=operations, captured=connections, by_default=False),
    Workload("make", MAKE_FILES, MAKE_FILES, "file", by_tools(make_pipes, lambda size: MAKE_FILES),
             prepare=prepare_make, more_runs=3),
    Workload("git", 40, 5, "status", by_tools(git_pipes, lambda size: size), prepare=prepare_git, more_runs=3),
    Workload("tar", 3, 1, "archive", by_tools(tar_pipes, lambda size: size)),
]


def fresh_place(top):
    place = pathlib.Path(top) / "load"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    return place
