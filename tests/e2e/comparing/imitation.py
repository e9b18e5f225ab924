# SPDX-License-Identifier: Apache-2.0
"""Writes the TSV files that a perfect agent would have written for a truth; for testing the comparison."""
import hashlib
import json
import pathlib
import time

from .values import as_bytes, is_text

COMMON = ["stream_seq", "event_id", "event", "time", "time_ns", "seq", "host_id", "host", "run_id", "process_key", "pid",
          "tid", "image", "user", "uid", "container_id", "mnt_ns", "block_key", "tags", "raw"]
NAMES = {1500: "process_create", 1501: "process_exit", 2500: "file_block", 2012: "file_create", 2014: "file_close",
         2027: "file_rename", 2030: "file_create_new", 9900: "agent_health"}


def key(*parts):
    return hashlib.md5(repr(parts).encode()).hexdigest()


def iso(ns):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ns // 1_000_000_000)) + f".{ns % 1_000_000_000:09}Z"


def decoded(column, want, raw):
    """A text as the agent shows it, with its exact bytes in `raw` when it is not UTF-8."""
    exact = as_bytes(want)
    text = exact.decode("utf-8", errors="replace")
    if text.encode() != exact:
        raw[column] = exact.hex()
    return text


def cell(column, want, raw):
    """The unescaped value of a column that meets what the truth asks for; None is null."""
    if want is None:
        return None
    if isinstance(want, bool):
        return str(int(want))
    if isinstance(want, int):
        return iso(want) if column in ("mtime_after", "exec_time", "start_time") else str(want)
    if is_text(want):
        return decoded(column, want, raw)
    if isinstance(want, list):
        return json.dumps([decoded(f"{column}[{i}]", each, raw) for i, each in enumerate(want)], ensure_ascii=False)
    if "any" in want:
        return cell(column, want["any"][0], raw)
    if "min" in want:
        return str(want["min"])
    if "contains" in want:
        return cell(column, [want["contains"]], raw)
    if "members" in want:
        members = {name: decoded(f"{column}.{name}", each, raw) for name, each in want["members"].items()}
        return json.dumps(members, ensure_ascii=False)
    return None


def escaped(value):
    if value is None:
        return "\\N"
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0")


class Imitation:
    """`rows` may be changed before write()."""

    def __init__(self, truths):
        self.rows = []
        self.images = {}  # pid: process_keys in order
        truths = sorted(truths, key=lambda truth: truth.get("opened", [truth.get("time", 0)])[0])
        for truth in truths:
            if truth["type"] == "process" and not truth["optional"]:
                self.process(truth)
        for truth in truths:
            if truth["type"] == "file" and not truth["optional"]:
                self.block(truth)
        blocks = [row for row in self.rows if row["event_id"] == "2500"]
        for truth in truths:
            if truth["type"] == "detail":
                self.rename(truth, blocks)
            if truth["type"] == "exit" and not truth["optional"]:
                self.end(truth)

    def row(self, event, pid, ns, expect):
        raw = {}
        row = {"event_id": str(event), "event": NAMES[event], "time": iso(ns), "time_ns": str(ns), "host_id": key("host"),
               "run_id": key("run"), "process_key": self.process_key(pid), "pid": str(pid)}
        row |= {column: cell(column, want, raw) for column, want in expect.items()}
        row["raw"] = json.dumps(raw) if raw else None
        self.rows.append(row)
        return row

    def process_key(self, pid):
        if pid not in self.images:
            self.images[pid] = [key("process", pid, 0)]
            self.row(1500, pid, 1_700_000_000_000_000_000, {"source": "fork_only", "start_time": pid, "ppid": 1,
                                                             "parent_process_key": None, "previous_process_key": None})
        return self.images[pid][-1]

    def process(self, truth):
        pid = truth["pid"]
        keys = self.images.setdefault(pid, [])
        previous = keys[-1] if keys else None
        keys.append(key("process", pid, len(keys)))
        self.row(1500, pid, truth["time"], {"start_time": pid, "parent_process_key": None, "previous_process_key": previous}
                 | truth["expect"] | truth["more"])

    def end(self, truth):
        self.row(1501, truth["pid"], truth["time"], {"start_time": truth["pid"]} | truth["expect"] | truth["more"])

    def file_key(self, identity):
        return key("file", *identity) if identity else None

    def block(self, truth):
        pid, opened = truth["pid"], truth["opened"][0]
        closed = truth.get("closed", [opened])[0]
        times = {"open_time": iso(opened), "close_time": iso(closed)}
        block_key = key("block", len(self.rows))
        row = self.row(2500, pid, opened, {"path": truth["path"], "source": "open", "operation": None, "block_key": block_key}
                       | truth["expect"])
        if row["path"] is None:
            row["path"] = cell("path", truth["path"], {})
        wrote = row.get("bytes_written", "0") not in ("0", None)
        row |= times | {"first_write_time": iso(opened) if wrote else None, "last_write_time": iso(closed) if wrote else None}
        writers = [{"process_key": self.process_key(each["pid"]), "bytes_read": each["bytes_read"],
                    "bytes_written": each["bytes_written"]} for each in truth.get("writers", [])][:8]
        row |= {"writers": json.dumps(writers), "file_key": self.file_key(truth["file"]), "state": "final"}
        for detail in truth.get("details", []):
            if not detail.get("optional"):
                ns = closed if detail["id"] == 2014 else opened
                other = self.row(detail["id"], pid, ns, detail["expect"] | {"block_key": block_key})
                other |= {"file_key": row["file_key"], "image": None, "pid": None, "process_key": None}

    def rename(self, truth, blocks):
        row = self.row(2027, truth["pid"], truth["time"], truth["expect"])
        row |= {"file_key": self.file_key(truth["file"]), "replaced_file_key": self.file_key(truth["replaced"])}
        row["block_key"] = blocks[0]["block_key"]

    def health(self):
        self.process_key(1)
        counts = {"process": 0, "file": 0, "agent": 0}
        for row in self.rows:
            counts["process" if row["event_id"][0] == "1" else "file"] += 1
        zero = {"suppressed": 0, "condensed": 3, "filtered": 7, "lost": 0, "pending": 0}
        ledger = {family: zero | {"observed": count + 10, "emitted": count} for family, count in counts.items()}
        exporter = {"given": 100, "queued": 0, "spooled": 0, "acknowledged": 100, "unconfirmed": 0, "dropped": 0}
        row = self.row(9900, 1, 1_700_000_000_000_000_000, {"action": "stop"})
        row |= {"ledger": json.dumps(ledger), "exporters": json.dumps({"tsv": exporter})}

    def number(self):
        for seq, row in enumerate(self.rows, 1):
            row.setdefault("seq", str(seq))
            row.setdefault("stream_seq", str(seq))

    def write(self, directory):
        directory = pathlib.Path(directory)
        self.number()
        for event, name in NAMES.items():
            rows = [row for row in self.rows if row["event_id"] == str(event)]
            if not rows:
                continue
            columns = COMMON + sorted({column for row in rows for column in row} - set(COMMON))
            lines = ["\t".join(columns)] + ["\t".join(escaped(row.get(column)) for column in columns) for row in rows]
            path = directory / f"{event}_{name}-s1-20260102T030405Z-0a1b2c3d-1.tsv"
            path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
