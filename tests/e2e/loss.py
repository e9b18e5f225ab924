#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is lost is told: the agent is stopped until its ring overflows, and then 9901, the ledger and the summary agree.

Needs root. Exit status 0, 1, 77 (cannot run here).
"""
import argparse
import json
import os
import pathlib
import signal
import sys
import tempfile
import time

from comparing.agent import SKIPPED, Agent, AgentFailed, CannotRunHere, need
from comparing.rows import read_events

FILES = 3000  # blocks of some 400 bytes: many times what the smallest ring holds


def make_files(folder, count):
    for number in range(count):
        path = os.path.join(folder, f"file{number}")
        with open(path, "wb") as file:
            file.write(b"x")
        os.unlink(path)


def in_child(work):
    """(pid, descriptor) of a child that did `work` and lives until the descriptor is closed."""
    done, tell_done = os.pipe()
    wait_on, go_on = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(done)
        os.close(go_on)
        work()
        os.close(tell_done)
        os.read(wait_on, 1)
        os._exit(0)
    os.close(tell_done)
    os.close(wait_on)
    os.read(done, 1)
    os.close(done)
    return pid, go_on


def record(agent, work):
    """(log, rows by event) of a run in which the reader slept through FILES files and saw one more."""
    folder = work / "files"
    folder.mkdir()
    config = work / "agent.json"
    config.write_text(json.dumps({"kernel": {"ring_bytes": "64KiB"}}), encoding="ascii")
    with Agent(agent, work / "data", config) as running:
        running.wait_ready()
        running.process.send_signal(signal.SIGSTOP)
        loser, go_on = in_child(lambda: make_files(folder, FILES))
        running.process.send_signal(signal.SIGCONT)
        time.sleep(2.5)
        os.close(go_on)  # its end must find room in the ring
        os.waitpid(loser, 0)
        (folder / "after").write_bytes(b"x")
        time.sleep(0.2)
        if not running.stop():
            raise AgentFailed(f"nothing was lost, or it was not told:\n{running.log()}")
        return running.log(), read_events(work / "data"), loser


def problems_of_the_loser(events, pid):
    """Who lost is named by 9901, and its 1501 has the same sum."""
    (exit_row,) = [row for row in events[1501] if row.number("pid") == pid]
    named = sum(row.number("count") for row in events.get(9901, []) if row.number("pid") == pid)
    if not named or exit_row.number("lost") != named:
        yield f"1501 says that the process lost {exit_row.values['lost']}, 9901 name it with {named}"
    others = [row for row in events[1501] if row.number("pid") != pid and row.number("lost") is None]
    if others:
        yield f"{len(others)} processes do not know what they lost"


def problems(log, events, loser, folder):
    stop = max((row for row in events[9900] if row.text("action") == b"stop"), key=lambda row: row.number("seq"))
    ledger = stop.json("ledger")
    rows = events.get(9901, [])
    told = {}
    for row in rows:
        told[row.text("family").decode()] = told.get(row.text("family").decode(), 0) + row.number("count")
    for family, entry in ledger.items():
        if entry["lost"] != told.get(family, 0):
            yield f"{family}: the ledger lost {entry['lost']}, 9901 tell {told.get(family, 0)}"
    if not told.get("file"):
        yield "no 9901 tells of files"
    total = sum(told.values())
    if f"\nlost {total}\n" not in log:
        yield f"the summary does not say `lost {total}`:\n{log}"
    yield from problems_of_the_loser(events, loser)
    seen = {row.text("path") for row in events[2500]}
    absent = sum(os.fsencode(folder / f"file{n}") not in seen for n in range(FILES))
    if not 0 < absent <= told.get("file", 0):
        yield f"{absent} of {FILES} files have no block, but {told.get('file', 0)} losses are told"
    if os.fsencode(folder / "after") not in seen:
        yield "what happened after the loss was not recorded"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agent", default="build/dev/src/cli/monster-agent")
    agent = parser.parse_args().agent
    try:
        need(agent)
        with tempfile.TemporaryDirectory(prefix="e2e_loss_", dir="/var/tmp") as work:
            work = pathlib.Path(work)
            found = list(problems(*record(agent, work), work / "files"))
    except CannotRunHere as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    except AgentFailed as error:
        found = [str(error)]
    for problem in found:
        print(problem)
    print("what is lost is told by 9901 agent_loss" if not found else "FAILED")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
