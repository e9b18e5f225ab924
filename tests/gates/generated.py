# SPDX-License-Identifier: Apache-2.0
"""Generated files are what their command prints: generated.txt names each file and its command.

A command runs in the repository's root with $BUILD set to the build folder and prints the whole file.
`generated.py --write [BUILD]` writes them (./dev docs).
"""

import os
import subprocess
import sys
from pathlib import Path

from tree import Tree

LIST = "tests/gates/generated.txt"
LONGEST = 60


def check(tree):
    for path, command in tree.rows(LIST, 2):
        made, problem = output(tree, command)
        if problem:
            yield f"{path}: `{command}` failed: {problem}"
        elif not tree.has(path):
            yield f"{path}: is missing: run ./dev docs"
        elif (tree.root / path).read_bytes() != made:
            yield f"{path}: is stale: run ./dev docs (made by `{command}`)"


def output(tree, command):
    environment = {**os.environ, "BUILD": build_folder(tree), "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(["bash", "-c", command], cwd=tree.root, env=environment, capture_output=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return None, f"longer than {LONGEST} s"
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines() or [f"status {done.returncode}"]
        return None, last[-1]
    return (done.stdout, None) if done.stdout else (None, "it printed nothing")


def build_folder(tree):
    return str(tree.build or next((tree.root / "build" / n for n in ("dev", "release") if (tree.root / "build" / n).is_dir()), "build/dev"))


def write(tree):
    for path, command in tree.rows(LIST, 2):
        made, problem = output(tree, command)
        if problem:
            sys.exit(f"{path}: `{command}` failed: {problem}")
        target = tree.root / path
        changed = not target.is_file() or target.read_bytes() != made
        if changed:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(made)
        print(f"{'wrote  ' if changed else 'current'} {path}")


GOOD = {LIST: "docs/a.md\tprintf 'a\\n'\n", "docs/a.md": "a\n"}
BAD = [
    ({LIST: "docs/a.md\tprintf 'b\\n'\n", "docs/a.md": "a\n"}, "is stale"),
    ({LIST: "docs/a.md\tprintf 'b\\n'\n"}, "is missing"),
    ({LIST: "docs/a.md\techo no such binary >&2; false\n", "docs/a.md": "a\n"}, "no such binary"),
    ({LIST: "docs/a.md\ttrue\n", "docs/a.md": ""}, "printed nothing"),
]

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] != "--write":
        sys.exit("usage: generated.py --write [BUILD]")
    write(Tree(Path(__file__).parents[2], sys.argv[2] if len(sys.argv) > 2 else None))
