# SPDX-License-Identifier: Apache-2.0
"""The tables that a person reads."""

BUSY_PERCENT = 5  # of a CPU, used by others: from here on it is said

COLUMNS = ("load", "beside", "wall ratio", "load's CPU", "agent CPU/op", "programs/op", "TSV/op", "missing", "lost")


def all_figures(figures):
    """What each load showed, with no judgement."""
    lines = [COLUMNS]
    for (workload, subject), named in figures.items():
        if "agent_us_per_op" not in named or subject == "none":
            continue
        timed = figures.get((workload, f"{subject} timed"), {})
        lines.append((
            workload, subject, ranged(named.get("wall_ratio"), 2), ranged(named.get("cpu_ratio"), 2),
            one(named.get("agent_us_per_op"), "{:.2f} µs"), one(timed.get("program_ns_per_op"), "{:.0f} ns"),
            one(named.get("bytes_per_operation"), "{:.0f} B"), one(named.get("missing"), "{:.0f}"),
            one(named.get("lost"), "{:.0f}"),
        ))
    yield from table(lines)
    yield from others(figures)


def others(figures):
    memory = figures.get(("memory", "agent"), {})
    if memory:
        sizes = {name.removesuffix("_mib"): f.median for name, f in memory.items() if name.endswith("_mib")}
        yield "memory: " + ", ".join(f"{name.replace('_', ' ')} {mib:.1f} MiB" for name, mib in sizes.items())
        yield f"        {memory['missing'].median:.0f} blocks missing, {memory['lost'].median:.0f} lost in it"
    replay = figures.get(("replay", "agent"), {}).get("cpu_s_per_million")
    if replay:
        yield f"replay: {replay.median:.2f} s of CPU for a million records"
    latencies = {q: [n[q].most for n in figures.values() if q in n] for q in ("p50_s", "p99_s")}
    for quantile, values in latencies.items():
        text = f"{max(values):.3f} s" if values else "n/a: the agent does not tell"
        yield f"happened to disk, {quantile.removesuffix('_s')}, the worst of all loads: {text}"
    shares = [named["others_percent"].most for named in figures.values() if "others_percent" in named]
    others_most = max(shares, default=0)
    if others_most > BUSY_PERCENT:
        yield f"other programs used up to {others_most:.0f} % of a CPU: the figures hold their cost, too"


def verdicts(judged):
    lines = [("load", "agent", "figure", "measured", "bar", "best other", "")]
    for verdict in judged:
        bar = verdict.bar
        figure = bar.figure if verdict.judged_by == bar.figure else f"{bar.figure}, noisy: {verdict.judged_by}"
        lines.append((
            bar.workload, "details" if bar.subject == "agent" else bar.subject, figure,
            ranged(verdict.measured, 3 if bar.bar < 10 else 1), f"<= {bar.bar:g} {bar.unit}".rstrip(), bar.best_other,
            verdict.word,
        ))
    yield from table(lines)


def table(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()


def ranged(figure, digits):
    if figure is None:
        return "-"
    text = f"{figure.median:.{digits}f}"
    return text if figure.runs == 1 else f"{text} ({figure.least:.{digits}f}..{figure.most:.{digits}f})"


def one(figure, style):
    return "-" if figure is None else style.format(figure.median)
