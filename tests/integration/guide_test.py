#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does what a guide says, with events recorded just before, and compares every value with the files.

`guide_test.py GUIDE --agent PROGRAM --libraries FOLDER`. Exit status 0; 1 a difference; 77 cannot run here.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import libraries
import servers
from guide import Guide
from recorded import Recorded, Skip

SKIPPED = 77


class Shell:
    """Runs the blocks of a guide in bash, as a reader does: in the agent's data directory, the agent in PATH."""

    def __init__(self, recorded, environment):
        self.folder = recorded.data
        path = f"{recorded.agent.parent}:{os.environ['PATH']}:/usr/bin"
        self.environment = os.environ | environment | {"PATH": path, "LC_ALL": "C.UTF-8"}

    def run(self, code, **more):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", code], cwd=self.folder, env=self.environment,
                              capture_output=True, check=False, timeout=60, **more)
        told = done.stderr.decode(errors="replace")
        assert done.returncode == 0 and not told.strip(), f"status {done.returncode} of\n{code}\n{told}"
        return done.stdout


def hex_columns(names, expression):
    return ", ".join(f"coalesce({expression.format(name)}, '-')" for name in names)


def from_hex(output, names):
    rows = [line.split("\t") for line in output.decode().splitlines()]
    values = [[None if cell == "-" else bytes.fromhex(cell).decode() for cell in row] for row in rows]
    return [dict(zip(names, row)) for row in values]


def read_mariadb(shell, table, names):
    columns = hex_columns(names, "hex(convert(`{}` using utf8mb4))")
    query = f"SELECT {columns} FROM {table} ORDER BY seq"
    return from_hex(shell.run(f"mariadb -NB hunt <<'SQL'\n{query}\nSQL\n"), names)


def read_postgresql(shell, table, names):
    columns = hex_columns(names, "encode(convert_to(\"{}\"::text, 'UTF8'), 'hex')")
    query = f"SELECT {columns} FROM {table} ORDER BY seq"
    return from_hex(shell.run(f"psql -qtA -F '\t' hunt <<'SQL'\n{query}\nSQL\n"), names)


def test_server(name, recorded, folder, serve, read):
    guide = Guide(name, "sh")
    with serve(folder) as environment:
        shell = Shell(recorded, environment)
        for step in guide.steps:
            shell.run(step)
        rows = 0
        for table in recorded.tables:
            rows += recorded.compare(table, read(shell, table, list(recorded.types[table])))
        return rows, shell.run(guide.hunt).decode()


def test_library(name, language, recorded, chosen):
    guide = Guide(name, language)
    python = libraries.interpreter(chosen.libraries)
    columns = {table: list(recorded.types[table]) for table in recorded.tables}
    job = {"steps": guide.steps, "hunt": guide.hunt, "columns": columns}
    runner = pathlib.Path(__file__).with_name(f"run_{name}.py")
    done = subprocess.run([python, "-B", runner], input=json.dumps(job).encode(), cwd=recorded.data,
                          capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    answer = json.loads(done.stdout)
    return sum(recorded.compare(table, rows) for table, rows in answer["tables"].items()), answer["hunt"]


def check_hunt(name, answer, truth):
    """The hunt must find what the workload did; which words show that differs by the guide's question."""
    def path(key):
        return bytes.fromhex(truth[key]).decode(errors="replace")

    words = {
        "mariadb": [str(truth["writer_pid"]), str(truth["program_pid"]), path("dropped")],
        "postgresql": ["not\\377\\376utf8", "named\\377", "workload.py"],
        "duckdb": [path("dropped"), path("program")],
        "pandas": [str(truth["bytes"]), "workload.py"],
    }[name]
    for word in words:
        assert word in answer, f"the hunt does not tell {word!r}:\n{answer}"


def run(chosen, folder):
    recorded = Recorded(chosen.agent, folder)
    if chosen.guide == "mariadb":
        rows, answer = test_server("mariadb", recorded, folder, servers.mariadb, read_mariadb)
    elif chosen.guide == "postgresql":
        rows, answer = test_server("postgresql", recorded, folder, servers.postgresql, read_postgresql)
    else:
        language = {"duckdb": "sql", "pandas": "python"}[chosen.guide]
        rows, answer = test_library(chosen.guide, language, recorded, chosen)
    check_hunt(chosen.guide, answer, recorded.truth)
    print(f"{chosen.guide}: {rows} rows of {len(recorded.tables)} events are what the files hold; the hunt answers:")
    print(answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("guide", choices=("mariadb", "postgresql", "duckdb", "pandas"))
    parser.add_argument("--agent", default="build/dev/src/cli/monster-agent", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--libraries", default="build/dev/tests/integration/python")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="monster_guide_", dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        try:
            run(chosen, pathlib.Path(folder))
        except Skip as reason:
            print(f"skipped: {reason}")
            return SKIPPED
        except AssertionError as difference:
            print(difference)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
