#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds the field of docs/adding.md to a copy of the repository and shows that nothing else was needed.

At most four hand-written places; the catalogue and the room that fills the field compile; of all golden samples only
those of the one event change, by one column at the end; the released schema is not broken.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

from walk import DoesNotFit, apply, steps

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_PLACES = 4
EVENT, FIELD = "2027", "no_replace"
COPIED = ("CMakeLists.txt", "cmake", "src", "bpf", "tests", "docs/examples", "schema.lock")


def copy(scratch, changed):
    """Keeps the times of what did not change, so that a second run compiles nothing anew."""
    wanted = {}
    for name in COPIED:
        top = ROOT / name
        for path in [top] if top.is_file() else top.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                wanted[path.relative_to(ROOT).as_posix()] = path
    for path in list(scratch.rglob("*")):
        if path.is_file() and path.relative_to(scratch).as_posix() not in wanted:
            path.unlink()
    for name, source in wanted.items():
        data = changed[name].encode() if name in changed else source.read_bytes()
        target = scratch / name
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            shutil.copymode(source, target)


def command(arguments, folder, **environment):
    known = {"CCACHE_BASEDIR": str(folder), "CCACHE_NOHASHDIR": "1"}
    # Its golden tests fail on purpose in between: that is not for whoever counts this run's results.
    inherited = {name: value for name, value in os.environ.items() if name != "GTEST_OUTPUT"}
    done = subprocess.run(["nice", *arguments], cwd=folder, env=inherited | known | environment, capture_output=True,
                          text=True, errors="replace", check=False)
    return done.returncode, done.stdout + done.stderr


def must(arguments, folder, **environment):
    status, told = command(arguments, folder, **environment)
    if status != 0:
        raise DoesNotFit(f"{' '.join(map(str, arguments))}: status {status}\n{told[-4000:]}")
    return told


def compile_and_regenerate(source, build):
    if not (build / "build.ninja").is_file():
        flags = ["-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-O0 -g0"]
        must(["cmake", "-G", "Ninja", "-S", source, "-B", build, *flags], source)
    must(["cmake", "--build", build, "-j", "2", "--target", "golden_test", "monster_block"], source)
    golden = build / "tests/golden/golden_test"
    status, told = command([golden], source)
    if status == 0 or f"golden/{EVENT}.tsv differs" not in told:
        raise DoesNotFit(f"the golden test does not miss the new column of {EVENT}:\n{told[-2000:]}")
    must([golden], source, MONSTER_UPDATE_GOLDEN="1")


def check_golden(source):
    for path in sorted((ROOT / "tests/golden").glob("[0-9]*")):
        old, new = path.read_bytes(), (source / "tests/golden" / path.name).read_bytes()
        if path.stem != EVENT:
            if old != new:
                raise DoesNotFit(f"{path.name} changed too")
        elif path.suffix == ".tsv":
            before, after = ([line.split(b"\t") for line in text.split(b"\n")] for text in (old, new))
            if [row[:-1] for row in after[:-1]] != before[:-1]:
                raise DoesNotFit(f"{path.name}: more than its end changed")
            if [row[-1] for row in after[:-1]] != [FIELD.encode(), b"1", b"0", b"1"]:
                raise DoesNotFit(f"{path.name}: the new column is {[row[-1] for row in after[:-1]]}")
        elif f'"{FIELD}":true'.encode() not in new:
            raise DoesNotFit(f"{path.name}: no {FIELD}")


def restore_golden(source):
    """As the repository has them, so that the next run finds its copy unchanged."""
    for path in (ROOT / "tests/golden").glob(f"{EVENT}.*"):
        (source / "tests/golden" / path.name).write_bytes(path.read_bytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / "build/places", help="where copy and build lie")
    scratch = parser.parse_args().scratch.absolute()
    try:
        page = (ROOT / "docs/adding.md").read_text(encoding="utf-8")
        places = len(list(steps(page)))
        if not 0 < places <= MOST_PLACES:
            raise DoesNotFit(f"docs/adding.md: a field takes {places} places, at most {MOST_PLACES} are allowed")
        copy(scratch / "copy", apply(lambda path: (ROOT / path).read_text(encoding="utf-8"), page))
        compile_and_regenerate(scratch / "copy", scratch / "build")
        check_golden(scratch / "copy")
        restore_golden(scratch / "copy")
    except (DoesNotFit, OSError) as error:
        print(error)
        return 1
    print(f"a field takes {places} places; of the golden samples only {EVENT} changed, by a column at its end")
    return 0


if __name__ == "__main__":
    sys.exit(main())
