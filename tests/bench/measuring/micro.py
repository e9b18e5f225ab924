# SPDX-License-Identifier: Apache-2.0
"""The small benchmarks (*_bench.cpp), run one after the other, their results in one list."""
import json
import subprocess

PER_BENCHMARK = {False: "0.5", True: "0.01"}  # least seconds, by --quick


class MicroFailed(Exception):
    pass


def programs(folder):
    return sorted(path for path in folder.glob("*_bench") if path.is_file())


def run(folder, quick, progress):
    """Rows as Google Benchmark tells them, each with the program it came from."""
    rows = []
    for program in programs(folder):
        progress.step(program.name)
        command = [str(program), "--benchmark_format=json", f"--benchmark_min_time={PER_BENCHMARK[quick]}"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise MicroFailed(f"{program.name}: status {done.returncode}: {done.stderr[-800:]}")
        for row in json.loads(done.stdout)["benchmarks"]:
            if row.get("error_occurred"):
                raise MicroFailed(f"{program.name}: {row['name']}: {row['error_message']}")
            rows.append({"program": program.name} | row)
    return rows


def lines(rows):
    """One line a benchmark, as a table's cells: what, CPU time, rate."""
    yield ("benchmark", "CPU time", "rate")
    for row in rows:
        rate = "-"
        if "bytes_per_second" in row:
            rate = f"{row['bytes_per_second'] / 1e6:.0f} MB/s"
        elif "items_per_second" in row:
            rate = f"{row['items_per_second'] / 1e6:.2f} M/s"
        name = f"{row['program'].removesuffix('_bench')} {row['name']}"
        yield (name, f"{row['cpu_time']:.0f} {row['time_unit']}", rate)
