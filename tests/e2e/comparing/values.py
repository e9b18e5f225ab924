# SPDX-License-Identifier: Apache-2.0
"""Whether a column has the value, or meets the condition, that the truth asks for."""
import hashlib


def as_bytes(want):
    """A text of the truth: a string, or {"hex": ...} where it is not printable ASCII."""
    if isinstance(want, dict) and "hex" in want:
        return bytes.fromhex(want["hex"])
    return want.encode()


def is_text(want):
    return isinstance(want, str) or isinstance(want, dict) and "hex" in want


def matches(row, column, want):
    if want is None:
        return not row.known(column)
    if isinstance(want, bool):
        return row.flag(column) is want
    if isinstance(want, int):
        return row.number(column) == want
    if isinstance(want, list):
        return row.texts(column) == [as_bytes(each) for each in want]
    if is_text(want):
        return row.text(column) == as_bytes(want)
    return meets(row, column, want)


def meets(row, column, condition):
    if "anything" in condition:
        row.known(column)  # the column must be there
        return True
    if "any" in condition:
        return any(matches(row, column, each) for each in condition["any"])
    if "min" in condition:
        number = row.number(column)
        return number is not None and condition["min"] <= number <= condition["max"]
    if "contains" in condition:
        return as_bytes(condition["contains"]) in (row.texts(column) or [])
    if "sha256_of" in condition:
        return row.values[column] == hashlib.sha256(as_bytes(condition["sha256_of"])).hexdigest()
    if "members" in condition:
        return has_members(row, column, condition)
    raise ValueError(f"the truth has a condition that is not known: {condition}")


def has_members(row, column, condition):
    """An object with these texts, and without the names that are to be absent."""
    members = row.json(column) or {}
    if any(name in members for name in condition["absent"]):
        return False
    for name, want in condition["members"].items():
        exact = row.raw.get(f"{column}.{name}")
        value = bytes.fromhex(exact) if exact else members.get(name, "").encode()
        if name not in members or value != as_bytes(want):
            return False
    return True


def wrong_fields(row, expect):
    """[(column, expected, got)] for each column that is not as it must be."""
    wrong = []
    for column, want in expect.items():
        try:
            good = matches(row, column, want)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            wrong.append((column, want, f"{type(error).__name__}: {error}"))
            continue
        if not good:
            wrong.append((column, want, shown(row, column)))
    return wrong


def shown(row, column):
    value = row.values.get(column)
    return row.raw.get(column, value) if value is None or len(value) < 300 else value[:300] + "..."
