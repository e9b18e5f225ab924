# SPDX-License-Identifier: Apache-2.0
"""Counts what was right and wrong, by kind, and tells it."""
import collections


class Report:
    def __init__(self):
        self.right = collections.Counter()
        self.wrong = collections.defaultdict(lambda: collections.defaultdict(list))
        self.skipped = {}

    def ok(self, kind):
        self.right[kind] += 1

    def problem(self, kind, what, details=""):
        """`what` is one of a few words (missing, extra, a column's name); `details` an example of it."""
        self.wrong[kind][what].append(details)

    def fields(self, kind, prefix, wrong, where):
        for column, want, got in wrong:
            self.problem(kind, prefix + column, f"expected {want!r}, got {got!r} ({where})")

    def pair(self, kind, prefix, wrong, where):
        """One expectation that was found: right if nothing is wrong with it."""
        if wrong:
            self.fields(kind, prefix, wrong, where)
        else:
            self.ok(kind)

    @property
    def failed(self):
        return bool(self.wrong)

    @property
    def problems(self):
        return {(kind, what) for kind, whats in self.wrong.items() for what in whats}

    def print(self, out, examples=3):
        for kind in sorted(set(self.right) | set(self.wrong)):
            whats = self.wrong.get(kind, {})
            count = sum(map(len, whats.values()))
            print(f"{'WRONG' if count else 'ok':5} {kind:32} {self.right[kind]:6} right {count:6} wrong", file=out)
            for what, details in sorted(whats.items()):
                print(f"        {what}: {len(details)}", file=out)
                for each in details[:examples]:
                    print(f"          {each}", file=out)
        for kind, reason in sorted(self.skipped.items()):
            print(f"skip  {kind:32} {reason}", file=out)
        total = sum(len(details) for whats in self.wrong.values() for details in whats.values())
        print(f"{sum(self.right.values())} right, {total} wrong, {len(self.skipped)} kinds skipped", file=out)
