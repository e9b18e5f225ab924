# SPDX-License-Identifier: Apache-2.0
"""What an agent told: rows counted in its TSV files, and the last word of its ledger (9900, action stop)."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))

from comparing.rows import unescape  # noqa: E402

FAMILY_PARTS = ("suppressed", "condensed", "filtered", "emitted", "lost", "pending")
EXPORTER_PARTS = ("queued", "spooled", "acknowledged", "unconfirmed", "dropped")


class IncompleteFiles(Exception):
    """A file, a column or a row that must be there is not."""


def rows(folder, event, columns):
    """The columns, as bytes with their escapes, of every row of one event."""
    for path in sorted(pathlib.Path(folder).glob(f"{event}_*.tsv")):
        with open(path, "rb") as lines:
            header = next(lines, b"").rstrip(b"\n").split(b"\t")
            try:
                places = [header.index(column.encode()) for column in columns]
            except ValueError as error:
                raise IncompleteFiles(f"{path.name}: {error}") from None
            for line in lines:
                cells = line.rstrip(b"\n").split(b"\t")
                yield [cells[place] for place in places]


def processes_started(folder, pid):
    """Processes whose parent was `pid` and that ran an image of their own."""
    parent = str(pid).encode()
    return sum(cells == [parent, b"exec"] for cells in rows(folder, 1500, ("ppid", "source")))


def blocks(folder, place, pid=None, size=None, created=None, operations=(None,)):
    """Ended blocks of files below `place`: by that process, with that many bytes, created or not."""
    wanted = {r"\N" if operation is None else operation for operation in operations}
    columns = ("path", "pid", "bytes_written", "created", "operation", "state")
    count = 0
    for path, who, written, made, operation, state in rows(folder, 2500, columns):
        count += (
            path.startswith(str(place).encode())
            and pid in (None, int(who))
            and (size is None or written == str(size).encode())
            and created in (None, made == b"1")
            and operation.decode() in wanted
            and state == b"final"
        )
    return count


def connections_made(folder, pid):
    """Connections that the process made (3500); none as long as no sensor tells of the network."""
    who = str(pid).encode()
    return sum(cells == [who] for cells in rows(folder, 3500, ("pid",)))


def bytes_written(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).glob("*.tsv*"))


class Ledger:
    """The row with which the agent ended."""

    def __init__(self, folder):
        reports = rows(folder, 9900, ("action", "ledger", "exporters", "counters"))
        ends = [cells for cells in reports if cells[0] == b"stop"]
        if len(ends) != 1:
            raise IncompleteFiles(f"{len(ends)} rows of 9900 with action stop in {folder}, expected 1")
        self.families, self.exporters, self.counters = (json.loads(unescape(cell) or "{}") for cell in ends[0][1:])

    def lost(self):
        return sum(f["lost"] for f in self.families.values()) + sum(e["dropped"] for e in self.exporters.values())

    def imbalances(self):
        """Names of families and exporters whose sums do not add up, or that have something pending."""
        for name, family in self.families.items():
            if family["observed"] != sum(family[part] for part in FAMILY_PARTS) or family["pending"] != 0:
                yield name
        for name, exporter in self.exporters.items():
            if exporter["given"] != sum(exporter[part] for part in EXPORTER_PARTS):
                yield name

    def latency(self, quantile):
        """Seconds from happening to disk, or None where the agent does not tell."""
        told = self.counters.get(f"tsv_latency_{quantile}_ns")
        return None if told is None else told / 1e9
