# SPDX-License-Identifier: Apache-2.0
"""Starts the agent, waits until it records, ends it."""
import os
import pathlib
import signal
import subprocess
import time

SKIPPED = 77  # what ctest takes for "not run here"
ENDED_WITH_LOSS = 7
CANNOT_RUN_HERE = (4, 5)  # exit codes: no privilege; this kernel lacks what is needed


class CannotRunHere(Exception):
    pass


class AgentFailed(Exception):
    pass


def need(agent):
    if os.geteuid() != 0:
        raise CannotRunHere("needs root")
    if not pathlib.Path(agent).is_file():
        raise AgentFailed(f"there is no {agent}: build the target monster-agent")


class Agent:
    """`run` with its data in a directory of its own. It is ready when DATA/ready is there or it says `recording`."""

    def __init__(self, program, data, config=None):
        self.data = pathlib.Path(data)
        self.data.mkdir()
        self.log_path = self.data.parent / "agent.log"
        command = [program, "run", "--data-dir", self.data] + (["--config", config] if config else [])
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def wait_ready(self, seconds=30):
        end = time.monotonic() + seconds
        while not (self.data / "ready").exists() and "recording" not in self.log():
            if self.process.poll() is not None:
                raise self.ended()
            if time.monotonic() > end:
                self.process.kill()
                self.process.wait()
                raise AgentFailed(f"not ready after {seconds} s:\n{self.log()}")
            time.sleep(0.05)

    def ended(self):
        status = self.process.returncode
        kind = CannotRunHere if status in CANNOT_RUN_HERE else AgentFailed
        return kind(f"the agent ended with {status}:\n{self.log()}")

    def stop(self, seconds=30):
        """A clean end; whether something was lost."""
        if self.process.poll() is not None:
            raise self.ended()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AgentFailed(f"did not end within {seconds} s of SIGTERM:\n{self.log()}") from None
        if self.process.returncode not in (0, ENDED_WITH_LOSS):
            raise AgentFailed(f"the agent ended with {self.process.returncode}:\n{self.log()}")
        return self.process.returncode == ENDED_WITH_LOSS

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
