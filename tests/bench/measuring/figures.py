# SPDX-License-Identifier: Apache-2.0
"""From rows of measurements to figures: medians, and ratios of runs that were taken side by side."""
import dataclasses
import statistics

MIB = 1 << 20


@dataclasses.dataclass(frozen=True)
class Figure:
    median: float
    least: float
    most: float
    runs: int
    spread: float = 0.0  # how far the median itself may be off: quartile distance over the root of the runs


def figure(values):
    values = [value for value in values if value is not None]
    if not values:
        return None
    spread = 0.0
    if len(values) > 1:
        quarters = statistics.quantiles(values, n=4, method="inclusive")
        spread = (quarters[2] - quarters[0]) / len(values) ** 0.5
    return Figure(statistics.median(values), min(values), max(values), len(values), spread)


def figures_of(rows):
    """{(workload, subject): {name: Figure}} of all rows; a row says in `turn` which others it is paired with."""
    paired = {(row["workload"], row["turn"], row["subject"]): row for row in rows if "turn" in row}
    found = {}
    for workload, subject in dict.fromkeys((row["workload"], row["subject"]) for row in rows):
        own = [row for row in rows if (row["workload"], row["subject"]) == (workload, subject)]
        beside = [one_row(row, paired) for row in own]
        names = dict.fromkeys(name for values in beside for name in values)
        summed = {name: figure([values.get(name) for values in beside]) for name in names}
        found[workload, subject] = {name: f for name, f in summed.items() if f is not None}
    return found


def one_row(row, paired):
    values = {name: row.get(name) for name in ("bytes_per_operation", "lost")}
    values |= {f"{quantile}_s": row.get(f"latency_{quantile}") for quantile in ("p50", "p99")}
    if "expected" in row:
        values["missing"] = abs(row["expected"] - row["captured"])
    if "imbalances" in row:
        values["imbalances"] = len(row["imbalances"])
    if row["workload"] == "memory":
        names = ("rss_anon_idle", "rss_anon_held", "rss_anon_after", "rings", "maps")
        return values | {f"{name}_mib": row[name] / MIB for name in names}
    if row["workload"] == "replay":
        return values | {"cpu_s_per_million": row["replay_cpu"] / row["operations"] * 1e6}
    if row.get("timed_programs"):
        return values | {"program_ns_per_op": row["program_ns"] / row["operations"],
                         "program_runs_per_op": row["program_runs"] / row["operations"]}
    values |= {
        "agent_us_per_op": row["agent_cpu_for_load"] / row["operations"] * 1e6,
        "agent_ms": row["agent_cpu_for_load"] * 1e3,
        "others_percent": row["others_share"] * 100,
        "agent_idle_percent": row["agent_idle_share"] * 100,
    }
    return values | against(row, paired, "none", "") | against(row, paired, "control", "_beyond_control")


def against(row, paired, other_name, suffix):
    other = paired.get((row["workload"], row.get("turn"), other_name))
    if other is None or other is row:
        return {}
    values = {
        f"wall_ratio{suffix}": row["wall"] / other["wall"],
        f"added_ns_per_op{suffix}": (row["wall"] - other["wall"]) / row["operations"] * 1e9,
    }
    if other["cpu"] > 0:
        values[f"cpu_ratio{suffix}"] = row["cpu"] / other["cpu"]
        values[f"added_cpu_ns_per_op{suffix}"] = (row["cpu"] - other["cpu"]) / row["operations"] * 1e9
    if "p99_us" in row:
        values[f"p99_ratio{suffix}"] = row["p99_us"] / other["p99_us"]
    return values
