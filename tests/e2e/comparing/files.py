# SPDX-License-Identifier: Apache-2.0
"""Joins the truth about files to 2500 and its details, and reports the differences."""
import bisect

from .align import align, grouped
from .values import as_bytes, wrong_fields

UNLIKE = 1000  # never a pair: a handle's block and an act without one
DETAILS = (2012, 2014, 2030)


def plain_path(path):
    """memfd files have no directory; some write one slash before their name."""
    return path[1:] if path and path.startswith(b"/memfd:") else path


def is_lazy(block):
    """First seen at its first use: of its open nothing is known."""
    return block.text("source") == b"lazy"


def is_act(truth):
    return truth["expect"].get("source") == "path"


def difference(truth, block):
    if is_act(truth) != (block.text("source") == b"path"):
        return UNLIKE
    return len(wrong_fields(block, truth["expect"]))


class Files:
    def __init__(self, truths, events, report, slack):
        self.truths = [truth for truth in truths if truth["type"] == "file"]
        self.roots = [as_bytes(truth["directory"]) + b"/" for truth in truths if truth["type"] == "root" and truth["complete"]]
        self.quiet = {as_bytes(truth["path"]): truth["kind"] for truth in truths if truth["type"] == "none"}
        self.renames = [truth for truth in truths if truth["type"] == "detail"]
        self.blocks = [row for row in events.get(2500, []) if row.text("state") == b"final"]
        self.block_keys = {row.text("block_key") for row in events.get(2500, [])}
        self.rename_rows = events.get(2027, [])
        self.details = grouped([row for event in DETAILS for row in events.get(event, [])],
                               lambda row: row.text("block_key"))
        self.key_pids = {row.text("process_key"): row.number("pid") for row in events.get(1500, [])}
        self.identities = []  # (truth's identity, file_key, where, kind)
        self.report = report
        self.slack = slack

    def compare(self):
        truth_groups = grouped(self.truths, lambda truth: (truth["pid"], plain_path(as_bytes(truth["path"]))))
        block_groups = grouped(self.blocks, lambda block: (block.number("pid"), plain_path(block.text("path"))))
        pairs, missing, extra = [], [], []
        for key, truths in truth_groups.items():
            truths.sort(key=lambda truth: truth["opened"][0])
            blocks = sorted(block_groups.pop(key, []), key=lambda block: block.time)
            for truth, block in align(truths, blocks, difference):
                if truth and block:
                    pairs.append((truth, block))
                elif block:
                    extra.append(block)
                elif not truth["optional"]:
                    missing.append(truth)
        extra += [block for blocks in block_groups.values() for block in blocks]
        pairs += self.pair_by_time(missing, extra)
        for truth, block in pairs:
            self.compare_block(truth, block)
        for truth in missing:
            self.report.problem(truth["kind"], "missing", f"{truth['path']!r} pid {truth['pid']}: "
                                f"{truth['expect'].get('operation') or 'a handle'}")
        self.report_extra(extra)
        self.compare_renames()
        self.compare_identities()

    def pair_by_time(self, missing, extra):
        """What has another path or pid than it should is one wrong block, not one missing and one extra."""
        pairs = []
        extra.sort(key=lambda block: block.time)
        for truth in missing[:MOST_PAIRED_BY_TIME]:
            begin, end = truth["opened"]
            first = bisect.bisect_left(extra, begin - self.slack, key=lambda block: block.time)
            last = bisect.bisect_right(extra, end + self.slack, key=lambda block: block.time)
            near = [(difference(truth, block), at) for at, block in enumerate(extra[first:last], first)]
            if near and min(near)[0] < MOSTLY:
                block = extra.pop(min(near)[1])
                pairs.append((truth, block))
                missing.remove(truth)
        return pairs

    def compare_block(self, truth, block):
        wrong = wrong_fields(block, truth["expect"])
        wrong += self.wrong_times(truth, block)
        if "writers" in truth:
            wrong += self.wrong_writers(truth["writers"], block)
        self.report.pair(truth["kind"], "", wrong, block.where)
        self.identity(truth.get("file"), block, "file_key", truth["kind"])
        if "details" in truth:
            self.compare_details(truth, block)

    def within(self, name, range_ns, got):
        low, high = range_ns
        good = got is not None and low - self.slack <= got and (high is None or got <= high + self.slack)
        return [] if good else [(name, f"{low}..{high}", got)]

    def wrong_times(self, truth, block):
        wrong = []
        open_time = block.number("open_time")
        if (not is_act(truth) and not is_lazy(block)) or open_time is not None:
            wrong += self.within("open_time", truth["opened"], open_time)
        if is_act(truth):
            return wrong + self.within("time_ns", truth["opened"], block.number("time_ns"))
        if "closed" in truth:
            wrong += self.within("close_time", truth["closed"], block.number("close_time"))
        first, last = block.number("first_write_time"), block.number("last_write_time")
        if block.number("bytes_written"):
            lifetime = (truth["opened"][0], truth.get("closed", [0, None])[1])
            wrong += self.within("first_write_time", lifetime, first) + self.within("last_write_time", lifetime, last)
            if first is not None and last is not None and first > last:
                wrong.append(("first_write_time", f"at most {last}", first))
        elif first is not None or last is not None:
            wrong.append(("first_write_time", None, first))
        return wrong

    def wrong_writers(self, want, block):
        """Bytes by pid: an exec gives a process a second key. One user alone need not be listed."""
        got = {}
        for writer in block.json("writers") or []:
            pid = self.key_pids.get(writer["process_key"].encode())
            read, written = got.get(pid, (0, 0))
            got[pid] = (read + writer["bytes_read"], written + writer["bytes_written"])
        expected = {each["pid"]: (each["bytes_read"], each["bytes_written"]) for each in want}
        used = {pid: counts for pid, counts in got.items() if counts != (0, 0)}
        if len(expected) > 8:
            good = len(got) == 8 and all(expected.get(pid) == counts for pid, counts in used.items())
        elif len(expected) <= 1:
            good = not used or used == expected
        else:
            good = used == expected
        return [] if good else [("writers", expected, got)]

    def compare_details(self, truth, block):
        rows = grouped(self.details.get(block.text("block_key"), []), lambda row: row.event)
        for detail in truth["details"]:
            found = rows.pop(detail["id"], [])
            name = f"{detail['id']} "
            if not found and not detail.get("optional"):
                self.report.problem(truth["kind"], name + "missing", f"for {block.where}")
            if len(found) > 1:
                self.report.problem(truth["kind"], name + "more than one", f"for {block.where}")
            for row in found[:1]:
                wrong = wrong_fields(row, detail["expect"])
                if row.event == 2014 and "closed" in truth:
                    wrong += self.within("time_ns", truth["closed"], row.number("time_ns"))
                elif row.event != 2014:
                    opened = truth["opened"] if not is_lazy(block) else [truth["opened"][0], truth.get("closed", [0, None])[1]]
                    wrong += self.within("time_ns", opened, row.number("time_ns"))
                self.report.pair(truth["kind"], name, wrong, row.where)
                if row.event != 2014:
                    self.identity(truth.get("file"), row, "file_key", truth["kind"])
        for event, extra in rows.items():
            self.report.problem(truth["kind"], f"{event} extra", f"{extra[0].where} for {block.where}")

    def report_extra(self, blocks):
        kinds = {plain_path(as_bytes(truth["path"])): truth["kind"] for truth in self.truths} | self.quiet
        for block in blocks:
            names = [name for name in (block.text("path"), block.text("final_path")) if name]
            if any(name.startswith(root) for name in names for root in self.roots):
                kind = next((kinds[name] for name in names if name in kinds), "(no kind)")
                self.report.problem(kind, "extra", f"{names!r} pid {block.number('pid')} source {block.text('source')} "
                                    f"operation {block.text('operation')} ({block.where})")
        loud = {path for block in blocks for path in [block.text("path")]}
        for path, kind in self.quiet.items():
            if path not in loud:
                self.report.ok(kind)

    def compare_renames(self):
        rows = grouped(self.rename_rows, lambda row: (row.text("path"), row.text("new_path")))
        for truth in self.renames:
            names = (as_bytes(truth["expect"]["path"]), as_bytes(truth["expect"]["new_path"]))
            expect = dict(truth["expect"])
            found = rows.get(names)
            swapped = truth["expect"]["exchange"] and not found
            if swapped:  # an exchange reads the same from either side
                found = rows.get(names[::-1])
                expect.pop("path"), expect.pop("new_path")
            if not found:
                self.report.problem(truth["kind"], "2027 missing", f"{names!r}")
                continue
            row = found.pop(0)
            wrong = wrong_fields(row, expect) + self.within("time_ns", (truth["time"] - RENAME_WINDOW, truth["time"]),
                                                            row.number("time_ns"))
            if row.text("block_key") not in self.block_keys:
                wrong.append(("block_key", "that of a block", row.text("block_key")))
            self.report.pair(truth["kind"], "2027 ", wrong, row.where)
            first, second = ("replaced", "file") if swapped else ("file", "replaced")
            self.identity(truth[first], row, "file_key", truth["kind"])
            if truth[second] is not None and row.known("replaced_file_key"):
                self.identity(truth[second], row, "replaced_file_key", truth["kind"])
            elif truth["replaced"] is not None and not truth["expect"]["exchange"]:
                self.report.problem(truth["kind"], "2027 replaced_file_key", f"null ({row.where})")
        for names, left in rows.items():
            if left and any((names[0] or b"").startswith(root) for root in self.roots):
                self.report.problem("(no kind)", "2027 extra", f"{names!r} ({left[0].where})")

    def identity(self, identity, row, column, kind):
        if identity is not None and kind not in REUSED_DEVICES:
            self.identities.append((tuple(identity), row.text(column), row.where, kind))

    def compare_identities(self):
        """Equal device, inode and generation if and only if equal file_key."""
        key_of, identity_of = {}, {}
        for identity, key, where, kind in self.identities:
            if key is None:
                self.report.problem(kind, "file_key", f"null ({where})")
            elif key_of.setdefault(identity, key) != key:
                self.report.problem(kind, "file_key", f"another for the same file ({where})")
            elif identity_of.setdefault(key, identity) != identity:
                self.report.problem(kind, "file_key", f"the same for another file ({where})")


REUSED_DEVICES = {"fresh_tmpfs"}  # file systems of their own, one after the other under the same device number
MOST_PAIRED_BY_TIME = 200  # when more is missing, no example is needed
MOSTLY = 12  # wrong fields at which two are no longer taken for the same
RENAME_WINDOW = 1_000_000_000  # the truth is printed right after
