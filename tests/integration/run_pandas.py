# SPDX-License-Identifier: Apache-2.0
"""Run by guide_test.py in its virtual environment: the guide's Python with pandas, then every table as JSON.

The guide defines load(EVENT); its hunt leaves the answer in `answer`.
"""
import json
import sys

job = json.load(sys.stdin)
names = {}
for step in job["steps"]:
    exec(step, names)
tables = {}
for table in job["columns"]:
    loaded = names["load"](table)
    loaded = loaded.iloc[loaded["seq"].astype("int64").argsort()]
    tables[table] = [{column: None if value != value else value for column, value in row.items()}
                     for row in loaded.astype(object).to_dict("records")]
exec(job["hunt"], names)
json.dump({"tables": tables, "hunt": names["answer"].to_string()}, sys.stdout)
