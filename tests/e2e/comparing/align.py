# SPDX-License-Identifier: Apache-2.0
"""Pairs two lists that are in the same order, where either may lack members."""

MISSING = 50  # cheaper than this is a pair with some wrong fields


def align(truths, rows, difference):
    """[(truth or None, row or None)]: the pairing with the least difference; an optional truth costs nothing alone."""
    alone = [0 if truth.get("optional") else MISSING for truth in truths]
    best = {(0, 0): (0, None)}
    for i in range(len(truths) + 1):
        for j in range(len(rows) + 1):
            choices = []
            if i and j:
                choices.append((best[i - 1, j - 1][0] + difference(truths[i - 1], rows[j - 1]), (i - 1, j - 1)))
            if i:
                choices.append((best[i - 1, j][0] + alone[i - 1], (i - 1, j)))
            if j:
                choices.append((best[i, j - 1][0] + MISSING, (i, j - 1)))
            if choices:
                best[i, j] = min(choices, key=lambda choice: choice[0])
    pairs = []
    at = (len(truths), len(rows))
    while at != (0, 0):
        before = best[at][1]
        pairs.append((truths[before[0]] if before[0] < at[0] else None, rows[before[1]] if before[1] < at[1] else None))
        at = before
    return pairs[::-1]


def grouped(items, key):
    groups = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
