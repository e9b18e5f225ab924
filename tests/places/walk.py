# SPDX-License-Identifier: Apache-2.0
"""The steps of a walk in docs/adding.md: blocks fenced as `diff FILE`, each line with a blank, + or - in front."""
import re

BLOCK = re.compile(r"^```diff (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class DoesNotFit(Exception):
    """The page says something that is no longer so."""


def steps(page):
    """(file, text before, text after) of every block."""
    for path, body in BLOCK.findall(page):
        lines = body.splitlines()
        if any(line[:1] not in (" ", "+", "-") for line in lines):
            raise DoesNotFit(f"{path}: a line of the block begins with neither blank, + nor -")
        before = [line[1:] for line in lines if line[0] != "+"]
        after = [line[1:] for line in lines if line[0] != "-"]
        yield path, "\n".join(before) + "\n", "\n".join(after) + "\n"


def apply(read, page):
    """The changed files, path to text. `read` gives a file's text."""
    changed = {}
    for path, before, after in steps(page):
        text = changed.get(path) or read(path)
        places = text.count("\n" + before)
        if places != 1:
            raise DoesNotFit(f"docs/adding.md: {path} has these lines {places} times:\n{before}")
        changed[path] = text.replace("\n" + before, "\n" + after)
    return changed
