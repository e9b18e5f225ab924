# SPDX-License-Identifier: Apache-2.0
"""What runs beside a load: the agent, or something idle in its place."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

from measuring import cpu, events

ENDED_WITH_LOSS = 7
READY_WITHIN = 60
END_WITHIN = 60
QUIET_SHARE = 0.02  # of a CPU: below it the agent has nothing left to do


class AgentFailed(Exception):
    pass


class Subject:
    """One thing to put beside a load. Those that record nothing are run through the very same steps."""

    def __init__(self, name, program=None, config=None, verb=("run",)):
        self.name = name
        self.program = program
        self.config = config
        self.verb = verb

    @property
    def records(self):
        return self.program is not None

    def command(self, top):
        if not self.records:
            return ["sleep", "3600"]
        config = top / "agent.json"
        config.write_text(json.dumps(self.config or {}))
        return [str(self.program), *self.verb, "--config", str(config), "--data-dir", str(top / "data")]


BASELINE = Subject("none")
CONTROL = Subject("control")


def agent(program):
    return Subject("agent", program)


def statistics_only(program):
    return Subject("statistics", program, {"export": {"tsv": {"details": False}}})


def recorder(program, recording, seconds):
    """Writes a recording in place of events."""
    return Subject("record", program, verb=("record", "--out", str(recording), "--for", f"{seconds}s"))


class Running:
    """A subject from its start to its end; `with` ends it whatever happens."""

    def __init__(self, subject, top, cpu_from="auto", patience=20.0, window=1.25):
        self.subject = subject
        self.top = pathlib.Path(top)
        self.data = self.top / "data"
        self.log = self.top / "agent.log"
        self.patience = patience
        self.window = window
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self.group = cpu.open_group(cpu_from)
        self.process = None
        self.idle_share = 0.0  # of a CPU, before the load

    def __enter__(self):
        try:
            with open(self.log, "wb") as log:
                self.process = subprocess.Popen(
                    self.group.wrap(self.subject.command(self.top)),
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                )
            self.group.adopt(self.process.pid)
            self._wait_ready()
            self.idle_share = self.wait_quiet()
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(self, *_):
        self._kill()

    def _wait_ready(self):
        end = time.monotonic() + READY_WITHIN
        while self.subject.records and not (self.data / "ready").exists():
            if self.process.poll() is not None:
                raise AgentFailed(f"{self.subject.program} ended with {self.process.returncode}:\n{self.last_words()}")
            if time.monotonic() > end:
                raise AgentFailed(f"not ready after {READY_WITHIN} s:\n{self.last_words()}")
            time.sleep(0.05)

    def wait_quiet(self):
        """Until it used next to no CPU for one window. Returns the share of a CPU that it used in that window."""
        end = time.monotonic() + self.patience
        while True:
            before, began = self.group.seconds(), time.monotonic()
            time.sleep(self.window)
            share = (self.group.seconds() - before) / (time.monotonic() - began)
            if share < QUIET_SHARE or time.monotonic() > end:
                return share

    def last_words(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    def stop(self):
        """A clean end. Returns the ledger of what told events, else None."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            raise AgentFailed(f"did not end within {END_WITHIN} s of SIGTERM:\n{self.last_words()}") from None
        if not self.subject.records:
            return None
        if status not in (0, ENDED_WITH_LOSS):
            raise AgentFailed(f"ended with {status}:\n{self.last_words()}")
        return events.Ledger(self.data / "events") if self.subject.verb == ("run",) else None

    def _kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
        for pid in self.group.pids():  # what it left behind
            os.kill(pid, signal.SIGKILL)
        self.group.close()

    def anonymous_memory(self):
        """RssAnon in bytes: what the agent itself holds, without files and rings."""
        total = 0
        for pid in self.group.pids():
            try:
                status = pathlib.Path(f"/proc/{pid}/status").read_text()
            except OSError:
                continue
            found = re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
            total += int(found.group(1)) * 1024 if found else 0
        return total
