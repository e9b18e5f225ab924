# SPDX-License-Identifier: Apache-2.0
"""CPU time of an agent with all its threads and children: by cgroup v1, v2, or /proc where neither may be written."""
import os
import pathlib
import subprocess
import time

JOIN = 'echo $$ >"$0" && exec "$@"'
KINDS = ("v1", "v2", "proc")


def open_group(kind="auto"):
    """A group for one agent; `auto` takes the most exact that this host allows."""
    for candidate in KINDS if kind == "auto" else (kind,):
        group = ProcGroup() if candidate == "proc" else cgroup(candidate)
        if group is not None:
            return group
    raise OSError(f"no cgroup {kind} can be written here: leave out --cpu-from, or be root")


def cgroup(version):
    for parent in cgroup_parents(version):
        folder = parent / f"monster-bench-{os.getpid()}"
        try:
            folder.mkdir(exist_ok=True)
        except OSError:
            continue
        group = CgroupGroup(version, folder)
        if group.can_be_joined():
            return group
        group.close()
    return None


def cgroup_parents(version):
    """Where a group could be made: the root of the hierarchy, else below our own place in it."""
    wanted = "cgroup" if version == "v1" else "cgroup2"
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, mount, kind, options = line.split()[:4]
        if kind != wanted or (version == "v1" and "cpuacct" not in options.split(",")):
            continue
        yield pathlib.Path(mount)
        yield pathlib.Path(mount + own_path(version))


def own_path(version):
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if (controllers == "") if version == "v2" else ("cpuacct" in controllers.split(",")):
            return path
    return "/"


class CgroupGroup:
    def __init__(self, version, folder):
        self.kind = version
        self.folder = folder

    def wrap(self, command):
        return ["sh", "-c", JOIN, str(self.folder / "cgroup.procs"), *command]

    def adopt(self, pid):
        """Nothing to do: the process joined before it became the agent."""

    def can_be_joined(self):
        try:
            self.seconds()
            return subprocess.run(self.wrap(["true"]), stderr=subprocess.DEVNULL).returncode == 0
        except OSError:
            return False

    def seconds(self):
        if self.kind == "v1":
            return int((self.folder / "cpuacct.usage").read_text()) / 1e9
        usage = dict(line.split() for line in (self.folder / "cpu.stat").read_text().splitlines())
        return int(usage["usage_usec"]) / 1e6

    def pids(self):
        return [int(pid) for pid in (self.folder / "cgroup.procs").read_text().split()]

    def close(self):
        for _ in range(20):  # the kernel needs a moment to let go of processes that have ended
            try:
                self.folder.rmdir()
                return
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.05)


class ProcGroup:
    """All processes of the agent's own process session; in ticks of 10 ms, and blind to what ended unwaited."""

    kind = "proc"
    ticks = os.sysconf("SC_CLK_TCK")

    def __init__(self):
        self.leader = None

    def wrap(self, command):
        return list(command)

    def adopt(self, pid):
        self.leader = pid

    def seconds(self):
        return sum(self._members().values())

    def pids(self):
        return list(self._members())

    def _members(self):
        found = {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.leader:  # proc(5): session; then utime, stime, cutime, cstime
                found[int(stat.parent.name)] = sum(map(int, fields[11:15])) / self.ticks
        return found

    def close(self):
        self.leader = None
