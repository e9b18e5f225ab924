# SPDX-License-Identifier: Apache-2.0
"""The code blocks of a guide that are meant to be run: fenced with a language and the word `run`, or `run hunt`."""
import pathlib
import re

GUIDES = pathlib.Path(__file__).resolve().parents[2] / "docs/guides"
BLOCK = re.compile(r"^```(\w+) run( hunt)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Guide:
    """Steps in the order of the page; the last block is the hunting question."""

    def __init__(self, name, language):
        text = (GUIDES / f"{name}.md").read_text(encoding="utf-8")
        found = BLOCK.findall(text)
        wrong = [kind for kind, _, _ in found if kind != language]
        assert found and not wrong, f"{name}.md: expected blocks of {language} to run, found {wrong or 'none'}"
        hunts = [bool(hunt) for _, hunt, _ in found]
        assert hunts == [False] * (len(found) - 1) + [True], f"{name}.md: one hunt, at the end"
        self.steps = [code for _, _, code in found[:-1]]
        self.hunt = found[-1][2]
