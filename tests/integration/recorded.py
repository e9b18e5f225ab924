# SPDX-License-Identifier: Apache-2.0
"""Records the workload with `monster-agent trace` and reads the TSV files that this gave, with the standard library."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from comparing.rows import read_events  # noqa: E402

CANNOT_RUN_HERE = (4, 5)
JSON_TYPES = ("text_list", "named_texts", "writer_list", "json")


class Skip(Exception):
    """Why the test cannot run here."""


class Recorded:
    """What the workload says that it did (`truth`), and the rows of every event that the files hold."""

    def __init__(self, agent, folder):
        if os.geteuid() != 0:
            raise Skip("recording needs root")
        self.agent = pathlib.Path(agent)
        self.data = folder / "data"
        self.files = folder / "files"
        self.files.mkdir()
        self.truth = json.loads(self.record())
        self.types = self.column_types()
        self.tables = {}
        for event, rows in read_events(self.data).items():
            name = rows[0].values["event"]
            rows.sort(key=lambda row: row.number("seq"))
            self.tables[name] = [row.values for row in rows]
            self.check_header(name, event)
        self.check_truth(read_events(self.data)[2500])

    def record(self):
        workload = pathlib.Path(__file__).with_name("workload.py")
        command = [self.agent, "trace", "--out", self.data, "--", sys.executable, "-BSE", workload, self.files]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        if not (self.data / "events").is_dir():
            told = done.stderr.decode(errors="replace")
            raise Skip(told) if doctor_status(self.agent) in CANNOT_RUN_HERE else AssertionError(told)
        if done.returncode != 0 or b", 0 lost;" not in done.stderr:
            raise AssertionError(f"trace ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def column_types(self):
        told = subprocess.run([self.agent, "schema", "--format", "json"], capture_output=True, check=True).stdout
        return {event["event"]: {column["name"]: column["type"] for column in event["columns"]}
                for event in json.loads(told)["events"]}

    def check_header(self, name, event):
        assert list(self.tables[name][0]) == list(self.types[name]), f"{event}: the header is not the schema's"

    def check_truth(self, blocks):
        """Every file that the workload wrote has its block, its exact name and its bytes."""
        told = {row.text("path").hex(): row.number("bytes_written") for row in blocks if row.text("operation") is None}
        for path, size in self.truth["written"].items():
            assert told.get(path) == size, f"{bytes.fromhex(path)!r}: {told.get(path)} bytes told, {size} written"

    def compare(self, name, found):
        """`found`: rows in order of seq, column to text as the destination gives it back, None for null."""
        expected, types = self.tables[name], self.types[name]
        assert len(found) == len(expected), f"{name}: {len(found)} rows, the files hold {len(expected)}"
        for number, (row, right) in enumerate(zip(found, expected), 1):
            for column, value in right.items():
                same = normal(row[column], types[column]) == normal(value, types[column])
                assert same, f"{name} row {number} {column}: {row[column]!r}, the file has {value!r}"
        return len(expected)


def doctor_status(agent):
    return subprocess.run([agent, "doctor"], capture_output=True, timeout=60, check=False).returncode


def normal(value, kind):
    """One form for values that a destination may write in its own: JSON and booleans."""
    if value is None:
        return None
    if kind in JSON_TYPES:
        return json.loads(value)
    if kind == "boolean":
        return {"t": "1", "f": "0", "true": "1", "false": "0"}.get(value, value)
    return value
