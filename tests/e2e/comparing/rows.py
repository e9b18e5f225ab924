# SPDX-License-Identifier: Apache-2.0
"""Reads the agent's TSV files: rows by column name, texts as the exact bytes of the host."""
import calendar
import json
import pathlib
import time

ESCAPES = {ord("t"): b"\t", ord("n"): b"\n", ord("r"): b"\r", ord("\\"): b"\\", ord("0"): b"\0"}


class MalformedFile(Exception):
    """A file that is not TSV as the contract has it."""


def unescape(field):
    """The text of one column, or None for null."""
    if field == b"\\N":
        return None
    if b"\\" not in field:
        return field.decode("utf-8")
    out = bytearray()
    at = 0
    while at < len(field):
        if field[at] != ord("\\"):
            out.append(field[at])
            at += 1
            continue
        if at + 1 >= len(field) or field[at + 1] not in ESCAPES:
            raise MalformedFile(f"unknown escape in {field!r}")
        out += ESCAPES[field[at + 1]]
        at += 2
    return out.decode("utf-8")


def time_ns(text):
    """2026-01-02T03:04:05.123456789Z as nanoseconds since 1970."""
    day_time, fraction = text.rstrip("Z").split(".")
    if len(fraction) != 9 or not text.endswith("Z"):
        raise MalformedFile(f"not a time with 9 digits in UTC: {text}")
    return calendar.timegm(time.strptime(day_time, "%Y-%m-%dT%H:%M:%S")) * 1_000_000_000 + int(fraction)


class Row:
    """One event. Unknown columns raise KeyError: a comparison never passes because a column is not there."""

    def __init__(self, values, where):
        self.values = values
        self.where = where
        raw = values.get("raw")
        self.raw = json.loads(raw) if raw else {}

    def known(self, column):
        return self.values[column] is not None

    def text(self, column):
        """Bytes as the host had them, or None."""
        value = self.values[column]
        if column in self.raw:
            return bytes.fromhex(self.raw[column])
        return None if value is None else value.encode()

    def number(self, column):
        value = self.values[column]
        if value is None:
            return None
        return time_ns(value) if "T" in value else int(value)

    def flag(self, column):
        value = self.values[column]
        if value not in ("0", "1", None):
            raise MalformedFile(f"{self.where}: {column} is no boolean: {value}")
        return None if value is None else value == "1"

    def json(self, column):
        value = self.values[column]
        return None if value is None else json.loads(value)

    def texts(self, column):
        """A list of texts as bytes."""
        values = self.json(column)
        if values is None:
            return None
        return [bytes.fromhex(self.raw[f"{column}[{i}]"]) if f"{column}[{i}]" in self.raw else each.encode()
                for i, each in enumerate(values)]

    @property
    def event(self):
        return int(self.values["event_id"])

    @property
    def time(self):
        """When it happened; for a block with a handle, when that was opened."""
        opened = self.values.get("open_time")
        return time_ns(opened) if opened else int(self.values["time_ns"])


def read_file(path):
    """The rows of one file. A file that is still written may end in half a row; a finished one may not."""
    lines = path.read_bytes().split(b"\n")
    last = lines.pop()
    if last and not path.name.endswith(".part"):
        raise MalformedFile(f"{path.name} ends in half a row")
    if not lines:
        return []
    columns = lines[0].decode().split("\t")
    if len(set(columns)) != len(columns):
        raise MalformedFile(f"{path.name}: a column stands twice in the header")
    rows = []
    for number, line in enumerate(lines[1:], 2):
        fields = line.split(b"\t")
        if len(fields) != len(columns):
            raise MalformedFile(f"{path.name}:{number}: {len(fields)} fields, {len(columns)} columns")
        rows.append(Row(dict(zip(columns, map(unescape, fields))), f"{path.name}:{number}"))
    return rows


def read_events(directory):
    """All rows of DIR/events (or of DIR, if it is that), by event id."""
    directory = pathlib.Path(directory)
    if (directory / "events").is_dir():
        directory = directory / "events"
    events = {}
    for path in sorted(directory.iterdir()):
        if path.name.endswith((".tsv", ".tsv.part")):
            for row in read_file(path):
                events.setdefault(row.event, []).append(row)
    return events


def read_truth(paths):
    lines = []
    for path in paths:
        with open(path, encoding="ascii") as file:
            lines += [json.loads(line) for line in file]
    return lines
