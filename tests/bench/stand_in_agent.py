#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looks to `run` like an agent and records nothing: for the self-test. STAND_IN says how it behaves."""
import json
import os
import pathlib
import signal
import sys
import time

HEALTH = "9900_agent_health-s1-20260101T000000Z-00000000-1.tsv"
BLOCKS = "2500_file_block-s1-20260101T000000Z-00000000-1.tsv"


def write_files(data, lost):
    folder = pathlib.Path(data, "events")
    folder.mkdir(parents=True, exist_ok=True)
    family = {"suppressed": 1, "condensed": 1, "filtered": 1, "emitted": 4, "lost": lost, "pending": 0}
    family["observed"] = sum(family.values())
    exporter = {"given": 4, "queued": 1, "spooled": 0, "acknowledged": 3, "unconfirmed": 0, "dropped": 0}
    told = ({"file": family}, {"tsv": exporter}, {"tsv_latency_p99_ns": 250_000_000})
    cells = ("stop", *map(json.dumps, told))
    pathlib.Path(folder, HEALTH).write_text("action\tledger\texporters\tcounters\n" + "\t".join(cells) + "\n")
    pathlib.Path(folder, BLOCKS).write_text("path\tpid\tbytes_written\tcreated\toperation\tstate\n")


def after(option):
    return sys.argv[sys.argv.index(option) + 1]


def run():
    json.loads(pathlib.Path(after("--config")).read_text())
    data = pathlib.Path(after("--data-dir"))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    (data / "ready").touch()
    signal.sigwait({signal.SIGTERM})
    lost = 5 if os.environ.get("STAND_IN") == "loses" else 0
    write_files(data, lost)
    return 7 if lost else 0


def record():
    pathlib.Path(after("--out")).write_text("a recording\n")
    return run()


def replay():
    write_files(after("--data-dir"), 0)
    return 0


if os.environ.get("STAND_IN") == "fails":
    sys.exit("this kernel lacks what is needed")
sys.exit({"run": run, "record": record, "replay": replay}[sys.argv[1]]())
