# SPDX-License-Identifier: Apache-2.0
"""Finds function bodies in C and C++ by following braces; needs no compiler and no build."""

import re
from dataclasses import dataclass

AFTER_PARAMETERS = r"(?:const|volatile|noexcept(?:\s*\([^()]*\))?|override|final|mutable|&&?|\s)*"
ENDS_LIKE_FUNCTION = re.compile(r"\)" + AFTER_PARAMETERS + r"(?:->[^;{}]*|requires\b[^;{}]*)?$", re.DOTALL)
MEMBER_INITIALIZERS = re.compile(r"\)" + AFTER_PARAMETERS + r":(?!:)")
TYPE = re.compile(r"\b(?:class|struct|union|enum)\b")
NAMESPACE = re.compile(r"^\s*(?:(?:inline\s+)?namespace\b|extern\s*\"[^\"]*\"\s*$)")
ACCESS = re.compile(r"^\s*(?:public|private|protected)\s*$")


@dataclass
class Function:
    name: str
    first: int
    last: int

    @property
    def lines(self):
        return self.last - self.first + 1


def kind_of(head):
    """What the brace after `head` opens: scope, function, initializer, or member (of a constructor's list)."""
    stripped = head.strip()
    if NAMESPACE.match(stripped):
        return "scope"
    if stripped.endswith(("=", ",", "(", "return")):
        return "initializer"
    if MEMBER_INITIALIZERS.search(stripped):
        return "function" if stripped[-1] in ")}" else "member"
    if ENDS_LIKE_FUNCTION.search(stripped):
        return "function"
    return "scope" if TYPE.search(stripped) else "initializer"


def name_of(head):
    """The words before the parameters; a macro that makes functions is named with its arguments."""
    text = re.sub(r"\[\[.*?\]\]|\b(?:SEC|alignas|__attribute__)\s*\(+.*?\)+", " ", head, flags=re.DOTALL)
    found = re.search(r"([\w:~]*operator\s*(?:\(\)|[^\s(]+)|[\w:~]+)\s*\(([^()]*)", text)
    if not found:
        return "function"
    name, arguments = found.group(1), " ".join(found.group(2).split())
    if re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
        return f"{name}({arguments.split(',')[0] if 'TEST' not in name else arguments})"
    return name


def without_preprocessor(bare):
    def hide(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", hide, bare, flags=re.MULTILINE | re.DOTALL)


def functions(bare):
    """All functions of a file whose comments and strings are blanked; what stands inside one belongs to it."""
    text = without_preprocessor(bare)
    found, stack, head_start = [], [], 0
    for match in re.finditer(r"[{};:]", text):
        at, mark = match.start(), match.group(0)
        inside_function = any(kind == "function" for kind, _, _ in stack)
        if mark == "{":
            head = text[head_start:at]
            kind = "initializer" if inside_function or in_initializer(stack) else kind_of(head)
            start = head_start + len(head) - len(head.lstrip())
            stack.append((kind, start, head))
            if kind not in ("initializer", "member"):
                head_start = at + 1
        elif mark == "}":
            if not stack:
                raise ValueError(f"line {text.count(chr(10), 0, at) + 1}: a brace closes nothing")
            kind, start, head = stack.pop()
            if kind == "function":
                found.append(Function(name_of(head), line(text, start), line(text, at)))
            if kind in ("function", "scope") and not inside_outer(stack):
                head_start = at + 1
        elif mark == ";" and not in_initializer(stack):
            head_start = at + 1
        elif mark == ":" and ACCESS.match(text[head_start:at]):
            head_start = at + 1
    if stack:
        raise ValueError(f"line {line(text, stack[-1][1])}: a brace is never closed")
    return found


def in_initializer(stack):
    return bool(stack) and stack[-1][0] in ("initializer", "member")


def inside_outer(stack):
    return any(kind in ("function", "initializer", "member") for kind, _, _ in stack)


def line(text, offset):
    return text.count("\n", 0, offset) + 1
