# SPDX-License-Identifier: Apache-2.0
"""No function over 60 lines, no file over 500; size_ratchet.tsv holds what is over, and may only fall."""

import subprocess

from functions import functions

FUNCTION_LIMIT = 60
FILE_LIMIT = 500
RATCHET = "tests/gates/size_ratchet.tsv"


def check(tree):
    granted = {(path, what): int(lines) for path, what, lines, _ in ratchet_rows(tree)}
    over = {}
    for path in tree.code("src", "bpf", "tests"):
        length = len(tree.text(path).splitlines())
        if length > FILE_LIMIT:
            over[path, "file"] = length
        try:
            for function in functions(tree.bare(path)):
                if function.lines > FUNCTION_LIMIT:
                    over[path, function.name] = max(function.lines, over.get((path, function.name), 0))
        except ValueError as error:
            yield f"{path}: {error}; the function scanner cannot follow this file"
    yield from compare(over, granted)
    yield from risen_since_last_commit(tree, granted)


def ratchet_rows(tree):
    return tree.rows(RATCHET, 4) if tree.has(RATCHET) else []


def compare(over, granted):
    for (path, what), lines in sorted(over.items()):
        limit = FILE_LIMIT if what == "file" else FUNCTION_LIMIT
        grant = granted.get((path, what))
        if grant is None:
            yield f"{path}: {what} has {lines} lines, the limit is {limit}: make it do one thing"
        elif lines > grant:
            yield f"{path}: {what} grew to {lines} lines; {RATCHET} grants {grant}"
        elif lines < grant:
            yield f"{path}: {what} fell to {lines} lines: write {lines} in {RATCHET}"
    for path, what in sorted(granted.keys() - over.keys()):
        yield f"{RATCHET}: {path} {what} is within the limit: delete its row"


def risen_since_last_commit(tree, granted):
    """A grant that is new or larger than in the last two commits; nothing to say where there is no history."""
    if not (tree.root / ".git").exists():
        return
    for commit in ("HEAD", "HEAD~1"):
        command = ["git", "-c", "safe.directory=*", "-C", str(tree.root), "show", f"{commit}:{RATCHET}"]
        shown = subprocess.run(command, capture_output=True, text=True)
        if shown.returncode != 0:
            continue
        before = {}
        for cells in (line.split("\t") for line in shown.stdout.splitlines() if line and not line.startswith("#")):
            before[cells[0].strip(), cells[1].strip()] = int(cells[2])
        for (path, what), lines in sorted(granted.items()):
            if lines > before.get((path, what), 0):
                yield f"{RATCHET}: {path} {what} {lines}: a grant may only fall ({commit} has {before.get((path, what), 'none')})"


def lines_of_code(count):
    return "".join(f"  step({n});\n" for n in range(count))


SAMPLE = (
    "namespace monster {\nclass A : public B {\npublic:\n  A(int a, int b) noexcept : a_{a}, b_(b) {\n"
    + lines_of_code(3)
    + "  }\n  constexpr static auto table = std::tuple{\n"
    + "".join(f"    field({n}, {{1, 2}}),\n" for n in range(70))
    + "  };\n  template <class T> auto get(T t) const -> std::optional<T> {\n"
    + lines_of_code(58)
    + "  }\n};\n}\n"
)
GOOD = {"src/base/a.cpp": SAMPLE, "bpf/a.c": "struct x {\n" + "  int a;\n" * 80 + "};\n"}
BAD = [
    ({"src/base/a.cpp": SAMPLE.replace("step(0)", "step({\n\n\n})")}, "get has 63 lines"),
    ({"src/base/a.cpp": "TEST(Suite, Name) {\n" + lines_of_code(60) + "}\n"}, "TEST(Suite, Name) has 62"),
    ({"src/base/a.cpp": "A::A(int x) : x_{x} {\n" + lines_of_code(60) + "}\n"}, "A::A has 62"),
    ({"bpf/a.c": 'SEC("tp_btf/sys_exit") int BPF_PROG(on_exit, long r)\n{\n' + lines_of_code(60) + "}\n"}, "BPF_PROG(on_exit) has 63"),
    ({"bpf/a.c": "static struct file *get(int fd)\n{\n" + lines_of_code(60) + "}\n"}, "get has 63"),
    ({"src/base/a.cpp": "const auto f = [](int a) {\n" + lines_of_code(60) + "};\n"}, "has 62 lines"),
    ({"tests/e2e/a.c": "int x;\n" * 501}, "file has 501 lines"),
    ({"src/base/a.cpp": "int f() {\n"}, "cannot follow"),
    ({"src/base/a.cpp": "int x;\n" * 510, RATCHET: "src/base/a.cpp\tfile\t520\twhy\n"}, "write 510"),
    ({"src/base/a.cpp": "int x;\n" * 530, RATCHET: "src/base/a.cpp\tfile\t520\twhy\n"}, "grew to 530"),
    ({"src/base/a.cpp": "int x;\n", RATCHET: "src/base/a.cpp\tfile\t520\twhy\n"}, "delete its row"),
]
