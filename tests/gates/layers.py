# SPDX-License-Identifier: Apache-2.0
"""Includes and link lines keep the order of the rooms: base <- event <- the middle <- agent <- cli."""

import re

MIDDLE = ("sensor", "host", "block", "policy", "export", "config")
LEVEL = {"base": 0, "event": 1, **dict.fromkeys(MIDDLE, 2), "agent": 3, "cli": 4}
HOMELESS = {"util", "utils", "common", "helper", "helpers", "core", "manager", "misc"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.MULTILINE)


def check(tree):
    allowed = {room: allowed_by_readme(tree, room) for room in LEVEL}
    for path in tree.files():
        parts = path.split("/")
        names = {p.split(".")[0].lower() for p in parts}
        for name in sorted(names & HOMELESS):
            yield f"{path}: no folder or file is called {name}: name it for what it does"
        if parts[0] != "src" or len(parts) < 3:
            continue
        if parts[1] not in LEVEL:
            yield f"{path}: src/{parts[1]} is not one of the rooms {' '.join(LEVEL)}"
        elif parts[-1] == "CMakeLists.txt":
            yield from link_breaches(tree, path, parts[1], allowed)
    for path in tree.code("src"):
        if path.split("/")[1] in LEVEL:
            yield from include_breaches(tree, path, allowed)


def allowed_by_readme(tree, room):
    """The rooms named on a line `allows: host, block` of the room's README.md."""
    readme = f"src/{room}/README.md"
    if not tree.has(readme):
        return set()
    lines = re.findall(r"^allows:(.*)$", tree.text(readme), re.MULTILINE)
    return set(re.findall(r"\w+", " ".join(lines)))


def may_use(room, other, allowed):
    if room == other or LEVEL[other] < LEVEL[room]:
        return True
    return LEVEL[other] == LEVEL[room] and other in allowed[room]


def include_breaches(tree, path, allowed):
    room = path.split("/")[1]
    text = tree.text(path)
    for match in INCLUDE.finditer(text):
        target = match.group(1)
        where = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        first = target.split("/")[0]
        if of_kernel_side(target):
            if room != "sensor":
                yield f"{where}: only src/sensor may include {target}; the others see events"
        elif ".." in target.split("/"):
            yield f"{where}: {target}: includes are relative to src/"
        elif first in LEVEL and "/" in target and not may_use(room, first, allowed):
            yield f"{where}: {room} may not include {target} ({first}); see the order of the rooms in ARCHITECTURE.md"


def of_kernel_side(target):
    """bpf/wire.h and its like, however the path is spelt."""
    parts = [part for part in target.split("/") if part not in ("..", ".")]
    return parts[0] == "bpf" or parts[-1] == "wire.h"


def link_breaches(tree, path, room, allowed):
    for other in sorted(set(re.findall(r"\bmonster_(\w+)", tree.text(path))) & set(LEVEL)):
        if not may_use(room, other, allowed):
            yield f"{path}: {room} may not link monster_{other}"


GOOD = {
    "src/block/a.cpp": '#include "block/a.hpp"\n#include "event/event.hpp"\n#include <base/x.hpp>\n',
    "src/host/b.hpp": '#include "block/a.hpp"\n',
    "src/host/README.md": "# host\nallows: block\n",
    "src/sensor/linux/d.cpp": '#include "../../../bpf/wire.h"\n#include "sensor/linux/bpf/x.hpp"\n',
    "src/agent/CMakeLists.txt": "monster_room(agent DEPENDS monster_block monster_event)\n",
}
BAD = [
    ({"src/base/a.hpp": '#include "event/event.hpp"\n'}, "base may not include"),
    ({"src/block/a.hpp": '\n#include "host/b.hpp"\n'}, "src/block/a.hpp:2: block may not include"),
    ({"src/agent/a.cpp": '#include "cli/c.hpp"\n'}, "agent may not include"),
    ({"src/host/a.cpp": '#include "bpf/wire.h"\n'}, "only src/sensor"),
    ({"src/block/a.cpp": '#include "../../bpf/calls.h"\n'}, "only src/sensor"),
    ({"src/host/a.cpp": '#include "../base/x.hpp"\n'}, "relative to src/"),
    ({"src/block/CMakeLists.txt": "monster_room(block DEPENDS monster_policy)\n"}, "may not link"),
    ({"src/attic/a.cpp": "\n"}, "not one of the rooms"),
    ({"src/base/util.hpp": "\n"}, "called util"),
]
