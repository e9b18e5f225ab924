# SPDX-License-Identifier: Apache-2.0
"""Nothing in the repository points outside it: no path of one machine, no number of a ticket elsewhere."""

import re

from tree import line_of

# Written with character classes so that this file does not hold what it looks for.
ELSEWHERE = re.compile(r"\.\./share[d]|/wor[k]/|\bissue [0-9]+|/tm[p]/build-", re.IGNORECASE)
LARGEST = 4 << 20


def check(tree):
    for path in tree.files():
        if path.startswith("LICENSE"):
            continue
        if (tree.root / path).stat().st_size > LARGEST:
            yield f"{path}: larger than 4 MiB; the repository holds text that people read"
            continue
        data = (tree.root / path).read_bytes()
        if b"\0" in data:
            continue
        text = data.decode(errors="replace")
        for match in ELSEWHERE.finditer(text):
            yield f"{path}:{line_of(text, match.start())}: {match.group(0)!r} means nothing to a reader of this repository"


GOOD = {"docs/a.md": "The work goes on; share it. An issue with 3 parts.\n"}
BAD = [
    ({"docs/a.md": "see .." + "/shared/design.md\n"}, "docs/a.md:1"),
    ({"src/base/a.cpp": "\n// /wor" + "k/main\n"}, "src/base/a.cpp:2"),
    ({"dev": "# Issue" + " 12\n"}, "Issue"),
]
