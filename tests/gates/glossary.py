# SPDX-License-Identifier: Apache-2.0
"""One name a thing: docs/glossary.md says which words are not used for it; identifiers are searched for them."""

import re

from tree import line_of

GLOSSARY = "docs/glossary.md"
ALLOWED = "tests/gates/glossary_allowed.tsv"
IDENTIFIER = re.compile(r"\b[A-Za-z_]\w*")
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|\d+")


def check(tree):
    banned = {}
    for term, synonyms in table(tree):
        for synonym in synonyms:
            banned[words(synonym)] = (term, synonym)
    allowed = {row[0] for row in tree.rows(ALLOWED, 2)} if tree.has(ALLOWED) else set()
    used = set()
    for path in tree.code("src", "bpf", "tests"):
        text = tree.bare(path)
        for identifier, where in first_uses(text).items():
            for hit in sorted(hits(words(identifier), banned)):
                if identifier in allowed:
                    used.add(identifier)
                else:
                    term, synonym = banned[hit]
                    yield f"{path}:{line_of(text, where)}: {identifier}: say {term}, not {synonym} ({GLOSSARY})"
    for identifier in sorted(allowed - used):
        yield f"{ALLOWED}: {identifier}: nothing needs this any more: delete the row"


def table(tree):
    """(term, banned synonyms) of every row; a table without any is a broken table."""
    rows = []
    for line in tree.text(GLOSSARY).splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 3 or set(cells[0]) <= set("-: ") or cells[0] == "term":
            continue
        rows.append((cells[0], re.findall(r"`([^`]+)`", cells[2])))
    if not any(synonyms for _, synonyms in rows):
        raise ValueError(f"{GLOSSARY}: found no row `| term | meaning | banned words |`")
    return rows


def words(identifier):
    return tuple(w.lower() for w in WORDS.findall(identifier))


def first_uses(text):
    uses = {}
    for match in IDENTIFIER.finditer(text):
        uses.setdefault(match.group(0), match.start())
    return uses


def hits(parts, banned):
    return {
        run
        for run in banned
        if any(same(parts[i : i + len(run)], run) for i in range(len(parts) - len(run) + 1))
    }


def same(parts, run):
    """Equal, or the last word in its plural."""
    return parts == run or (parts[:-1] == run[:-1] and parts[-1] == run[-1] + "s")


SMALL = "| term | meaning | not |\n|---|---|---|\n| exporter | x | `publisher` |\n| block key | x | `block id`, `session` |\n"
GOOD = {GLOSSARY: SMALL, "src/a/a.cpp": "int exporter; // a publisher\nint publishers_of;\nint obsession;\n".replace("publishers_of", "published")}
BAD = [
    ({GLOSSARY: SMALL, "src/a/a.cpp": "\nclass KafkaPublisher;\n"}, "src/a/a.cpp:2: KafkaPublisher: say exporter"),
    ({GLOSSARY: SMALL, "bpf/a.c": "int block_id;\n"}, "say block key, not block id"),
    ({GLOSSARY: SMALL, "src/a/a.cpp": "int openSessions;\n"}, "not session"),
    ({GLOSSARY: "no table\n", "src/a/a.cpp": "int x;\n"}, "found no row"),
    ({GLOSSARY: SMALL, "src/a/a.cpp": "int x;\n", ALLOWED: "publisher\twhy\n"}, "nothing needs this"),
]
