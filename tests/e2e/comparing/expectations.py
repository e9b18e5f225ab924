# SPDX-License-Identifier: Apache-2.0
"""Runtime tests as text. A file holds tests, each a few lines:

NAME     words
RUN      shell program; $DIR is an empty directory
EXPECT   event column=pattern ... [AS name]    one row for each, another row for each EXPECT
NONE     event column=pattern ...              no such row
STATUS   exit status that the program must have; 0 if not given

A pattern is a text with * and ?, \\N for null, >NUMBER for more than it, or @name.column for the value that the row
called `name` has there. Values with blanks are quoted as in the shell.
"""
import dataclasses
import fnmatch
import re
import shlex

KEYWORDS = ("NAME", "RUN", "EXPECT", "NONE", "STATUS")


class BadTest(Exception):
    pass


@dataclasses.dataclass
class Expectation:
    event: int
    patterns: dict
    name: str
    line: str


@dataclasses.dataclass
class Test:
    name: str
    run: str = ""
    status: int = 0
    expect: list = dataclasses.field(default_factory=list)
    none: list = dataclasses.field(default_factory=list)


def parse_expectation(text):
    words = shlex.split(text)
    name = ""
    if len(words) > 2 and words[-2] == "AS":
        name = words[-1]
        words = words[:-2]
    if not words or not all("=" in word for word in words[1:]):
        raise BadTest(f"not `event column=pattern ...`: {text}")
    return Expectation(int(words[0]), dict(word.split("=", 1) for word in words[1:]), name, text)


def parse(text):
    tests = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        keyword, _, rest = line.partition(" ")
        rest = rest.strip()
        if keyword not in KEYWORDS or not rest or (keyword != "NAME" and not tests):
            raise BadTest(f"unknown line: {line}")
        if keyword == "NAME":
            tests.append(Test(rest))
        elif keyword == "RUN":
            tests[-1].run = rest
        elif keyword == "STATUS":
            tests[-1].status = int(rest)
        else:
            (tests[-1].expect if keyword == "EXPECT" else tests[-1].none).append(parse_expectation(rest))
    for test in tests:
        if not test.run or not test.expect:
            raise BadTest(f"{test.name}: needs RUN and at least one EXPECT")
    return tests


def value_matches(pattern, value, directory, bound):
    if pattern == "\\N":
        return value is None
    if value is None:
        return False
    if pattern.startswith("@"):
        name, column = pattern[1:].split(".")
        if name not in bound:
            raise BadTest(f"no row before is called {name}")
        return bound[name].values[column] == value
    if pattern.startswith(">"):
        return int(value) > int(pattern[1:])
    glob = re.sub(r"\[", "[[]", pattern.replace("$DIR", directory))
    return fnmatch.fnmatchcase(value, glob)


def row_matches(expectation, row, directory, bound):
    return all(value_matches(pattern, row.values[column], directory, bound) for column, pattern in expectation.patterns.items())


def first_unmet(expectations, events, directory):
    """Chooses a row for each expectation so that all references hold; the first that none can be found for, or None."""
    deepest = [0]

    def choose(at, bound, used):
        deepest[0] = max(deepest[0], at)
        if at == len(expectations):
            return bound
        wanted = expectations[at]
        for row in events.get(wanted.event, []):
            if id(row) not in used and row_matches(wanted, row, directory, bound):
                found = choose(at + 1, bound | ({wanted.name: row} if wanted.name else {}), used | {id(row)})
                if found is not None:
                    return found
        return None

    bound = choose(0, {}, frozenset())
    return (None, bound) if bound is not None else (expectations[deepest[0]], {})


def failures(test, events, directory):
    unmet, bound = first_unmet(test.expect, events, directory)
    if unmet:
        return [f"no row for: {unmet.line}"]
    return [f"there is a row for NONE {each.line}: {row.values}" for each in test.none for row in events.get(each.event, [])
            if row_matches(each, row, directory, bound)]
