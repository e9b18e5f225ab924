# SPDX-License-Identifier: Apache-2.0
"""Every source file says its licence in its first line (the second after #!); headers are #pragma once."""

from pathlib import Path

APACHE = "SPDX-License-Identifier: Apache-2.0"
KERNEL = "SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)"
SUFFIXES = {".c", ".h", ".cpp", ".hpp", ".py", ".sh", ".cmake", ".tsv"}
GOLDEN = ("tests/golden/", "tests/fuzz/corpus/")


def check(tree):
    for path in tree.files():
        if path.startswith(GOLDEN) and Path(path).suffix not in {".cpp", ".py"}:
            continue
        head = first_lines(tree.root / path)
        script = bool(head) and head[0].startswith("#!")
        if not (script or Path(path).suffix in SUFFIXES or Path(path).name == "CMakeLists.txt"):
            continue
        wanted = KERNEL if path.startswith("bpf/") and Path(path).suffix in {".c", ".h"} else APACHE
        place = 1 if script else 0
        if len(head) <= place or comment(head[place]) != wanted:
            yield f"{path}:{place + 1}: expected exactly: {wanted}"
        if Path(path).suffix == ".hpp" and "#pragma once" not in tree.text(path):
            yield f"{path}: a header needs #pragma once"


def first_lines(path):
    with path.open("rb") as file:
        return [line.decode(errors="replace").rstrip("\n") for line in file.read(400).splitlines()[:2]]


def comment(line):
    return line.removeprefix("//").removeprefix("#").removeprefix("/*").removesuffix("*/").strip()


GOOD = {
    "src/base/a.hpp": f"// {APACHE}\n#pragma once\n",
    "bpf/a.c": f"/* {KERNEL} */\n",
    "dev": f"#!/bin/bash\n# {APACHE}\n",
    "tests/golden/x.tsv": "no licence in data\n",
    "README.md": "# x\n",
}
BAD = [
    ({"src/base/a.cpp": "int x;\n"}, "src/base/a.cpp:1: expected"),
    ({"src/base/a.hpp": f"// {APACHE}\n"}, "#pragma once"),
    ({"bpf/a.c": f"// {APACHE}\n"}, "GPL-2.0-only OR BSD-2-Clause"),
    ({"tools/run": "#!/bin/sh\necho\n"}, "tools/run:2"),
    ({"src/CMakeLists.txt": "\n"}, "src/CMakeLists.txt:1"),
]
