# SPDX-License-Identifier: Apache-2.0
"""Every package that ./dev setup installs stands in docs/dependencies.md, and the other way round."""

import re

PAGE = "docs/dependencies.md"
PACKAGES = re.compile(r"<<'PACKAGES'[^\n]*\n(.*?)\nPACKAGES$", re.DOTALL | re.MULTILINE)


def check(tree):
    found = PACKAGES.search(tree.text("dev"))
    installed = {row.split()[0] for row in found.group(1).splitlines() if row.strip()} if found else set()
    if not installed:
        yield "dev: found no list of packages between <<'PACKAGES' and PACKAGES"
    described = set()
    for line in tree.text(PAGE).splitlines():
        if line.startswith("| `"):
            described |= set(re.findall(r"`([^`]+)`", line.split("|")[1]))
    for package in sorted(installed - described):
        yield f"{PAGE}: says nothing of {package}, which ./dev setup installs"
    for package in sorted(described - installed):
        yield f"{PAGE}: {package} is not in the list of ./dev setup"


DEV = "cat <<'PACKAGES'\ncmake  builds\nPACKAGES\n"
GOOD = {"dev": DEV, PAGE: "| `cmake` | builds |\n"}
BAD = [
    ({"dev": DEV, PAGE: "\n"}, "says nothing of cmake"),
    ({"dev": DEV, PAGE: "| `cmake`, `meson` | builds |\n"}, "meson is not in the list"),
    ({"dev": "", PAGE: "\n"}, "found no list"),
]
