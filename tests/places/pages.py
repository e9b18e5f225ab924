#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every path of this repository that a page names in backticks, and every link of a page, leads somewhere."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOPS = ("bpf", "src", "tests", "docs", "cmake", "LICENSES")
NAMED = re.compile(r"`((?:" + "|".join(TOPS) + r")/[\w./-]*\w/?)[*{}`]")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[\w-]*)?\)")


def complaints(page):
    text = page.read_text(encoding="utf-8")
    for path in NAMED.findall(text):
        if "NNN" not in path and not list(ROOT.glob(path.rstrip("/") + "*")):
            yield f"`{path}` is not there"
    for target in LINK.findall(text):
        if not (page.parent / target).exists():
            yield f"the link {target} leads nowhere"


def main():
    pages = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = [f"{page.relative_to(ROOT)}: {complaint}" for page in pages for complaint in complaints(page)]
    print("\n".join(found) or f"{len(pages)} pages, every path and link leads somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
