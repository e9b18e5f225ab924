# SPDX-License-Identifier: Apache-2.0
"""Kernel programs and maps that processes hold, as /proc/PID/fdinfo tells of them."""
import contextlib
import pathlib

STATISTICS = pathlib.Path("/proc/sys/kernel/bpf_stats_enabled")
RING = 27  # BPF_MAP_TYPE_RINGBUF of linux/bpf.h


def held_by(pids):
    """Yields one dictionary for each descriptor of a program or a map."""
    for pid in pids:
        try:
            infos = list(pathlib.Path(f"/proc/{pid}/fdinfo").iterdir())
        except OSError:
            continue
        for info in infos:
            try:
                text = info.read_text()
            except OSError:
                continue
            if "prog_id" in text or "map_id" in text:
                yield dict(map(str.strip, line.split(":", 1)) for line in text.splitlines() if ":" in line)


def run_time(pids):
    """(nanoseconds, runs) of all programs since each was loaded; counts only while statistics are on."""
    programs = {}
    for info in held_by(pids):
        if "run_time_ns" in info:
            programs[info["prog_id"]] = (int(info["run_time_ns"]), int(info["run_cnt"]))
    return sum(ns for ns, _ in programs.values()), sum(runs for _, runs in programs.values())


def map_bytes(pids):
    """(bytes of rings, bytes of all other maps), as the kernel accounts for them."""
    maps = {}
    for info in held_by(pids):
        if "map_id" in info and "memlock" in info:
            maps[info["map_id"]] = (int(info["map_type"]) == RING, int(info["memlock"]))
    return tuple(sum(size for is_ring, size in maps.values() if is_ring == wanted) for wanted in (True, False))


@contextlib.contextmanager
def statistics():
    """Has the kernel time its programs, which slows them a little; yields whether it does. Restores what was."""
    try:
        before = STATISTICS.read_text().strip()
        if before != "1":
            STATISTICS.write_text("1")
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        if before != "1":
            STATISTICS.write_text(before)
