# SPDX-License-Identifier: Apache-2.0
"""What every gate reads: the files of the repository, and C or C++ text without comments and strings."""

import re
import subprocess
from functools import lru_cache
from pathlib import Path

CODE_SUFFIXES = {".c", ".h", ".cpp", ".hpp"}
SKIPPED_FOLDERS = {".git", "build", "run", "__pycache__"}


class Tree:
    """The files of one repository; a gate's self-test hands in a small one of its own."""

    def __init__(self, root, build=None):
        self.root = Path(root).resolve()
        self.build = build

    @lru_cache(maxsize=None)
    def files(self):
        """Every file that is, or could be, committed, as sorted paths relative to the root."""
        listed = self._from_git()
        if listed is None:
            listed = (p.relative_to(self.root).as_posix() for p in self.root.rglob("*"))
        kept = (f for f in listed if not SKIPPED_FOLDERS & set(f.split("/")[:-1]))
        return sorted(f for f in kept if (self.root / f).is_file())

    def _from_git(self):
        if not (self.root / ".git").exists():
            return None
        command = ["git", "-c", "safe.directory=*", "-C", str(self.root), "ls-files", "-coz", "--exclude-standard"]
        try:
            done = subprocess.run(command, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
        return set(done.stdout.decode(errors="surrogateescape").split("\0")) - {""}

    def code(self, *folders):
        """The C and C++ files below the folders (src/..., bpf/..., tests/...)."""
        return [f for f in self.files() if f.split("/")[0] in folders and Path(f).suffix in CODE_SUFFIXES]

    @lru_cache(maxsize=None)
    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def has(self, path):
        return (self.root / path).is_file()

    @lru_cache(maxsize=None)
    def bare(self, path):
        """The text with comments, strings and #include lines blanked; every line keeps its number."""
        return blank(self.text(path))

    def rows(self, path, columns):
        """Rows of a tab-separated file; blank lines and lines that begin with # are left out."""
        rows = []
        for number, line in enumerate(self.text(path).splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            cells = [c.strip() for c in line.split("\t")]
            if len(cells) != columns:
                raise ValueError(f"{path}:{number}: {len(cells)} columns, expected {columns}, separated by tabs")
            rows.append(cells)
        return rows


TOKEN = re.compile(
    r"""//(?:[^\n\\]|\\.|\\\n)*                         # line comment
      | /\*.*?\*/                                       # block comment
      | \b(?:u8|[uUL])?R"(?P<d>[^()\\\s]{0,16})\(.*?\)(?P=d)"  # raw string
      | "(?:[^"\\\n]|\\.)*"                             # string
      | (?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+'             # character, and not a digit separator
      | ^[ \t]*\#[ \t]*include[^\n]*                    # include
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def blank(text):
    def hide(match):
        found = match.group(0)
        inside = re.sub(r"[^\n]", " ", found[1:-1])
        if found[0] in "\"'":
            return found[0] + inside + found[-1]
        return re.sub(r"[^\n]", " ", found)

    return TOKEN.sub(hide, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
