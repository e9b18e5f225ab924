# SPDX-License-Identifier: Apache-2.0
"""What must hold of any output of the agent, whatever happened."""
import collections

AGENT_EVENTS = (9900, 9901)
DETAILS = (2012, 2014, 2027, 2030)
LEDGER = ("suppressed", "condensed", "filtered", "emitted", "lost", "pending")
EXPORTER = ("queued", "spooled", "acknowledged", "unconfirmed", "dropped")


def family_of(event):
    return "process" if event < 2000 else "agent" if event >= 9900 else "file"


class Integrity:
    def __init__(self, events, report):
        self.events = events
        self.rows = [row for rows in events.values() for row in rows]
        self.report = report

    def check(self):
        self.process_keys()
        self.blocks()
        self.numbering()
        self.health()
        for row in self.events.get(9901, []):
            self.problem("9901", f"{row.values} ({row.where})")

    def problem(self, what, details):
        self.report.problem("(integrity)", what, details)

    def process_keys(self):
        told = collections.Counter(row.text("process_key") for row in self.events.get(1500, [])
                                   if row.text("source") != b"carried")
        for key, count in told.items():
            if count != 1:
                self.problem("1500 more than once", f"process_key {key} has {count}")
        for row in self.rows:
            if row.event in AGENT_EVENTS:
                continue
            key = row.text("process_key")
            if key is None and row.event not in DETAILS:
                self.problem("process_key null", row.where)
            elif key is not None and key not in told:
                self.problem("process_key without 1500", f"{key} ({row.where})")
        self.report.ok("(integrity)")

    def blocks(self):
        finals = collections.Counter(row.text("block_key") for row in self.events.get(2500, [])
                                     if row.text("state") == b"final")
        keys = {row.text("block_key") for row in self.events.get(2500, [])}
        for key, count in finals.items():
            if count != 1 or key is None:
                self.problem("2500 final more than once", f"block_key {key} has {count}")
        closed = {row.text("block_key") for row in self.events.get(2014, [])}
        for event in DETAILS:
            for row in self.events.get(event, []):
                # A handle still open at the end may not have had its first block yet.
                may_be_open = event in (2012, 2030) and row.text("block_key") not in closed
                if row.text("block_key") not in keys and not may_be_open:
                    self.problem(f"{event} without 2500", f"block_key {row.text('block_key')} ({row.where})")
        self.report.ok("(integrity)")

    def numbering(self):
        numbers = sorted(row.number("stream_seq") for row in self.rows)
        if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            have = collections.Counter(numbers)
            gaps = [n for n in range(numbers[0], numbers[-1]) if n not in have][:5]
            twice = [n for n, count in have.items() if count > 1][:5]
            self.problem("stream_seq", f"not contiguous: absent {gaps}, twice {twice}")
        ids = collections.Counter((row.values["run_id"], row.values["seq"]) for row in self.rows)
        for identifier, count in ids.items():
            if count > 1:
                self.problem("seq", f"{identifier} stands {count} times")
        self.report.ok("(integrity)")

    def health(self):
        stops = [row for row in self.events.get(9900, []) if row.text("action") == b"stop"]
        if not stops:
            self.problem("9900 stop", "there is none: did the agent end cleanly?")
            return
        last = max(stops, key=lambda row: row.number("seq"))
        self.ledger(last)
        for name, exporter in named(last.json("exporters")).items():
            given, parts = exporter["given"], {part: exporter[part] for part in EXPORTER}
            if given != sum(parts.values()):
                self.problem("exporters", f"{name}: given {given} is not the sum of {parts}")
            if parts["dropped"]:
                self.problem("exporters", f"{name}: dropped {parts['dropped']}")
        self.report.ok("(integrity)")

    def ledger(self, stop):
        run = stop.values["run_id"]
        rows = collections.Counter(family_of(row.event) for row in self.rows if row.values["run_id"] == run)
        ledger = named(stop.json("ledger"))
        for family in rows:
            if family not in ledger:
                self.problem("ledger", f"{family} is not in it")
        for family, entry in ledger.items():
            parts = {part: entry[part] for part in LEDGER}
            if entry["observed"] != sum(parts.values()):
                self.problem("ledger", f"{family}: observed {entry['observed']} is not the sum of {parts}")
            if parts["lost"] or parts["pending"]:
                self.problem("ledger", f"{family}: {parts['lost']} lost, {parts['pending']} pending")
            # The report cannot count itself before it is emitted.
            itself = (0, 1) if family == "agent" else (0,)
            if rows[family] - parts["emitted"] not in itself:
                self.problem("ledger", f"{family}: emitted {parts['emitted']}, but {rows[family]} rows")


def named(value):
    """{"file": {...}} or [{"family" or "name": "file", ...}]."""
    if isinstance(value, list):
        return {each.get("family") or each["name"]: each for each in value}
    return value or {}
