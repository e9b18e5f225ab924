# SPDX-License-Identifier: Apache-2.0
"""Figures against the bars of bars.json."""
import dataclasses
import json
import pathlib

BARS = pathlib.Path(__file__).resolve().parents[1] / "bars.json"

# Where the wall clock is too unsteady, the CPU time that the load itself used is judged by the same bar: our hooks run
# on it, waiting for a busy machine does not.
STEADIER = {
    "wall_ratio": "cpu_ratio",
    "wall_ratio_beyond_control": "cpu_ratio_beyond_control",
    "added_ns_per_op": "added_cpu_ns_per_op",
}
WORST_COUNTS = {"p99_s", "lost", "imbalances", "missing"}  # the worst turn is judged, not the median


@dataclasses.dataclass(frozen=True)
class Bar:
    workload: str  # or `all`: the worst over all loads
    subject: str
    figure: str
    bar: float
    unit: str
    best_other: str


@dataclasses.dataclass(frozen=True)
class Verdict:
    bar: Bar
    measured: object  # Figure, or None when the load was not run
    judged_by: str
    word: str  # pass, miss, not run


def read(path=BARS):
    return [Bar(**row) for row in json.loads(pathlib.Path(path).read_text())]


def judge(bar, figures):
    own = figures.get((bar.workload, bar.subject), {})
    measured = worst(bar, figures) if bar.workload == "all" else own.get(bar.figure)
    if measured is None:
        return Verdict(bar, None, bar.figure, "not run")
    judged_by = bar.figure
    steadier = own.get(STEADIER.get(bar.figure))
    if steadier and hidden_by_noise(bar, figures):
        measured, judged_by = steadier, STEADIER[bar.figure]
    reached = measured.most if bar.figure in WORST_COUNTS else measured.median
    return Verdict(bar, measured, judged_by, "pass" if reached <= bar.bar else "miss")


def worst(bar, figures):
    """Of one figure over all loads and settings of the agent: that with the greatest maximum."""
    found = [named[bar.figure] for named in figures.values() if bar.figure in named]
    return max(found, key=lambda figure: figure.most, default=None)


def hidden_by_noise(bar, figures):
    """Whether doing nothing moved the wall clock by more than half of what the bar allows."""
    control = figures.get((bar.workload, "control"), {}).get(bar.figure.removesuffix("_beyond_control"))
    if control is None:
        return False
    ratio = bar.figure.startswith("wall_ratio")
    allowed = bar.bar - 1 if ratio else bar.bar
    moved = max(abs(control.median - (1 if ratio else 0)), control.spread)
    return moved > allowed / 2
