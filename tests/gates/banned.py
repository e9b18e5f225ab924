# SPDX-License-Identifier: Apache-2.0
"""One idiom: banned.tsv lists what is not written here, why, and what is written instead.

An exception is a comment on the same line or within the three lines above, `// allow(ID): reason`, or a row
of banned_allowed.tsv for a whole file. An exception that nothing needs any more fails too.
"""

import fnmatch
import re
from pathlib import Path

from tree import line_of

RULES = "tests/gates/banned.tsv"
ALLOWED = "tests/gates/banned_allowed.tsv"
ALLOW = re.compile(r"\ballow\(([\w-]+)\)(?::[ \t]*(\S[^\n]*))?")
SHORTEST_REASON = 12
REACH = 3


def check(tree, rules_tree=None):
    rules = load(rules_tree or tree)
    granted = {(rule, glob): False for rule, glob, _ in tree.rows(ALLOWED, 3)} if tree.has(ALLOWED) else {}
    for path in tree.files():
        if path.startswith("tests/gates/") or not is_text(path):
            continue
        yield from check_file(tree, path, rules, granted)
    for (rule, glob), used in granted.items():
        if not used:
            yield f"{ALLOWED}: {rule} {glob}: nothing needs this any more: delete the row"


def load(tree):
    rules = []
    for name, view, globs, pattern, reason, instead in tree.rows(RULES, 6):
        if view not in ("code", "text"):
            raise ValueError(f"{RULES}: {name}: the view is code or text, not {view}")
        rules.append((name, view, globs.split(), re.compile(pattern, re.MULTILINE), reason, instead))
    return rules


def applies(path, globs):
    if any(fnmatch.fnmatch(path, g[1:]) for g in globs if g.startswith("!")):
        return False
    return any(fnmatch.fnmatch(path, g) for g in globs if not g.startswith("!"))


def check_file(tree, path, rules, granted):
    exceptions = {}
    for match in ALLOW.finditer(tree.text(path)):
        where = line_of(tree.text(path), match.start())
        exceptions[where, match.group(1)] = False
        if len(match.group(2) or "") < SHORTEST_REASON:
            yield f"{path}:{where}: allow({match.group(1)}) needs a reason after a colon"
    for name, view, globs, pattern, reason, instead in rules:
        if not applies(path, globs):
            continue
        text = tree.bare(path) if view == "code" else tree.text(path)
        for match in pattern.finditer(text):
            start = match.start() + len(match.group(0)) - len(match.group(0).lstrip())
            where = line_of(text, start)
            if not excepted(path, name, where, exceptions, granted):
                yield f"{path}:{where}: {name}: {' '.join(match.group(0).split())}: {reason}; instead: {instead}"
    for (where, name), used in exceptions.items():
        if not used:
            yield f"{path}:{where}: allow({name}) excuses nothing: delete it"


def excepted(path, name, where, exceptions, granted):
    for line in range(where - REACH, where + 1):
        if (line, name) in exceptions:
            exceptions[line, name] = True
            return True
    for rule, glob in granted:
        if rule == name and fnmatch.fnmatch(path, glob):
            granted[rule, glob] = True
            return True
    return False


def is_text(path):
    return Path(path).suffix in {".c", ".h", ".cpp", ".hpp", ".py", ".sh", ".cmake", ".txt"} or path in ("dev", ".ci/run")


IN_SRC = {
    "new": "auto* p = new Thing(1);",
    "delete": "delete p;",
    "thread": "std::thread t(f);",
    "detach": "t.detach();",
    "printf": 'printf("%d", 1);',
    "unbounded-copy": "strcpy(a, b);",
    "using-namespace": "using namespace std;",
    "preprocessor": "#ifdef __linux__\n#endif",
    "macro": "#define MAX 3",
    "unfinished": "// TO" + "DO later",
    "dead-code": "// value = compute(3);",
    "mutex": "std::mutex lock_;",
    "volatile": "volatile bool stop;",
    "signal": "std::signal(SIGINT, stop);",
    "throw": "throw std::runtime_error(text);",
    "shell": "system(command);",
    "number-parsing": "int n = atoi(text);",
    "stream": "std::cout << 1;",
    "malloc": "free(p);",
    "weak-random": "int n = rand();",
    "static-buffer": "auto* t = gmtime(&now);",
    "assert": "assert(n > 0);",
    "regex": "std::regex r(text);",
    "nolint": "int x; // NOLINT",
    "silent-skip": "GTEST_SKIP();",
    "c-path-check": "if (access(path, R_OK) == 0)",
}
CLEAN = """// SPDX: a new idea; delete nothing, printf("is text");
#include <new>
A(const A&) = delete;
auto* a = ::new (place) A();
std::atomic<bool> stop;
static_assert(sizeof(A) == 8);
throw_away(1); file.new_path = "new Thing(delete p)";
// allow(mutex): the hash workers are off the reader's path
std::mutex lock_;
std::error_code code = system_error("open", path);
const auto digits = 1'000'000;
std::thread::id id;
"""
GOOD = {"src/block/a.cpp": CLEAN, "src/host/linux/b.cpp": "#ifdef __x86_64__\n#endif\n",
        "src/host/c_test.cpp": "using namespace monster;\n", "tests/e2e/t.c": 'printf("%d", 1);\n'}
BAD = [({"src/block/a.cpp": f"int x;\n{code}\n"}, f"src/block/a.cpp:2: {name}:") for name, code in IN_SRC.items()] + [
    ({"src/block/a.cpp": "// allow(mutex)\nstd::mutex lock_;\n"}, "needs a reason"),
    ({"src/block/a.cpp": "// allow(mutex): because it is needed\nint x;\n"}, "excuses nothing"),
    ({"src/block/a.cpp": "int x;\n", ALLOWED: "mutex\tsrc/block/*\treason\n"}, "nothing needs this"),
    ({"bpf/a.c": 'bpf_printk("x");\n'}, "printk:"),
    ({"src/a/a.hpp": "using namespace monster;\n"}, "header-namespace:"),
    ({"tests/e2e/a.c": "sprintf(a, b);\n"}, "unbounded-copy:"),
]
