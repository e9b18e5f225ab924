# SPDX-License-Identifier: Apache-2.0
"""Joins the truth about processes to 1500 and 1501, and reports the differences."""
from .align import align, grouped
from .values import wrong_fields


def expectation(truth):
    return truth["expect"] | truth["more"]


def difference(truth, row):
    return len(wrong_fields(row, expectation(truth)))


class Processes:
    def __init__(self, truths, events, report):
        self.images = [truth for truth in truths if truth["type"] == "process"]
        self.ends = [truth for truth in truths if truth["type"] == "exit"]
        self.silent = [truth for truth in truths if truth["type"] == "no_exec"]
        self.creates = [row for row in events.get(1500, []) if row.text("source") not in (b"carried", b"snapshot")]
        self.told = {row.text("process_key"): row for row in events.get(1500, [])}
        self.exits = events.get(1501, [])
        self.report = report

    def compare(self):
        self.compare_rows(self.images, self.creates, "")
        self.compare_rows(self.ends, self.exits, "1501 ")
        self.compare_chains()
        self.compare_parents()
        executed = {row.number("pid"): row for row in self.creates if row.text("source") == b"exec"}
        for truth in self.silent:
            row = executed.get(truth["pid"])
            if row:
                self.report.problem(truth["kind"], "extra", f"an exec that failed was told ({row.where})")
            else:
                self.report.ok(truth["kind"])
        for row in self.exits:
            create = self.told.get(row.text("process_key"))
            if create is not None and create.number("pid") != row.number("pid"):
                self.report.problem("(processes)", "1501 process_key", f"of another pid ({row.where})")

    def compare_rows(self, truths, rows, prefix):
        by_pid = grouped(rows, lambda row: row.number("pid"))
        for pid, expected in grouped(truths, lambda truth: truth["pid"]).items():
            got = sorted(by_pid.get(pid, []), key=lambda row: int(row.values["seq"]))
            kind = expected[0]["kind"]
            for truth, row in align(expected, got, difference):
                if truth is None:
                    self.report.problem(kind, prefix + "extra", f"pid {pid} source {row.values.get('source')} ({row.where})")
                elif row is not None:
                    self.report.pair(truth["kind"], prefix, wrong_fields(row, expectation(truth)), row.where)
                elif not truth["optional"]:
                    self.report.problem(truth["kind"], prefix + "missing", f"pid {pid}")

    def compare_chains(self):
        """The images of one process, in order, name the one before; its end names the last."""
        ends = {(row.number("pid"), row.values["start_time"]): row for row in self.exits}
        chains = grouped(self.creates, lambda row: (row.number("pid"), row.values["start_time"]))
        for process, rows in chains.items():
            rows.sort(key=lambda row: int(row.values["time_ns"]))  # a row may wait for a hash: seq is not the order
            for before, after in zip(rows, rows[1:]):
                if after.text("previous_process_key") != before.text("process_key"):
                    self.report.problem("(processes)", "previous_process_key", f"is not that of {before.where} ({after.where})")
            end = ends.get(process)
            if end is not None and end.text("process_key") != rows[-1].text("process_key"):
                self.report.problem("(processes)", "1501 process_key", f"is not that of {rows[-1].where} ({end.where})")
        self.report.ok("(processes)")

    def compare_parents(self):
        for row in self.creates:
            parent = self.told.get(row.text("parent_process_key"))
            if parent is not None and parent.number("pid") != row.number("ppid"):
                self.report.problem("(processes)", "parent_process_key", f"is of pid {parent.number('pid')}, ppid is "
                                    f"{row.number('ppid')} ({row.where})")
