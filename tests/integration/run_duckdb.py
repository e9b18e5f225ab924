# SPDX-License-Identifier: Apache-2.0
"""Run by guide_test.py in its virtual environment: the guide's SQL in DuckDB, then every table as JSON."""
import json
import sys

import duckdb

job = json.load(sys.stdin)
database = duckdb.connect()
for step in job["steps"]:
    database.execute(step)
tables = {}
for table, names in job["columns"].items():
    columns = ", ".join(f'"{name}"' for name in names)
    rows = database.execute(f"SELECT {columns} FROM {table} ORDER BY seq::BIGINT").fetchall()
    tables[table] = [dict(zip(names, row)) for row in rows]
answer = "\n".join("\t".join(map(str, row)) for row in database.execute(job["hunt"]).fetchall())
json.dump({"tables": tables, "hunt": answer}, sys.stdout)
