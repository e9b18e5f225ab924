# SPDX-License-Identifier: Apache-2.0
"""The list of events is the list of tests: each id of src/event has a unit, a golden and an end-to-end test.

tests/events.tsv: id, unit, golden, e2e. A cell holds one or more of `file` or `file:Suite.Name` (gtest) or
`file:any_word`, separated by blanks. The file must exist, hold the case, and speak of the id or the event's name.
"""

import re

TABLE = "tests/events.tsv"
KINDS = ("unit", "golden", "e2e")
EVENT = re.compile(r"\bEventInfo\s+info\s*\{\s*(\d+)\s*,\s*\"(\w+)\"")


def check(tree):
    events = {}
    for path in tree.files():
        if re.fullmatch(r"src/event/\w*_events\.hpp", path):
            events.update({int(number): name for number, name in EVENT.findall(tree.text(path))})
    if not events:
        yield "src/event/*_events.hpp: found no `EventInfo info{ID, \"name\"`: the gate reads nothing"
    rows = {}
    for number, *cells in tree.rows(TABLE, 1 + len(KINDS)) if tree.has(TABLE) else []:
        if int(number) in rows:
            yield f"{TABLE}: {number} has two rows"
        rows[int(number)] = cells
    for number in sorted(events.keys() - rows.keys()):
        yield f"{TABLE}: no row for {number} {events[number]}: it needs a unit, a golden and an end-to-end test"
    for number in sorted(rows.keys() - events.keys()):
        yield f"{TABLE}: {number} is no event of src/event"
    for number in sorted(rows.keys() & events.keys()):
        for kind, cell in zip(KINDS, rows[number]):
            yield from check_cell(tree, number, events[number], kind, cell)


def check_cell(tree, number, name, kind, cell):
    where = f"{TABLE}: {number} {kind}"
    if cell in ("", "-"):
        yield f"{where}: names no test"
        return
    speaks = False
    for test in cell.split():
        path, _, case = test.partition(":")
        if kind != "unit" and not path.startswith(f"tests/{kind}/"):
            yield f"{where}: {path} is not in tests/{kind}/"
        if not tree.has(path):
            yield f"{where}: there is no {path}"
            continue
        text = tree.text(path)
        if case and not has_case(text, case):
            yield f"{where}: {path} has no case {case}"
        speaks = speaks or tells_of(path + "\n" + text, number, name)
    if not speaks and all(tree.has(test.partition(":")[0]) for test in cell.split()):
        yield f"{where}: {cell} speaks neither of {number} nor of {name}"


def has_case(text, case):
    suite, dot, name = case.partition(".")
    if dot and name:
        return re.search(rf"\bTEST(?:_F|_P)?\(\s*{re.escape(suite)}\s*,\s*{re.escape(name)}\s*\)", text) is not None
    return re.search(rf"(?<!\w){re.escape(case)}(?!\w)", text) is not None


def tells_of(text, number, name):
    camel = "".join(part.capitalize() for part in name.split("_"))
    return re.search(rf"(?<![0-9]){number}(?![0-9])|{name}|\b{camel}\b", text) is not None


HEADER = 'static constexpr EventInfo info{\n 2500, "file_block", EventClass::statistics};\n'
FULL = {
    "src/event/file_events.hpp": HEADER,
    "src/block/f_test.cpp": "FileBlock b;\nTEST(Files, Renamed_KeepsBoth) {}\n",
    "tests/golden/2500_rename.tsv": "x\n",
    "tests/e2e/rename.py": "file_block\ndef renamed(): pass\n",
}
ROW = "2500\tsrc/block/f_test.cpp:Files.Renamed_KeepsBoth\ttests/golden/2500_rename.tsv\ttests/e2e/rename.py:renamed\n"
GOOD = {**FULL, TABLE: ROW}
BAD = [
    ({**FULL, TABLE: ""}, "no row for 2500"),
    ({**FULL, TABLE: ROW.replace("KeepsBoth", "KeepsNone")}, "has no case Files.Renamed_KeepsNone"),
    ({**FULL, TABLE: ROW.replace("rename.py:renamed", "other.py")}, "there is no tests/e2e/other.py"),
    ({**FULL, TABLE: ROW.replace("tests/golden/2500_rename.tsv", "-")}, "golden: names no test"),
    ({**FULL, TABLE: ROW + ROW.replace("2500", "2600", 1)}, "2600 is no event"),
    ({**GOOD, "tests/e2e/rename.py": "def renamed(): pass\n"}, "speaks neither"),
    ({"src/event/file_events.hpp": "\n", TABLE: ""}, "reads nothing"),
]
